package main

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

// make torture goes 200 rounds, for an hour at most.
var (
	rounds     = flag.Int("rounds", 5, "how often the binary is killed under eight clients")
	roundsTime = flag.Duration("rounds-time", time.Hour, "no round begins later than this")
)

// A torture is a company under eight clients whose program is killed again and again, and what must be true of it.
type torture struct {
	*victim
	round int
	token string
	http  *http.Client // follows no redirect: what it gets is the answer to the act

	pick, told string // pages of the job that is picked from, and of the one that Jobber changes
	line       string // the material line of the former
	lowPage    string // of the item that runs low in this round
	pipePage   string

	mu       sync.Mutex
	onHand   map[string]int // by the item's page, units in all places
	atTruck  map[string]int // of those, in the truck
	required int            // of PIPE-2 on the job that Jobber changes
	low      []string       // SKUs that went low, each of which is due one mail
	came     []string       // SKUs that must be found
	open     []attempt      // acts without an answer
	answered int
	resent   int
	done     int // rounds
}

// An attempt is an act that is booked once its client has its answer, however often it has to ask.
type attempt struct {
	path, body string
	header     []string
	effect     func(*torture) // on what must be true
}

// send reports whether the act was answered; then its effect holds.
func (x *torture) send(a attempt) bool {
	req, err := http.NewRequest(http.MethodPost, x.base+a.path, strings.NewReader(a.body))
	if err != nil {
		x.t.Error(err)
		return false
	}
	for _, h := range a.header {
		k, v, _ := strings.Cut(h, ": ")
		req.Header.Set(k, v)
	}
	resp, err := x.http.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err != nil {
		return false
	} else if resp.StatusCode != http.StatusSeeOther && resp.StatusCode != http.StatusOK {
		x.t.Errorf("%s %s: %d\n%s", a.path, a.body, resp.StatusCode, text)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.answered++
	a.effect(x)
	return true
}

// try sends an act and keeps it for later if it has no answer.
func (x *torture) try(a attempt) bool {
	if x.send(a) {
		return true
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.open = append(x.open, a)
	return false
}

// form is an act of this round by a form.
func (x *torture) form(path, id string, effect func(*torture), fields ...string) attempt {
	form := url.Values{"_csrf": {x.token}, "request_id": {fmt.Sprintf("round-%d-%s", x.round, id)}, "confirm": {"1"}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return attempt{path, form.Encode(), []string{"Content-Type: application/x-www-form-urlencoded"}, effect}
}

// A worker does its n-th act of a round, and reports whether it was answered.
type worker func(x *torture, n int) bool

// workers are the eight clients.
func workers(acts, moves, undone string) []worker {
	change := func(item string, by int) func(*torture) { return func(x *torture) { x.onHand[item] += by } }
	number := func(n int) string { return strconv.Itoa(n) }
	return []worker{
		func(x *torture, n int) bool { // takes and receives
			q := 1 + rand.IntN(5)
			if n%2 == 1 {
				return x.try(x.form(acts+"/movements", "take-"+number(n), change(acts, -q), "kind", "issue", "quantity", number(q)))
			}
			return x.try(x.form(acts+"/movements", "receive-"+number(n), change(acts, q), "kind", "receive", "quantity", number(q)))
		},
		func(x *torture, n int) bool { // loads the truck
			return x.try(x.form(moves+"/movements", "load-"+number(n), func(x *torture) { x.atTruck[moves]++ },
				"kind", "transfer", "quantity", "1", "from", "1", "to", "2"))
		},
		func(x *torture, n int) bool { // books by mistake and takes it back
			if !x.try(x.form(undone+"/movements", "mistake-"+number(n), change(undone, 3), "kind", "receive", "quantity", "3")) {
				return false
			}
			resp, err := x.http.Get(x.base + undone)
			if err != nil {
				return true // nothing was asked for
			}
			defer resp.Body.Close()
			text, err := io.ReadAll(resp.Body)
			if err != nil {
				return true
			}
			for _, e := range elements(x.t, string(text)) {
				if id := e.attr["data-movement"]; id != "" && e.attr["data-kind"] == "receive" {
					return x.try(x.form("/movements/"+id+"/undo", "undo-"+number(n), change(undone, -3)))
				}
			}
			x.t.Error("the movement is in no history")
			return false
		},
		func(x *torture, n int) bool { // hands a job its material, and gets it back
			way, by := "issue", -4
			if n%2 == 1 {
				way, by = "return", 4
			}
			return x.try(x.form(x.pick+"/lines/"+x.line+"/"+way, way+"-"+number(n), change(x.pipePage, by)))
		},
		func(x *torture, n int) bool { // Jobber changes a job and tells
			q := 1 + rand.IntN(9)
			if err := x.office.SetLineQuantity(jobbertest.ID("Job", 1043), pipeLine(1043), float64(q)); err != nil {
				x.t.Error(err)
			}
			x.mu.Lock()
			x.required = q
			x.mu.Unlock()
			body := jobbertest.Event("JOB_UPDATE", appID, accountID, jobbertest.ID("Job", 1043),
				time.Now().Add(-24*time.Hour).Add(time.Duration(x.round*100+n)*time.Second))
			return x.try(attempt{"/jobs/jobber/webhook", string(body), []string{"Content-Type: application/json",
				"X-Jobber-Hmac-SHA256: " + jobbertest.Sign(appSecret, body)}, func(*torture) {}})
		},
		func(x *torture, n int) bool { // has everything synced, and does not ask again
			return x.send(x.form("/jobs/sync", "sync-"+number(n), func(*torture) {}))
		},
		func(x *torture, n int) bool { // brings new things in, all of a file or none
			if n > 0 {
				time.Sleep(10 * time.Millisecond)
				return true
			}
			file, skus := x.importFile()
			if code, _, _ := command(x.t, x.env, "", "import", "items", file); code == 0 {
				x.mu.Lock()
				defer x.mu.Unlock()
				x.came = append(x.came, skus...)
				return true
			}
			return false
		},
		func(x *torture, n int) bool { // has a thing run low
			if n > 0 {
				time.Sleep(10 * time.Millisecond)
				return true
			}
			sku := fmt.Sprintf("LOW-%d-X", x.round)
			return x.try(x.form(x.lowPage+"/movements", "low", func(x *torture) { x.low = append(x.low, sku); x.onHand[x.lowPage] = 4 },
				"kind", "issue", "quantity", "2"))
		},
	}
}

// pageOf finds an item's page.
func (x *torture) pageOf(sku string) string {
	x.t.Helper()
	return "/items/" + x.get("/items?q="+sku).one(x.t, "data-item", "data-item", "data-sku="+sku)
}

// importFile writes this round's file of three new items.
func (x *torture) importFile() (file string, skus []string) {
	rows := "sku,name,quantity\n"
	for _, part := range []string{"a", "b", "c"} {
		sku := fmt.Sprintf("NEW-%d-%s", x.round, part)
		skus = append(skus, sku)
		rows += sku + ",New thing " + sku + ",5\n"
	}
	file = filepath.Join(x.t.TempDir(), "new.csv")
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		x.t.Error(err)
	}
	return file, skus
}

// The real binary is killed under eight clients at random moments. What was answered is there, once; balances are what
// the ledger says, its chain of hashes is whole, the index catches up, webhooks and mails go on.
func TestTorture(t *testing.T) {
	o, port := openSorter(t)
	v := newVictim(t, built(t), northside(newJob(1042, 1, pipe(4)), newJob(1043, 2, pipe(4))), jobbertest.Behaviour{Bucket: jobbertest.Bucket{Restore: 20_000}, API: jobbertest.API{Most: 1_000_000}}, // years of requests in minutes
		"MAIL_SERVER", "127.0.0.1", "MAIL_PORT", port, "MAIL_USE_TLS", "false", "MAIL_DEFAULT_SENDER", "stock@example.com",
		"ALERT_WINDOW", "0s", "ALERT_OUT_WINDOW", "0s", "ALERT_DIGEST_AT", "off", "BACKUP_DIR", "off")
	importItems(t, v.person, "sku,name,minimum,quantity", `PIPE-2,"Drain pipe, 2 in",0,5000`)
	if a := v.post("/places", "name", "Truck 1", "kind", "truck"); a.status != 200 {
		t.Fatalf("a truck: %d %q", a.status, a.says())
	}
	v.connect()
	v.await("connected", "ok")
	x := &torture{victim: v, onHand: map[string]int{}, atTruck: map[string]int{}, required: 4}
	x.http = &http.Client{Jar: v.b.client.Jar, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page := func(sku string) string {
		item := v.item("sku", sku, "name", "Thing "+sku, "unit", "ea")
		v.post(item+"/movements", "kind", "receive", "quantity", "1000", "request_id", "begin "+sku)
		x.onHand[item] = 1000
		return item
	}
	x.pipePage = v.itemPage("PIPE-2").url.Path
	clients := workers(page("ACT-1"), page("MOVE-1"), page("UNDO-1"))
	x.onHand[x.pipePage] = 5000
	x.pick, x.told = v.job("1042").url.Path, v.job("1043").url.Path
	x.line = v.get(x.pick).one(t, "data-line", "data-line", "data-sku=PIPE-2")

	began := time.Now()
	for x.round = range *rounds {
		if time.Since(began) > *roundsTime {
			break
		}
		x.once(clients)
		x.done++
		if t.Failed() {
			break
		}
	}
	once, twice := x.mails(o)
	t.Logf("%d rounds: %d acts answered, %d of them after they had been asked again; %d mails came once, %d twice with one Message-ID",
		x.done, x.answered, x.resent, once, twice)
	if strings.Contains(v.log.String(), "contradicts itself") {
		t.Error("a start found the database to contradict itself")
	}
	v.whole()
}

// once lets the clients work, kills the binary, starts it again and compares.
func (x *torture) once(clients []worker) {
	importItems(x.t, x.person, "sku,name,minimum,quantity", fmt.Sprintf("LOW-%d-X,Low thing %d,5,6", x.round, x.round))
	x.lowPage = x.pageOf(fmt.Sprintf("LOW-%d-X", x.round))
	x.token = x.person.token()
	var wg sync.WaitGroup
	over := make(chan struct{})
	for _, work := range clients {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-over:
					return
				default:
				}
				if !work(x, n) {
					return
				}
			}
		})
	}
	time.Sleep(time.Duration(20+rand.IntN(400)) * time.Millisecond) // the moment is what is tried
	x.kill()
	close(over)
	wg.Wait()
	x.start()
	open := x.open
	x.open = nil
	for _, a := range open { // as a phone does that comes back into the network
		if x.resent++; !x.send(a) {
			x.t.Fatalf("round %d: %s was not answered by a program that runs", x.round, a.path)
		}
	}
	x.imported()
	x.settle()
	x.compare()
}

