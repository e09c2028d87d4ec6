package jobbertest_test

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

func (s standin) page(t *testing.T, path string) (int, string, http.Header) {
	t.Helper()
	res, err := http.Get(s.url + path)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, body(t, res), res.Header
}

func TestOfficePages(t *testing.T) {
	d := sample(3)
	d.Jobs[1].Title = `<b>"Main" panel`
	d.Jobs[2].StartAt, d.Jobs[2].EndAt, d.Jobs[2].Visits = nil, nil, nil
	s := start(t, d, nil)
	status, list, head := s.page(t, "/")
	if status != 200 {
		t.Fatalf("list answered %d", status)
	}
	for _, want := range []string{"Stand-in for Jobber", "Northside Electric", "Tomorrow, Thu 5 Mar", "No date", "No app is connected", `data-number="4"`, "&lt;b&gt;"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q:\n%s", want, list)
		}
	}
	if csp := head.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "form-action 'self'") {
		t.Errorf("policy %q", csp)
	}
	if strings.Contains(list, "<script") || strings.Contains(list, "style=") || strings.Contains(list, "<b>\"Main") {
		t.Error("there is script, inline style or an unescaped title")
	}
	status, one, _ := s.page(t, "/?job="+url.QueryEscape(jobbertest.ID("Job", 4)))
	for _, want := range []string{"Lines of the job (it is billed by visit)", "Visit 1, Sun 8 Mar 12:00", "Odd bracket", "/office/reschedule", "Close the job"} {
		if status != 200 || !strings.Contains(one, want) {
			t.Errorf("the job (%d) lacks %q:\n%s", status, want, one)
		}
	}
	if status, _, _ := s.page(t, "/?job=none"); status != 404 {
		t.Errorf("an unknown job answered %d", status)
	}
	status, text, head := s.page(t, "/standin.css")
	if status != 200 || !strings.HasPrefix(head.Get("Content-Type"), "text/css") || text == "" {
		t.Errorf("style sheet: %d %s", status, head.Get("Content-Type"))
	}
}

func TestOfficeForms(t *testing.T) {
	s := start(t, sample(2), nil)
	job := jobbertest.ID("Job", 1)
	get := func() jobbertest.Job {
		j, ok := s.Job(job)
		if !ok {
			t.Fatal("the job is gone")
		}
		return j
	}
	do := func(act string, fields ...string) {
		t.Helper()
		form := url.Values{"job": {job}, "owner": {job}}
		for i := 0; i < len(fields); i += 2 {
			form.Set(fields[i], fields[i+1])
		}
		if status, text, to := s.post(t, "/office/"+act, form); status != 303 || act != "delete" && to != "/?job="+url.QueryEscape(job) {
			t.Fatalf("%s answered %d to %q: %s", act, status, to, text)
		}
	}
	line := jobbertest.ID("JobLineItem", 11)
	do("quantity", "line", line, "quantity", "7.25")
	if got := get().Lines[1].Quantity; got != 7.25 {
		t.Errorf("quantity %v", got)
	}
	do("remove", "line", line)
	do("add", "name", "breaker 20 a", "quantity", "4")
	do("add", "name", "Sealant", "quantity", "1")
	lines := get().Lines
	if len(lines) != 3 || lines[1].ProductID != jobbertest.ID("ProductOrService", 1) || lines[1].UnitPrice != 12 || lines[2].ProductID != "" || lines[2].Name != "Sealant" {
		t.Errorf("lines %+v", lines)
	}
	do("reschedule", "start", "2026-04-01T08:00", "end", "2026-04-01T10:30")
	if j := get(); !j.StartAt.Equal(time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)) || !j.Visits[0].StartAt.Equal(*j.StartAt) {
		t.Errorf("job at %v, visit at %v", j.StartAt, j.Visits[0].StartAt)
	}
	do("customer", "client", jobbertest.ID("Client", 1), "first", "Ana", "last", "Li", "company", "Li & Sons")
	do("address", "property", jobbertest.ID("Property", 1), "street", "9 Oak Ave", "city", "Troy")
	if _, page, _ := s.page(t, "/?job="+url.QueryEscape(job)); !strings.Contains(page, "Li &amp; Sons<br>9 Oak Ave, Troy") {
		t.Errorf("customer and address:\n%s", page)
	}
	do("unvisit", "visit", get().Visits[0].ID)
	if j := get(); len(j.Visits) != 0 {
		t.Errorf("visits %+v", j.Visits)
	}
	do("close")
	if j := get(); !j.Closed() || j.StatusAt(noon) != jobbertest.StatusRequiresInvoicing {
		t.Errorf("closed job: %+v", j)
	}
	do("reopen")
	if j := get(); j.Closed() || j.StatusAt(noon) != jobbertest.StatusUpcoming {
		t.Errorf("reopened job: %+v", j)
	}
	do("delete")
	if _, ok := s.Job(job); ok {
		t.Error("the job is still there")
	}
}

