package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lwc-inventory/handlers"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// seedDays puts one job into each list of days and returns today's noon.
func seedDays(t *testing.T, db *store.DB, noon time.Time) {
	t.Helper()
	done := storetest.Snapshot(600, noon.AddDate(0, 0, -3))
	done.Closed, done.CompletedAt = true, noon.AddDate(0, 0, -2)
	applyJobs(t, db,
		storetest.Snapshot(100, noon.AddDate(0, 0, -5)),
		storetest.Snapshot(200, noon),
		storetest.Snapshot(300, noon.AddDate(0, 0, 1)),
		storetest.Snapshot(400, noon.AddDate(0, 0, 5)),
		storetest.Snapshot(450, noon.AddDate(0, 0, 30)),
		storetest.Snapshot(500, time.Time{}),
		done,
		storetest.Snapshot(700, noon))
	if err := db.JobDeleted(t.Context(), store.FromWebhook, storetest.Account, "job-700"); err != nil {
		t.Fatal(err)
	}
}

func TestJobList(t *testing.T) {
	db, noon := noonDB(t)
	storetest.Item(t, db, "AB-1", 1, 0)
	seedDays(t, db, noon)
	applyJobs(t, db, storetest.Snapshot(401, noon.AddDate(0, 0, 5), storetest.Line("AB-1", 3)))
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	for _, tt := range []struct {
		path string
		jobs string   // numbers, in order
		has  []string // and what must not be there, after "!"
	}{
		{"/jobs", "100 200", []string{">Late</span>", "Today, " + noon.Format("Mon 2 Jan")}},
		{"/jobs?when=today", "100 200", nil},
		{"/jobs?when=nonsense", "100 200", nil},
		{"/jobs?when=tomorrow", "300", []string{"Tomorrow, ", `>12:00</time>`}},
		{"/jobs?when=week", "200 300 400 401", []string{noon.AddDate(0, 0, 5).Format("Mon 2 Jan"), "2 ea Item AB-1"}},
		{"/jobs?when=week&short=1", "401", []string{"Only what is short"}},
		{"/jobs?when=later", "450", nil},
		{"/jobs?when=none", "500", []string{"!<time class"}},
		{"/jobs?when=done", "600", []string{"Done"}},
		{"/jobs?when=all", "600 500 450 401 400 300 200 100", nil},
		{"/jobs?status=closed", "600", []string{"Only closed"}},
		{"/jobs?status=deleted", "700", []string{"Deleted in Jobber"}},
		{"/jobs?status=open", "500 450 401 400 300 200 100", nil},
		{"/jobs?when=tomorrow&status=closed", "", []string{"No closed jobs"}},
		{"/jobs?q=450", "450", []string{"1 job fits “450”"}},
		{"/jobs?q=450&when=today", "450", nil},
		{"/jobs?q=zzzzqqq", "", []string{"No job fits “zzzzqqq”"}},
	} {
		t.Run(tt.path, func(t *testing.T) {
			for _, header := range [][]string{nil, {htmx}} {
				status, body := c.get(tt.path, header...)
				if status != 200 {
					t.Fatalf("status %d\n%s", status, body)
				}
				if page := strings.Contains(body, "<!doctype html>"); page == (header != nil) {
					t.Errorf("a whole page: %v", page)
				}
				if got := strings.Join(jobNumbers(body), " "); got != tt.jobs {
					t.Errorf("jobs %q, want %q", got, tt.jobs)
				}
				wantTexts(t, body, tt.has...)
			}
		})
	}
}

// jobNumbers returns the numbers of the jobs in a list, in its order.
func jobNumbers(body string) []string {
	var out []string
	for rest := body; ; {
		_, after, ok := strings.Cut(rest, `data-number="`)
		if !ok {
			return out
		}
		n, r, _ := strings.Cut(after, `"`)
		out, rest = append(out, n), r
	}
}

