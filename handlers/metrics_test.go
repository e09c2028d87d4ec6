package handlers_test

import (
	"errors"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"

	"lwc-inventory/handlers"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// What the dashboard and the alert rules ask for is there, and what there is stands in one of them.
func TestMetricsAreThoseOfTheDashboard(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Owner)
	storetest.Item(t, db, "A", 2, 5)
	c.get("/items")
	_, page := c.get("/metrics")
	names := regexp.MustCompile(`\b(?:lwc|go|process)_[a-z_]+`)
	shown := map[string]bool{}
	for _, file := range []string{"alerts.yml", "grafana.json"} {
		text, err := os.ReadFile("../docs/monitoring/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names.FindAllString(string(text), -1) {
			shown[name] = true
			later := strings.Contains(name, "_timestamp_seconds") // there is none yet
			if !later && !strings.Contains(page, "\n"+name+" ") && !strings.Contains(page, "\n"+name+"{") {
				t.Errorf("%s asks for %s, which is not there", file, name)
			}
		}
	}
	for name := range handlers.GaugeNames() {
		if !shown[name] {
			t.Errorf("nobody sees %s", name)
		}
	}
	for _, want := range []string{"\nlwc_items 1\n", "\nlwc_items_low 1\n", "\nlwc_panics_total 0\n", "\n# TYPE lwc_store_commits_total counter\n"} {
		if !strings.Contains(page, want) {
			t.Errorf("the metrics lack %q", want)
		}
	}
}

// The owner sees how the program is, and the newest errors with the request they belong to; a manager does not.
func TestStatusPage(t *testing.T) {
	db := storetest.Open(t)
	var troubles *handlers.Troubles
	c := newClient(t, db, func(s *handlers.Server) { troubles = s.Troubles })
	c.signIn(store.GM)
	if status, _ := c.get("/admin/status"); status != 403 {
		t.Errorf("a manager gets %d", status)
	}
	c.signIn(store.Owner)
	wantTexts(t, bodyOf(c.get("/admin/status")), "v1.2.3", "0 minutes", "0 errors in 24 hours", "None since the start", "Not connected")

	log := slog.New(troubles.Watch(slog.DiscardHandler)).With("part", "web")
	log.Error("request failed", "id", "ABC123", "err", errors.New("panic: <b>no</b>\ngoroutine 1"))
	log.Warn("slow")
	log.Info("fine")
	wantTexts(t, bodyOf(c.get("/admin/status")), "1 error in 24 hours", "request failed: panic: &lt;b&gt;no", "ABC123", "web", "!goroutine 1", "!slow")
	if w, e, p := troubles.Counts(); w != 1 || e != 1 || p != 1 {
		t.Errorf("%d warnings, %d errors, %d panics", w, e, p)
	}
	for range 30 {
		log.Error("again")
	}
	if all, today := troubles.Newest(db.Now()); len(all) != 20 || today != 31 || all[0].Text != "again" {
		t.Errorf("%d kept, %d today", len(all), today)
	}
}