func TestOfficeRefuses(t *testing.T) {
	s := start(t, sample(1), nil)
	job, line := jobbertest.ID("Job", 1), jobbertest.ID("JobLineItem", 10)
	before, _ := s.Job(job)
	for _, tt := range []struct {
		act, want string
		form      url.Values
		status    int
	}{
		{"quantity", "is no quantity", url.Values{"job": {job}, "owner": {job}, "line": {line}, "quantity": {"abc"}}, 422},
		{"quantity", "is no quantity", url.Values{"job": {job}, "owner": {job}, "line": {line}, "quantity": {"NaN"}}, 422},
		{"quantity", "not found", url.Values{"job": {job}, "owner": {job}, "line": {"x"}, "quantity": {"1"}}, 422},
		{"add", "needs a name", url.Values{"job": {job}, "owner": {job}, "name": {" "}, "quantity": {"1"}}, 422},
		{"remove", "not found", url.Values{"job": {job}, "owner": {"x"}, "line": {line}}, 422},
		{"reschedule", "date and a time", url.Values{"job": {job}, "start": {"tomorrow"}}, 422},
		{"reschedule", "before the start", url.Values{"job": {job}, "start": {"2026-04-02T08:00"}, "end": {"2026-04-01T08:00"}}, 422},
		{"customer", "not found", url.Values{"job": {job}, "client": {"x"}}, 422},
		{"address", "not found", url.Values{"job": {job}, "property": {"x"}}, 422},
		{"unvisit", "not found", url.Values{"job": {job}, "visit": {"x"}}, 422},
		{"reopen", "is open", url.Values{"job": {job}}, 422},
		{"paint", "not found", url.Values{"job": {job}}, 404},
	} {
		status, text, _ := s.post(t, "/office/"+tt.act, tt.form)
		if status != tt.status || !strings.Contains(text, tt.want) {
			t.Errorf("%s %v: %d, want %q in\n%s", tt.act, tt.form, status, tt.want, text)
		}
	}
	after, _ := s.Job(job)
	if after.UpdatedAt != before.UpdatedAt || len(after.Lines) != 2 || after.Lines[0].Quantity != 2 {
		t.Errorf("something changed: %+v", after)
	}
}

func TestRescheduleMovesOpenVisits(t *testing.T) {
	d := sample(1)
	j := &d.Jobs[0]
	day := 24 * time.Hour
	j.Visits = []jobbertest.Visit{
		{ID: jobbertest.ID("Visit", 1), StartAt: ptr(noon), EndAt: ptr(noon.Add(time.Hour)), CompletedAt: ptr(noon)},
		{ID: jobbertest.ID("Visit", 2), StartAt: ptr(noon.Add(day)), EndAt: ptr(noon.Add(day + time.Hour))},
		{ID: jobbertest.ID("Visit", 4), StartAt: ptr(noon.Add(2 * day)), EndAt: ptr(noon.Add(2*day + time.Hour))},
	}
	s := start(t, d, nil)
	if err := s.Reschedule(j.ID, noon.Add(5*day), noon.Add(5*day+3*time.Hour)); err != nil {
		t.Fatal(err)
	}
	got, _ := s.Job(j.ID)
	for i, want := range []time.Time{noon, noon.Add(5 * day), noon.Add(6 * day)} {
		if !got.Visits[i].StartAt.Equal(want) {
			t.Errorf("visit %d at %v, want %v", i, got.Visits[i].StartAt, want)
		}
	}
	if !got.EndAt.Equal(noon.Add(6*day + time.Hour)) {
		t.Errorf("the job ends %v", got.EndAt)
	}
}

func TestJobsAreCopies(t *testing.T) {
	d := sample(1)
	s := start(t, d, nil)
	d.Jobs[0].Lines[0].Quantity = 99
	j, _ := s.Job(d.Jobs[0].ID)
	j.Lines[0].Quantity = 98
	*j.StartAt = noon.Add(-time.Hour)
	if again, _ := s.Job(j.ID); again.Lines[0].Quantity != 2 || !again.StartAt.Equal(noon.Add(24*time.Hour)) {
		t.Errorf("changed from outside: %+v", again)
	}
	if err := s.SetLineQuantity(j.ID, j.Lines[0].ID, math.Inf(1)); err == nil {
		t.Error("an endless quantity was taken")
	}
	if err := s.CloseJob("none"); !errors.Is(err, jobbertest.ErrNotFound) {
		t.Errorf("close of no job: %v", err)
	}
}

func TestDataCheck(t *testing.T) {
	if err := sample(3).Check(); err != nil {
		t.Errorf("the sample is not sound: %v", err)
	}
	for name, breakIt := range map[string]func(*jobbertest.Data){
		"names client":      func(d *jobbertest.Data) { d.Jobs[0].ClientID = "none" },
		"names product":     func(d *jobbertest.Data) { d.Jobs[0].Lines[0].ProductID = jobbertest.ID("ProductOrService", 9) },
		"names user":        func(d *jobbertest.Data) { d.Jobs[0].Visits[0].Crew = []string{"x"} },
		"is taken":          func(d *jobbertest.Data) { d.Jobs[1].ID = d.Jobs[0].ID },
		"no user is an adm": func(d *jobbertest.Data) { d.Users[1].Admin = false },
	} {
		d := sample(2)
		breakIt(&d)
		if err := d.Check(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOfficeShowsHowWebhooksFared(t *testing.T) {
	url, got := receiver(t, always(204))
	s := start(t, sample(1), func(o *jobbertest.Options) { o.WebhookURL = url })
	s.connect(t)
	s.post(t, "/office/close", map[string][]string{"job": {jobbertest.ID("Job", 1)}})
	next(t, got)
	next(t, got)
	if err := s.Close(t.Context()); err != nil { // so that the answers are in the log
		t.Fatal(err)
	}
	_, page, _ := s.page(t, "/")
	for _, want := range []string{`<li data-topic="JOB_CLOSED" data-delivered="true">`, "job 1", "12:00:00, answered 204 in"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}