func TestJobListEmptyDay(t *testing.T) {
	db, noon := noonDB(t)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	wantTexts(t, bodyOf(c.get("/jobs")), "No jobs today", "None arrive while Jobber is not connected", "!by themselves", "!Next:")
	connect(t, db)
	wantTexts(t, bodyOf(c.get("/jobs")), "No jobs today", "arrive from Jobber by themselves", "!not connected", "!Next:")
	wantTexts(t, bodyOf(c.get("/jobs?when=week", "HX-Request: true")), "arrive from Jobber by themselves", "!not connected")
	wantTexts(t, bodyOf(c.get("/jobs?when=all")), "No jobs yet")
	applyJobs(t, db, storetest.Snapshot(300, noon.AddDate(0, 0, 3)), storetest.Snapshot(301, noon.AddDate(0, 0, 4)))
	wantTexts(t, bodyOf(c.get("/jobs")), "No jobs today", "Next: "+noon.AddDate(0, 0, 3).Format("Mon 2 Jan"),
		"#300", "!#301", "!data-number") // the marks are today's jobs' only
	wantTexts(t, bodyOf(c.get("/jobs?when=none")), "Every open job has a date")
}

func TestJobListPages(t *testing.T) {
	db, _ := noonDB(t)
	var snaps []store.JobSnapshot
	for i := range 60 {
		snaps = append(snaps, storetest.Snapshot(1000+i, time.Time{}))
	}
	applyJobs(t, db, snaps...)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	for _, tt := range []struct{ page, first, count, has string }{
		{"", "1000", "25", `href="/jobs?page=2&amp;when=none"`},
		{"&page=2", "1025", "25", "26 to 50 of 60"},
		{"&page=3", "1050", "10", "!rel=\"next\""},
		{"&page=9", "1050", "10", "51 to 60 of 60"},
		{"&page=-1", "1000", "25", "1 to 25 of 60"},
		{"&page=x", "1000", "25", "1 to 25 of 60"},
	} {
		_, body := c.get("/jobs?when=none" + tt.page)
		got := jobNumbers(body)
		if got[0] != tt.first || fmt.Sprint(len(got)) != tt.count {
			t.Errorf("page %q: %s jobs from %s on", tt.page, fmt.Sprint(len(got)), got[0])
		}
		wantTexts(t, body, tt.has)
	}
	if got := jobNumbers(bodyOf(c.get("/jobs?q=Miller&page=3"))); len(got) != 10 {
		t.Errorf("%d jobs on the last page of a search, want 10", len(got))
	}
}

func TestJobOnSeveralDays(t *testing.T) {
	db, noon := noonDB(t)
	snap := storetest.Snapshot(50, noon.AddDate(0, 0, -1))
	snap.Visits = []store.Visit{
		{Remote: "a", StartAt: noon.AddDate(0, 0, -1), EndAt: noon.AddDate(0, 0, 2)},
		{Remote: "b", StartAt: noon.AddDate(0, 0, 1), EndAt: noon.AddDate(0, 0, 1)},
		{Remote: "c", StartAt: noon.AddDate(0, 0, 20), EndAt: noon.AddDate(0, 0, 20)},
	}
	applyJobs(t, db, snap)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	for when, heading := range map[string]string{"today": "Today, ", "tomorrow": "Tomorrow, ", "later": "More visits of earlier jobs"} {
		_, body := c.get("/jobs?when=" + when)
		wantTexts(t, body, heading, "!>Late<", noon.AddDate(0, 0, -1).Format("2 Jan"))
		if got := jobNumbers(body); len(got) != 1 {
			t.Errorf("%s: %v", when, got)
		}
	}
}

func TestJobListInTheShopsTime(t *testing.T) {
	db, noon := noonDB(t)
	id := applyJobs(t, db, storetest.Snapshot(20, noon.Add(14*time.Hour)))[0] // 02:00 in London, the evening before in the shop
	c := newClient(t, db, func(s *handlers.Server) { s.Location = time.FixedZone("shop", -6*60*60) })
	c.signIn(store.Warehouse)
	for path, texts := range map[string][]string{
		"/jobs":                     {"Today, " + noon.Format("Mon 2 Jan"), ">20:00</time>", `data-number="20"`},
		"/jobs?when=tomorrow":       {"No jobs tomorrow", `!data-number="20"`},
		"/dashboard":                {">20:00</time>", "No jobs."},
		fmt.Sprintf("/jobs/%v", id): {"today, 20:00 to tomorrow, 00:00"},
	} {
		wantTexts(t, bodyOf(c.get(path)), texts...)
	}
}
