package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestJobPage(t *testing.T) {
	db, noon := noonDB(t)
	storetest.Item(t, db, "AB-1", 14, 0)
	storetest.Item(t, db, "CD-2", 1, 0)
	labour := storetest.Line("Labour", 2)
	labour.Category = store.CategoryService
	snap := storetest.Snapshot(1042, noon.Add(20*time.Hour), storetest.Line("AB-1", 6), storetest.Line("CD-2", 3),
		storetest.Line("Brushed nickel trim", 1), labour)
	snap.URL = "https://secure.example/jobs/9"
	id := applyJobs(t, db, snap)[0]
	ls := lineIDs(t, db, id)
	c := newClient(t, db)
	c.signIn(store.Warehouse)

	for _, view := range []struct {
		name   string
		header []string
	}{{"page", nil}, {"fragment", []string{htmx}}} {
		t.Run(view.name, func(t *testing.T) {
			status, body := c.get(fmt.Sprintf("/jobs/%v", id), view.header...)
			if status != 200 {
				t.Fatalf("status %d\n%s", status, body)
			}
			whole := "<!doctype html>"
			if view.header != nil {
				whole = "!" + whole
			}
			wantTexts(t, body, whole, "#1042 Job 1042", "Karen Miller", "tomorrow, 08:00 to 12:00",
				`href="tel:319%20555%200142"`, "418 Alder Street", "Cedar Falls, IA 50613", "Joe Lind",
				`href="https://secure.example/jobs/9" rel="noreferrer"`, "One line has no item yet",
				`aria-label="3 lines: 1 ready, 1 short, 1 not matched"`, "Labour", "Take what is here", "!/lines/"+ls[2].String()+"/issue")
			wantMarks(t, marks(t, body, fmt.Sprintf(`data-job="%v"`, id)), "data-number=1042 data-state=open")
			wantMarks(t, lineMarks(t, body, ls[0]), "data-sku=AB-1 data-required=6 data-issued=0 data-state=open")
			wantMarks(t, lineMarks(t, body, ls[1]), "data-sku=CD-2 data-required=3 data-issued=0 data-state=short")
			wantMarks(t, lineMarks(t, body, ls[2]), "data-sku= data-required=1 data-issued=0 data-state=unmatched")
			wantMarks(t, lineMarks(t, body, ls[3]), "data-sku= data-issued=0 data-state=not-stock")
			if n := strings.Count(body, "is-act"); n != 1 {
				t.Errorf("%d orange buttons, want one", n)
			}
		})
	}
}

// lineMarks returns the marks of a job's line.
func lineMarks(t *testing.T, body string, id store.LineID) map[string]string {
	t.Helper()
	return marks(t, body, fmt.Sprintf(`data-line="%v"`, id))
}

func TestJobPageWords(t *testing.T) {
	db, noon := noonDB(t)
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	midnight := noon.Add(-12 * time.Hour)
	c := newClient(t, db)
	c.signIn(store.GM)
	for i, tt := range []struct {
		name string
		edit func(*store.JobSnapshot)
		has  []string
	}{
		{"today", func(s *store.JobSnapshot) { oneVisit(s, noon, noon.Add(time.Hour)) }, []string{"today, 12:00 to 13:00"}},
		{"yesterday", func(s *store.JobSnapshot) { oneVisit(s, day(-1), day(-1)) }, []string{"yesterday, 12:00<"}},
		{"all day", func(s *store.JobSnapshot) { oneVisit(s, midnight, midnight.Add(24*time.Hour-time.Second)) }, []string{"today, all day"}},
		{"over days", func(s *store.JobSnapshot) { oneVisit(s, noon, day(1)) }, []string{"today, 12:00 to tomorrow, 12:00"}},
		{"next week", func(s *store.JobSnapshot) { oneVisit(s, day(9), day(9)) }, []string{day(9).Format("Mon 2 Jan")}},
		{"no date", func(s *store.JobSnapshot) { oneVisit(s, time.Time{}, time.Time{}) }, []string{"no date yet", "None planned", "Nobody yet"}},
		{"company", func(s *store.JobSnapshot) { s.Client.Company = "Oak Ridge HOA" }, []string{"Oak Ridge HOA · ", "<b>Oak Ridge HOA</b>"}},
		{"no title", func(s *store.JobSnapshot) { s.Title = "" }, []string{"<h1>#2005 Karen Miller"}},
		{"nothing known", func(s *store.JobSnapshot) { s.Client, s.Address, s.Status = store.Client{}, store.Address{}, "" }, []string{"No material on this job", ">open<"}},
		{"status", func(s *store.JobSnapshot) { s.Status = "requires_invoicing" }, []string{"Requires invoicing"}},
		{"notes", func(s *store.JobSnapshot) { s.Instructions = "Gate code 12\nDog" }, []string{"Gate code 12\nDog"}},
		{"script", func(s *store.JobSnapshot) { s.Title, s.Client.Name, s.URL = evilText, evilText, "javascript:alert(1)" }, []string{"&lt;script&gt;", "!" + evilText, "!javascript:", "!Open in Jobber"}},
		{"plain link", func(s *store.JobSnapshot) { s.URL = "http://jobber.example/1" }, []string{"!Open in Jobber"}},
		{"stand-in", func(s *store.JobSnapshot) { s.URL = "http://127.0.0.1:5002/jobs/1" }, []string{`href="http://127.0.0.1:5002/jobs/1"`}},
		{"link with a name", func(s *store.JobSnapshot) { s.URL = "https://me@evil.example/" }, []string{"!Open in Jobber"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			snap := storetest.Snapshot(2000+i, day(1))
			if tt.name == "no title" {
				snap.Number = 2005
			}
			tt.edit(&snap)
			id := applyJobs(t, db, snap)[0]
			status, body := c.get(fmt.Sprintf("/jobs/%v", id))
			if status != 200 {
				t.Errorf("status %d", status)
			}
			wantTexts(t, body, tt.has...)
		})
	}
}

