package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

const (
	appID     = "client-of-the-test"
	appSecret = "a secret of the test and its stand-in"
)

var accountID = jobbertest.ID("Account", 7)

// A contractor is a company that is connected to a stand-in for Jobber.
type contractor struct {
	person
	office *jobbertest.Server
}

// northside is the contractor's account at Jobber, with these jobs.
func northside(jobs ...jobbertest.Job) jobbertest.Data {
	return jobbertest.Data{
		Account:    jobbertest.Account{ID: accountID, Name: "Northside"},
		Users:      []jobbertest.User{{ID: jobbertest.ID("User", 1), First: "Dana", Last: "Reyes", Admin: true}},
		Clients:    []jobbertest.Client{{ID: jobbertest.ID("Client", 1), First: "Ana", Last: "Miller", Phone: "937 555 0117"}},
		Properties: []jobbertest.Property{{ID: jobbertest.ID("Property", 1), Street1: "14 Juniper St", City: "Dayton", Province: "OH", PostalCode: "45402"}},
		Products: []jobbertest.Product{
			{ID: jobbertest.ID("ProductOrService", 1), Name: "Drain pipe", SKU: "PIPE-2", Category: "PRODUCT", Visible: true},
			{ID: jobbertest.ID("ProductOrService", 2), Name: "Labour", Category: "SERVICE", Visible: true},
		},
		Jobs: jobs,
	}
}

// connected sets a company up, and connects it as its owner would, with what Jobber has that day.
// The warehouse has 10 PIPE-2 and 100 WIRE-12, with minimums of 5 and 20.
func connected(t *testing.T, e map[string]string, jobs ...jobbertest.Job) contractor {
	t.Helper()
	data := northside(jobs...)
	if err := data.Check(); err != nil {
		t.Fatal(err)
	}
	s := jobbertest.New(data, jobbertest.Options{ClientID: appID, ClientSecret: appSecret})
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
		web.Close()
	})
	e["JOBBER_AUTHORIZE_URL"], e["JOBBER_TOKEN_URL"] = web.URL+"/api/oauth/authorize", web.URL+"/api/oauth/token"
	e["JOBBER_GRAPHQL_URL"] = web.URL + "/api/graphql"
	c := contractor{company(t, e), s}
	s.SetURLs(c.base+"/jobs/jobber/callback", c.base+"/jobs/jobber/webhook")
	importItems(t, c.person, "sku,name,minimum,quantity", `PIPE-2,"Drain pipe, 2 in",5,10`, "WIRE-12,Wire 12/2,20,100")
	c.post("/admin/settings/jobber", "jobber_client_id", appID, "jobber_client_secret", appSecret)
	c.connect()
	return c
}

// connect presses Connect and allows it on Jobber's page.
func (c contractor) connect() {
	c.t.Helper()
	consent := c.get("/jobs/jobber/connect")
	form := url.Values{"answer": {"allow"}}
	for _, e := range consent.find("type=hidden") {
		form.Set(e.attr["name"], e.attr["value"])
	}
	page := *consent.url
	page.RawQuery = ""
	back := c.send(http.MethodPost, page.String(), form.Encode(), "Content-Type: application/x-www-form-urlencoded")
	if back.one(c.t, "data-jobber", "data-jobber") != "connected" {
		c.t.Fatalf("connecting led to %s with %d: %s", back.url, back.status, back.says())
	}
	eventually(c.t, "the first sync", func() bool {
		return c.get("/dashboard").one(c.t, "data-sync", "data-sync") == "ok"
	})
}

// job returns the page of a job.
func (c contractor) job(number string) answer {
	c.t.Helper()
	rows := c.get("/jobs?when=all").find("data-job", "data-number="+number)
	if len(rows) == 0 {
		c.t.Fatalf("job %s is in no list", number)
	}
	return c.get("/jobs/" + rows[0].attr["data-job"])
}

// line is a material line of a job's page, as "required issued state".
func (a answer) line(sku string) string {
	for _, e := range a.find("data-line", "data-sku="+sku) {
		return e.attr["data-required"] + " " + e.attr["data-issued"] + " " + e.attr["data-state"]
	}
	return "none"
}

func (c contractor) itemPage(sku string) answer {
	c.t.Helper()
	return c.get("/items/" + c.get("/items?category=").one(c.t, "data-item", "data-item", "data-sku="+sku))
}

// newJob is a job with lines; day counts from today, and 99 is none.
func newJob(number, day int, lines ...jobbertest.LineItem) jobbertest.Job {
	made := time.Now().AddDate(0, 0, -20).UTC()
	j := jobbertest.Job{ID: jobbertest.ID("Job", number), Number: number, Title: "Bathroom rough-in", ClientID: jobbertest.ID("Client", 1),
		PropertyID: jobbertest.ID("Property", 1), CreatedAt: made, UpdatedAt: made, Lines: lines}
	for i := range j.Lines {
		j.Lines[i].ID = jobbertest.ID("JobLineItem", number*100+i)
	}
	if day != 99 {
		now := time.Now().UTC()
		at := time.Date(now.Year(), now.Month(), now.Day()+day, 8, 0, 0, 0, time.UTC)
		end := at.Add(2 * time.Hour)
		j.StartAt, j.EndAt = &at, &end
		j.Visits = []jobbertest.Visit{{ID: jobbertest.ID("Visit", number), StartAt: &at, EndAt: &end, Crew: []string{jobbertest.ID("User", 1)}}}
	}
	return j
}

