package main

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var atClients = []int{1, 16}

// run measures one operation at each number of clients; limit and wanted say what stands beside it.
func (r *rig) run(t *table, what string, op func(n int) (int, error), limit func(cell) string, wanted map[int]string) error {
	for _, clients := range atClients {
		c, err := measure(what, clients, r.pid(), op)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		t.cell(c, limit(c), wanted[clients])
	}
	return nil
}

// page asks for one page, whole, over and over.
func (r *rig) page(path string) func(int) (int, error) {
	return func(int) (int, error) { return r.to.send(ask{path: path, want: 200}) }
}

func (r *rig) lists(t *table, lim limits) error {
	floor := func(c cell) string { return lim.over(c) }
	wanted := map[int]string{}
	if t.size >= 10_000 {
		wanted[1] = "≤ 1.2 ms"
	}
	if err := r.run(t, "item list, page 1", r.page("/items"), floor, wanted); err != nil {
		return err
	}
	if t.size < 10_000 {
		return nil
	}
	return r.run(t, "item list, page 100", r.page("/items?page=100"), floor, map[int]string{1: "no dearer than page 1"})
}

// acts receives one of an item: a form, a booked and durable movement, a redirect.
func (r *rig) acts(t *table, lim limits) error {
	if err := lim.commits(r.dir, t); err != nil {
		return fmt.Errorf("limits: %w", err)
	}
	return r.run(t, "one stock act, durable", r.act, lim.ofLedger, map[int]string{1: "≥ 80 % of the limit", 16: "≥ 70 %, p99 ≤ 20 ms"})
}

// act books one receipt of an item somewhere in the catalogue.
func (r *rig) act(int) (int, error) {
	n := r.serial.Add(1)
	form := url.Values{"_csrf": {r.csrf}, "kind": {"receive"}, "quantity": {"1"}, "request_id": {fmt.Sprint("bench-", n)}}
	return r.to.send(ask{path: fmt.Sprintf("/items/%d/movements", 1+n*7919%int64(len(r.goods))), form: form.Encode(), want: 303})
}

// creates adds items, one by one.
func (r *rig) creates(t *table, lim limits) error {
	create := func(int) (int, error) {
		n := r.serial.Add(1)
		form := url.Values{"_csrf": {r.csrf}, "sku": {fmt.Sprint("NEW-", n)}, "name": {fmt.Sprintf("New coupling %d", n)}, "unit": {"ea"},
			"category": {"Plumbing"}, "minimum": {"3"}, "request_id": {fmt.Sprint("bench-", n)}}
		return r.to.send(ask{path: "/items", form: form.Encode(), want: 303})
	}
	return r.run(t, "create an item, durable", create, lim.ofLedger, map[int]string{1: "≥ 600 per s", 16: "≥ 2,500 per s"})
}

// export reads the whole catalogue as a file, and looks at what that adds to the memory.
func (r *rig) export(t *table, _ limits) error {
	before, _ := resident(r.pid())
	began, most := time.Now(), before
	done := make(chan error, 1)
	var size int
	go func() {
		body, _, err := r.get("/items.csv", "")
		size = len(body)
		done <- err
	}()
	for {
		select {
		case err := <-done:
			wanted := map[int]string{10_000: "≤ 100 ms, + 30 MiB", 100_000: "≤ 800 ms, + 30 MiB"}[t.size]
			t.fact("export as CSV", fmt.Sprintf("%s ms, %.1f MB, + %d MiB", ms(time.Since(began)), float64(size)/1e6, (most-before)>>20), wanted)
			return err
		case <-time.After(5 * time.Millisecond):
			now, _ := resident(r.pid())
			most = max(most, now)
		}
	}
}

// jobs measures the first page, which tells which of a thousand open jobs lack something.
func (r *rig) jobs(t *table, lim limits) error {
	floor := func(c cell) string { return lim.over(c) }
	if err := r.run(t, "first page with the shortage of 1,000 open jobs, 20,000 lines", r.page("/dashboard"), floor, map[int]string{1: "≤ 20 ms"}); err != nil {
		return err
	}
	return r.run(t, "jobs of the week", r.page("/jobs?when=week"), floor, nil)
}

// underLoad measures pages with sixteen readers, alone and beside sixteen writers.
func (r *rig) underLoad(t *table, lim limits) error {
	read := func(n int) (int, error) {
		return r.to.send(ask{path: []string{"/items", "/items/" + fmt.Sprint(1+n%500), "/items?q=copper&page=1"}[n%3], want: 200})
	}
	alone, err := measure("pages, 16 readers", 16, r.pid(), read)
	if err != nil {
		return err
	}
	t.cell(alone, lim.over(alone), "")
	var stop atomic.Bool
	var wg sync.WaitGroup
	var failed error
	var once sync.Once
	before := r.serial.Load()
	for range 16 {
		wg.Go(func() {
			for !stop.Load() {
				if _, err := r.act(0); err != nil {
					once.Do(func() { failed = err })
					return
				}
			}
		})
	}
	beside, err := measure("the same beside 16 writers", 16, r.pid(), read)
	stop.Store(true)
	wg.Wait()
	if err == nil {
		err = failed
	}
	if err != nil {
		return err
	}
	beside.cpu = 0 // the writers' too
	t.cell(beside, fmt.Sprintf("p99 %.1f × alone; %s acts/s beside it", float64(beside.percentile(99))/float64(alone.percentile(99)),
		thousands(int(float64(r.serial.Load()-before)/beside.took.Seconds()))), "p99 ≤ 3 × alone")
	return nil
}

// idle tells the memory of a server that was just started, and signs in.
func (r *rig) idle(t *table) error {
	r.settle()
	all, own := resident(r.pid())
	t.fact("memory, idle", fmt.Sprintf("%d MiB (%d without pages of files)", all>>20, own>>20), map[int]string{10_000: "≤ 30 MiB"}[t.size])
	return r.signIn()
}

// memory tells it after the reads so far.
func (r *rig) memory(t *table, _ limits) error {
	all, own := resident(r.pid())
	t.fact("memory, after reads", fmt.Sprintf("%d MiB (%d without pages of files)", all>>20, own>>20), map[int]string{10_000: "≤ 80 MiB", 100_000: "≤ 180 MiB"}[t.size])
	return nil
}

// grown measures what must not grow with the ledger.
func (r *rig) grown(n int, t *table) error {
	if err := r.start(); err != nil {
		return err
	}
	defer r.stop()
	if err := r.waitForIndex(); err != nil {
		return err
	}
	for _, op := range []struct {
		what string
		do   func(i int) (int, error)
	}{
		{"an act", r.act},
		{"an item's page", func(i int) (int, error) {
			return r.to.send(ask{path: fmt.Sprintf("/items/%d", 1+i%len(r.goods)), want: 200})
		}},
		{"the history", r.page("/history")},
		{"a search", func(i int) (int, error) {
			return r.to.send(ask{path: "/items?q=" + url.QueryEscape(strings.ToLower(r.goods[i%len(r.goods)].sku[:8])), part: true, want: 200})
		}},
	} {
		c, err := measure(op.what+" with "+thousands(n)+" movements", 1, r.pid(), op.do)
		if err != nil {
			return err
		}
		t.cell(c, "", "at most log n")
	}
	return nil
}