const evilText = `<script>alert(1)</script>`

// oneVisit gives the job one visit, or none.
func oneVisit(s *store.JobSnapshot, start, end time.Time) {
	s.StartAt, s.EndAt, s.Visits = start, end, nil
	if !start.IsZero() {
		s.Visits = []store.Visit{{Remote: "v" + s.Remote, StartAt: start, EndAt: end}}
	}
}

func TestJobHostileLines(t *testing.T) {
	db, noon := noonDB(t)
	it, err := db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: `"><u>1`, Name: evilText, Unit: "<tt>"})
	if err != nil {
		t.Fatal(err)
	}
	known := storetest.Line(evilText, 2)
	unknown := storetest.Line("Some "+evilText+` " onclick="x`, 2)
	unknown.Description = evilText
	id := storetest.Job(t, db, 1, noon, known, unknown)
	c := newClient(t, db)
	c.signIn(store.Owner)
	ls := lineIDs(t, db, id)
	for _, path := range []string{fmt.Sprintf("/jobs/%v", id), "/jobs", "/match", "/dashboard", fmt.Sprintf("/lines/%v/match", ls[1]),
		"/jobs?q=" + "%3Cscript%3Ealert(1)%3C/script%3E"} {
		status, body := c.get(path)
		if status != 200 {
			t.Errorf("%s: status %d", path, status)
		}
		wantTexts(t, body, "!"+evilText, `!" onclick=`, "!<tt>", "!<u>")
	}
	wantMarks(t, lineMarks(t, bodyOf(c.get(fmt.Sprintf("/jobs/%v", id))), ls[0]), `data-sku="><u>1 data-state=short`)
	shelfHas(t, db, it.ID, "0")
}

func bodyOf(_ int, body string) string { return body }

func TestJobStates(t *testing.T) {
	db, noon := noonDB(t)
	it := storetest.Item(t, db, "AB-1", 14, 0)
	snap := storetest.Snapshot(7, noon, storetest.Line("AB-1", 6))
	id := applyJobs(t, db, snap)[0]
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: 4000, Job: id})
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	page := fmt.Sprintf("/jobs/%v", id)
	wantTexts(t, bodyOf(c.get(page)), "2 ea to go", "Take 2 ", "Put back 4 ", "Everything came back")

	snap.Closed, snap.CompletedAt = true, noon
	applyJobs(t, db, snap)
	_, body := c.get(page)
	wantMarks(t, marks(t, body, fmt.Sprintf(`data-job="%v"`, id)), "data-state=closed")
	wantTexts(t, body, "This job is closed.", "!Take 2 ", "!Take what is here", "Everything came back", "Take some all the same")

	if err := db.JobDeleted(t.Context(), store.FromWebhook, storetest.Account, snap.Remote); err != nil {
		t.Fatal(err)
	}
	_, body = c.get(page)
	wantMarks(t, marks(t, body, fmt.Sprintf(`data-job="%v"`, id)), "data-state=deleted")
	wantTexts(t, body, "Jobber deleted this job.", "!Take 2 ", "!Take some", "Put back 4 ")
	status, body := c.post(page+"/issue", typed("request_id", "late"), htmx)
	if status != 409 {
		t.Errorf("taking for a deleted job: %d\n%s", status, body)
	}
	if status, _ = c.post(page+"/return", typed("request_id", "home"), htmx); status != 200 {
		t.Errorf("bringing back from a deleted job: %d", status)
	}
	shelfHas(t, db, it.ID, "14")
}

func TestJobRemovedLine(t *testing.T) {
	db, noon := noonDB(t)
	it := storetest.Item(t, db, "AB-1", 14, 0)
	storetest.Item(t, db, "CD-2", 5, 0)
	snap := storetest.Snapshot(7, noon, storetest.Line("AB-1", 6), storetest.Line("CD-2", 1))
	id := applyJobs(t, db, snap)[0]
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: 2000, Job: id})
	snap.Lines = nil
	applyJobs(t, db, snap)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	_, body := c.get(fmt.Sprintf("/jobs/%v", id))
	ls := lineIDs(t, db, id)
	wantMarks(t, lineMarks(t, body, ls[0]), "data-state=removed data-required=0 data-issued=2")
	wantMarks(t, lineMarks(t, body, ls[1]), "data-state=removed data-required=0 data-issued=0")
	wantTexts(t, body, "Removed in Jobber", "Put back 2 ", "1 other line", fmt.Sprintf("!/lines/%v/issue", ls[0]))
}

func TestManyLines(t *testing.T) {
	db, noon := noonDB(t)
	var ls []store.SnapshotLine
	for i := range 31 {
		ls = append(ls, storetest.Line(fmt.Sprintf("Unknown part %d", i), 1))
	}
	id := storetest.Job(t, db, 7, noon, ls...)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	for _, path := range []string{"/dashboard", "/jobs", fmt.Sprintf("/jobs/%v", id)} {
		wantTexts(t, bodyOf(c.get(path)), "31 lines: 31 not matched", `!<i class="open"></i><i`)
	}
}