// imported makes sure that this round's file is there with all its rows.
func (x *torture) imported() {
	file, skus := x.importFile()
	if !slices.Contains(x.came, skus[0]) {
		code, _, errs := command(x.t, x.env, "", "import", "items", file)
		if code != 0 && !strings.Contains(errs, "is taken") && !strings.Contains(errs, "already") {
			x.t.Errorf("round %d: import: %d %q", x.round, code, errs)
		}
		x.came = append(x.came, skus...)
	}
	for _, sku := range skus {
		eventually(x.t, sku+" to be found", func() bool {
			return len(x.get("/items?q="+sku).find("data-item", "data-sku="+sku)) == 1
		})
		if got := x.get(x.pageOf(sku)).total("on-hand"); got != "5" {
			x.t.Errorf("round %d: %s of %s were imported, want 5", x.round, got, sku)
		}
	}
}

// settle brings the job's material back, whichever half of the picker's work was done, and waits for the queues.
func (x *torture) settle() {
	var hooks, mails string
	defer func() {
		if x.t.Failed() {
			x.t.Logf("round %d: %s webhooks and %s mails wait\n%s", x.round, hooks, mails, x.log)
		}
	}()
	eventually(x.t, "webhooks and mails to go on", func() bool {
		page := x.get("/dashboard")
		hooks, mails = page.one(x.t, "value", "data-figure=pending-webhooks"), page.one(x.t, "value", "data-figure=unsent-mails")
		return hooks == "0" && mails == "0"
	})
	back := x.form(x.pick+"/lines/"+x.line+"/return", "back", func(x *torture) { x.onHand[x.pipePage] = 5000 })
	if x.onHand[x.pipePage] != 5000 && !x.send(back) {
		x.t.Fatal("nothing came back")
	}
}