func pipe(qty float64) jobbertest.LineItem {
	return jobbertest.LineItem{Name: "Drain pipe", Quantity: qty, Category: "PRODUCT", ProductID: jobbertest.ID("ProductOrService", 1)}
}

func typedLine(name string, qty float64) jobbertest.LineItem {
	return jobbertest.LineItem{Name: name, Quantity: qty, Category: "PRODUCT"}
}

func labour(qty float64) jobbertest.LineItem {
	return jobbertest.LineItem{Name: "Labour", Quantity: qty, Category: "SERVICE", ProductID: jobbertest.ID("ProductOrService", 2)}
}

func TestContractJobsByDaySearchAndMarks(t *testing.T) {
	closed, byVisit := newJob(1006, -3, pipe(1)), newJob(1004, 12, pipe(0))
	done := closed.EndAt.Add(0)
	closed.CompletedAt = &done
	byVisit.Type, byVisit.Billing = jobbertest.Recurring, jobbertest.VisitBased
	again := *byVisit.StartAt
	again = again.AddDate(0, 0, 7)
	byVisit.Visits[0].Lines = []jobbertest.LineItem{{ID: jobbertest.ID("JobLineItem", 900), Name: "Drain pipe", Quantity: 2, ProductID: jobbertest.ID("ProductOrService", 1)}}
	byVisit.Visits = append(byVisit.Visits, jobbertest.Visit{ID: jobbertest.ID("Visit", 900), StartAt: &again, EndAt: &again,
		Lines: []jobbertest.LineItem{{ID: jobbertest.ID("JobLineItem", 901), Name: "Drain pipe", Quantity: 3.5, ProductID: jobbertest.ID("ProductOrService", 1)}}})
	c := connected(t, env(t), newJob(1001, 0, pipe(4), typedLine("WIRE-12 wire for the basement", 30), labour(3), typedLine("Mystery fitting", 2)),
		newJob(1002, 1, pipe(20)), newJob(1003, 4, pipe(1)), byVisit, newJob(1005, 99, pipe(2)), closed)
	for when, want := range map[string]string{"today": "1001", "tomorrow": "1002", "week": "1001 1002 1003", "later": "1004",
		"none": "1005", "done": "1006", "all": "1001 1002 1003 1004 1005 1006"} {
		got := map[string]bool{}
		for _, e := range c.get("/jobs?when="+when).find("data-job", "data-number") {
			got[e.attr["data-number"]] = true
		}
		for number := range strings.FieldsSeq("1001 1002 1003 1004 1005 1006") {
			if got[number] != strings.Contains(want, number) {
				t.Errorf("when=%s has %v, want %s", when, got, want)
				break
			}
		}
	}
	for q, want := range map[string]string{"1003": "1003", "Miller": "1001", "juniper": "1002", "bathroom": "1004", "rough bath": "1005"} {
		eventually(t, "search for "+q, func() bool {
			return len(c.get("/jobs?when=all&q="+url.QueryEscape(q)).find("data-number="+want)) > 0
		})
	}
	page := c.job("1001")
	for _, words := range []string{"Miller", "14 Juniper St", "Dana Reyes", "937 555 0117"} {
		if !strings.Contains(page.body, words) {
			t.Errorf("the job does not say %s", words)
		}
	}
	for sku, want := range map[string]string{"PIPE-2": "4 0 open", "WIRE-12": "30 0 open"} {
		if got := page.line(sku); got != want {
			t.Errorf("line of %s: %s, want %s", sku, got, want)
		}
	}
	states := map[string]int{}
	for _, e := range page.find("data-line") {
		states[e.attr["data-state"]]++
		if e.attr["data-required"] == "" || e.attr["data-issued"] == "" {
			t.Errorf("a line without figures: %v", e.attr)
		}
	}
	if states["unmatched"] != 1 || states["not-stock"] != 1 || states["open"] != 2 {
		t.Errorf("states: %v", states)
	}
	if got := c.job("1002").line("PIPE-2"); got != "20 0 short" {
		t.Errorf("the short line: %s", got)
	}
	if got := c.job("1004").line("PIPE-2"); got != "5.5 0 short" {
		t.Errorf("the line of the job billed by visit: %s", got)
	}
	if got := c.job("1006").one(t, "data-state", "data-job", "data-number=1006"); got != "closed" {
		t.Errorf("the job that is done is %s", got)
	}
	today := c.get("/dashboard")
	if n, m := today.one(t, "value", "data-figure=short-jobs"), today.one(t, "value", "data-figure=unmatched"); n != "2" || m != "1" {
		t.Errorf("%s short jobs and %s unmatched lines, want 2 and 1", n, m)
	}
	if item := c.itemPage("PIPE-2"); item.total("allocated") != "30.5" || item.total("available") != "-20.5" || len(item.find("data-job")) == 0 {
		t.Errorf("allocated %s, available %s", item.total("allocated"), item.total("available"))
	}
}
