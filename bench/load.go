package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

const cell = 4 * time.Second // each measurement

var (
	sizes  = []string{"1/4 in", "3/8 in", "1/2 in", "3/4 in", "1 in", "1-1/4 in", "2 in", "4x8", "2x4x8", "12/2", "20 A"}
	stuff  = []string{"Copper", "PVC", "Brass", "Galvanized", "Cedar", "Steel", "Aluminum", "Weatherproof", "Insulated"}
	things = []string{"elbow 90", "tee", "coupling", "breaker", "receptacle", "ball valve", "pipe", "junction box", "paver", "mulch", "deck screw", "joist hanger", "flex duct", "spray head"}
)

// catalogue is a CSV file of n items, always the same.
func catalogue(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(of []string) string { return of[r.IntN(len(of))] }
	var b strings.Builder
	b.WriteString("sku,name,category,unit,minimum,supplier,quantity\n")
	for i := range n {
		fmt.Fprintf(&b, "SKU-%05d,%s %s %s no. %d,%s,ea,%d,Supplier %d,%d\n", i, pick(stuff), pick(things), pick(sizes), i,
			pick([]string{"Plumbing", "Electrical", "Lumber", "Masonry"}), r.IntN(20), r.IntN(9), 100+r.IntN(400))
	}
	return b.String()
}

var (
	csrfField = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)
	itemLink  = regexp.MustCompile(`href="/items/(\d+)"`)
)

// signIn signs the bench's user in and finds the items to act on.
func (r *rig) signIn() error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	client := http.Client{Jar: jar}
	page, err := read(client.Get(r.base() + "/login"))
	if err != nil {
		return err
	}
	form := url.Values{"_csrf": {csrfField.FindStringSubmatch(page)[1]}, "username": {"bench"}, "password": {password}}
	if _, err := read(client.PostForm(r.base()+"/login", form)); err != nil {
		return err
	}
	at, err := url.Parse(r.base())
	if err != nil {
		return err
	}
	cookies := jar.Cookies(at)
	if len(cookies) == 0 {
		return errors.New("the sign-in gave no session")
	}
	r.session = cookies[len(cookies)-1]
	if page, err = read(client.Get(r.base() + "/items/new")); err != nil {
		return err
	}
	r.csrf = csrfField.FindStringSubmatch(page)[1]
	if page, err = read(client.Get(r.base() + "/items")); err != nil {
		return err
	}
	r.ids = nil
	for _, m := range itemLink.FindAllStringSubmatch(page, -1) {
		r.ids = append(r.ids, m[1])
	}
	return nil
}

func read(resp *http.Response, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// search types into the item list: a fragment per keystroke, 25 rows at most.
func (r *rig) search() error {
	words := []string{"c", "co", "cop", "copper", "copper el", "elbow 3/4", "SKU-01", "sku-04217", "4217", "ppe", "12/2", "breker", "receptacles", "2x4", "valve brass 1"}
	return r.cells("search as you type, fragment", func(client *http.Client, n int) error {
		req, err := http.NewRequest(http.MethodGet, r.base()+"/items?q="+url.QueryEscape(words[n%len(words)]), nil)
		if err != nil {
			return err
		}
		req.Header.Set("HX-Request", "true")
		return r.do(client, req, http.StatusOK)
	}, nil)
}

// acts receives one of an item: a form, a booked and durable movement, a redirect.
func (r *rig) acts() error {
	limits, err := rawCommits(r.dir)
	if err != nil {
		return err
	}
	run := time.Now().UnixNano()
	return r.cells("one stock act, durable", func(client *http.Client, n int) error {
		form := url.Values{"_csrf": {r.csrf}, "kind": {"receive"}, "quantity": {"1"}, "request_id": {fmt.Sprintf("%d-%d", run, n)}}
		req, err := http.NewRequest(http.MethodPost, r.base()+"/items/"+r.ids[n%len(r.ids)]+"/movements", strings.NewReader(form.Encode()))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return r.do(client, req, http.StatusSeeOther)
	}, limits)
}

func (r *rig) do(client *http.Client, req *http.Request, want int) error {
	req.AddCookie(r.session)
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != want {
		return fmt.Errorf("%s %s: %s", req.Method, req.URL, resp.Status)
	}
	return nil
}

// cells measures op with 1 and with 16 clients; limits, by clients, is what the disk alone would do in a second.
func (r *rig) cells(name string, op func(client *http.Client, n int) error, limits map[int]float64) error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	n := 0
	for _, clients := range []int{1, 16} {
		var mu sync.Mutex
		var times []time.Duration
		var first error
		var wg sync.WaitGroup
		began := time.Now()
		for range clients {
			wg.Go(func() {
				for time.Since(began) < cell {
					mu.Lock()
					n++
					i := n
					mu.Unlock()
					at := time.Now()
					err := op(client, i)
					took := time.Since(at)
					mu.Lock()
					times = append(times, took)
					first = errors.Join(first, err)
					mu.Unlock()
					if err != nil {
						return
					}
				}
			})
		}
		wg.Wait()
		if first != nil {
			return first
		}
		rate := float64(len(times)) / time.Since(began).Seconds()
		beside := ""
		if limit := limits[clients]; limit > 0 {
			beside = fmt.Sprintf(", %.0f %% of the disk's %.0f/s", 100*rate/limit, limit)
		}
		fmt.Printf("| %s, %d clients | p50 %s, p99 %s, %.0f/s%s |\n", name, clients, ms(percentile(times, 50)), ms(percentile(times, 99)), rate, beside)
	}
	return nil
}

// rawCommits measures what one bbolt file does on this disk: a small durable write a commit, and sixteen to a commit.
func rawCommits(dir string) (map[int]float64, error) {
	db, err := bbolt.Open(dir+"/raw.db", 0o600, nil)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rates := map[int]float64{}
	value := make([]byte, 300)
	for _, group := range []int{1, 16} {
		began, n := time.Now(), 0
		for time.Since(began) < cell/2 {
			err := db.Update(func(tx *bbolt.Tx) error {
				b, err := tx.CreateBucketIfNotExists([]byte("raw"))
				for i := 0; i < group && err == nil; i++ {
					n++
					err = b.Put(fmt.Appendf(nil, "%016d", n), value)
				}
				return err
			})
			if err != nil {
				return nil, err
			}
		}
		rates[group] = float64(n) / time.Since(began).Seconds()
	}
	return rates, nil
}

func percentile(times []time.Duration, p int) time.Duration {
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return times[min(len(times)*p/100, len(times)-1)]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