func (x *torture) compare() {
	for _, item := range slices.Sorted(maps.Keys(x.onHand)) {
		want := strconv.Itoa(x.onHand[item])
		if got := x.get(item).total("on-hand"); got != want {
			x.t.Errorf("round %d: %s of %s are on hand, and %s were answered", x.round, got, item, want)
		}
		if n := x.atTruck[item]; n > 0 {
			if got := x.get(item).at("2", "on-hand"); got != strconv.Itoa(n) {
				x.t.Errorf("round %d: %s of %s are in the truck, want %d", x.round, got, item, n)
			}
		}
	}
	if got := x.get(x.told).line("PIPE-2"); !strings.HasPrefix(got, strconv.Itoa(x.required)+" ") {
		x.t.Errorf("round %d: the job that Jobber changed needs %s, want %d", x.round, got, x.required)
	}
	if code, out, errs := command(x.t, x.env, "", "check"); code != 0 {
		x.t.Errorf("round %d: check: %d %s %s", x.round, code, out, errs)
	}
}

// mails counts the mails about what ran low: one each, or two with one Message-ID.
func (x *torture) mails(o *sorter) (once, twice int) {
	for _, sku := range x.low {
		var ids []string
		for _, l := range o.letters() {
			if strings.Contains(l.text, sku) {
				ids = append(ids, l.id)
			}
		}
		switch {
		case len(ids) == 1:
			once++
		case len(ids) == 2 && ids[0] == ids[1]:
			twice++
		default:
			x.t.Errorf("mails about %s: %q", sku, ids)
		}
	}
	return once, twice
}
