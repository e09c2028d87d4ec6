package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	netmail "net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"lwc-inventory/jobber/jobbertest"
)

// kills is how many rounds killedWhileMailing goes; make torture has 200.
var kills = flag.Int("kills", 6, "how often the binary is killed while mails go out")

// A sorter is a mail server that keeps all it takes, and may keep its yes to itself.
type sorter struct {
	mu    sync.Mutex
	came  []letter
	taken chan struct{} // told of each mail, before the server says that it took it; nil: nobody asks
	hold  chan struct{} // until closed the server does not say so
}

// A letter is what the sorter keeps of a mail.
type letter struct{ to, id, text string }

// openSorter starts one on a port of its own.
func openSorter(t *testing.T) (*sorter, string) {
	t.Helper()
	o := &sorter{}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &sorting{o: o}, nil }))
	srv.Domain = "localhost"
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	t.Cleanup(func() {
		srv.Close()
		<-done
	})
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return o, port
}

// silence makes the server keep what it takes and say nothing, until speak. The channel is told of each mail.
func (o *sorter) silence() (taken <-chan struct{}, speak func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.taken, o.hold = make(chan struct{}, 100), make(chan struct{})
	hold := o.hold
	return o.taken, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.taken, o.hold = nil, nil
		close(hold)
	}
}

func (o *sorter) letters() []letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.came)
}

type sorting struct {
	o  *sorter
	to []string
}

func (s *sorting) Mail(string, *smtp.MailOptions) error { return nil }

func (s *sorting) Rcpt(to string, _ *smtp.RcptOptions) error { s.to = append(s.to, to); return nil }

func (s *sorting) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err // half a mail is none
	}
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	s.o.mu.Lock()
	s.o.came = append(s.o.came, letter{strings.Join(s.to, " "), m.Header.Get("Message-ID"), string(raw)})
	taken, hold := s.o.taken, s.o.hold
	s.o.mu.Unlock()
	if taken != nil {
		taken <- struct{}{}
		<-hold
	}
	return nil
}

func (s *sorting) Reset()        { s.to = nil }
func (s *sorting) Logout() error { return nil }

// The real binary is killed at a random moment of booking, judging and sending. Every mail that is due arrives: once, or
// twice under one Message-ID when the kill came between the server's taking it and our note of it.
func killedWhileMailing(t *testing.T, binary string) {
	o, port := openSorter(t)
	v := newVictim(t, binary, northside(), jobbertest.Behaviour{}, "MAIL_SERVER", "127.0.0.1", "MAIL_PORT", port, "MAIL_USE_TLS", "false",
		"MAIL_DEFAULT_SENDER", "stock@example.com", "ALERT_WINDOW", "0s", "ALERT_OUT_WINDOW", "0s", "ALERT_DIGEST_AT", "off")
	people := []string{"lee@example.com", "dana@example.com"}
	v.hire("dana", "gm", "email", people[1], "receive_alerts", "1")
	rows := []string{"sku,name,minimum,quantity"}
	for i := range *kills {
		rows = append(rows, fmt.Sprintf("KILL-%d-X,Thing %d,5,6", i, i))
	}
	importItems(t, v.person, rows...)
	moments := map[string]int{}
	twice := 0
	for i := range *kills {
		moments[v.killOnce(o, i)]++
		if done := i + 1; done%20 == 0 || done == *kills {
			twice = arrivedTwice(t, o, people, done)
			t.Logf("%d rounds, killed %v: of %d due mails %d arrived once, %d twice with one Message-ID", done, moments, done*len(people),
				done*len(people)-twice, twice)
		}
	}
	if most := moments["after the server took it"] + moments["while judging or sending"]; twice > most*len(people) {
		t.Errorf("%d arrived twice, and only %d kills came while one could be taken", twice, most)
	}
	v.whole()
}

// arrivedTwice counts the mails of the first rounds that came twice. None may have come oftener, or not at all.
func arrivedTwice(t *testing.T, o *sorter, people []string, rounds int) (twice int) {
	t.Helper()
	for i := range rounds {
		for _, to := range people {
			switch n := arrived(t, o, to, i); n {
			case 1:
			case 2:
				twice++
			default:
				t.Fatalf("item %d: %d mails to %s", i, n, to)
			}
		}
	}
	return twice
}

// killOnce takes an item below its minimum, kills the binary at some moment, starts it again, and waits for the mails. It
// returns the moment.
func (v *victim) killOnce(o *sorter, i int) string {
	v.t.Helper()
	sku, page := fmt.Sprintf("KILL-%d-X", i), ""
	eventually(v.t, "the index to know "+sku, func() bool {
		for _, e := range v.get("/items?q="+sku).find("data-item", "data-sku="+sku) {
			page = "/items/" + e.attr["data-item"]
		}
		return page != ""
	})
	form := url.Values{"_csrf": {v.token()}, "kind": {"issue"}, "quantity": {[]string{"2", "6"}[i%2]}, "request_id": {fmt.Sprint("kill ", i)}, "confirm": {"1"}}
	book := func() error {
		resp, err := v.b.client.PostForm(v.base+page+"/movements", form)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			return err
		}
		if resp.StatusCode != http.StatusOK {
			v.t.Errorf("take: %d", resp.StatusCode)
		}
		return nil
	}
	moment := "while booking"
	switch i % 3 {
	case 0:
		answered := make(chan error, 1)
		go func() { answered <- book() }()
		time.Sleep(time.Duration(rand.Int64N(int64(30 * time.Millisecond)))) // the moment is what is tried
		v.kill()
		if <-answered == nil {
			moment = "while judging or sending" // it was faster
		}
	case 1:
		moment = "while judging or sending"
		if err := book(); err != nil {
			v.t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(60 * time.Millisecond))))
		v.kill()
	case 2:
		moment = "after the server took it"
		taken, speak := o.silence()
		if err := book(); err != nil {
			v.t.Fatal(err)
		}
		select {
		case <-taken:
		case <-time.After(30 * time.Second):
			v.t.Fatal("no mail came")
		}
		v.kill()
		speak()
	}
	v.start()
	if err := book(); err != nil { // the proxy tries again
		v.t.Fatal(err)
	}
	eventually(v.t, "the mails of item "+strconv.Itoa(i), func() bool {
		return arrived(v.t, o, "lee@example.com", i) > 0 && arrived(v.t, o, "dana@example.com", i) > 0 &&
			v.get("/dashboard").one(v.t, "value", "data-figure=unsent-mails") == "0"
	})
	return moment
}

// arrived counts the mails to somebody about an item. All must have one Message-ID.
func arrived(t *testing.T, o *sorter, to string, item int) int {
	t.Helper()
	n, id := 0, ""
	for _, l := range o.letters() {
		if l.to != to || !strings.Contains(l.text, fmt.Sprintf("KILL-%d-X", item)) {
			continue
		}
		if n++; id != "" && l.id != id {
			t.Errorf("item %d: two mails to %s have ids %s and %s", item, to, id, l.id)
		}
		id = l.id
	}
	return n
}
