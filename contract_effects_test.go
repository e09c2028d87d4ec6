package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

// An effect is something the office does to a job at Jobber, and what is to be seen of it here. Before it each
// job has a line of 4 pipes, 1 of them taken, and 3 held back.
type effect struct {
	name  string
	act   func(o *jobbertest.Server, job string) error
	state string   // of the job
	lines []string // of pipes: required, issued, state
	held  string   // pipes that it holds back
	says  string   // on its page
	tells string   // in its timeline
}

func pipeLine(n int) string { return jobbertest.ID("JobLineItem", n*100) }

var effects = []effect{
	{"quantity changed", func(o *jobbertest.Server, j string) error { return o.SetLineQuantity(j, pipeLine(2001), 7) },
		"open", []string{"7 1 open"}, "6", "", "<ins>7</ins> in Jobber"},
	{"quantity 0", func(o *jobbertest.Server, j string) error { return o.SetLineQuantity(j, pipeLine(2002), 0) },
		"open", []string{"0 1 issued"}, "0", "", "Not needed: the quantity is 0."},
	{"less than nothing", func(o *jobbertest.Server, j string) error { return o.SetLineQuantity(j, pipeLine(2003), -4) },
		"open", nil, "0", "Taken as well", "less than nothing is no demand."},
	{"rounded once", func(o *jobbertest.Server, j string) error { return o.SetLineQuantity(j, pipeLine(2004), 2.00049) },
		"open", []string{"2 1 open"}, "1", "", "<ins>2</ins> in Jobber"},
	{"line of text", func(o *jobbertest.Server, j string) error {
		_, err := o.AddLine(j, typedLine("Odd bracket", 3))
		return err
	}, "open", []string{"4 1 open"}, "3", "One line has no item yet", "nobody said which item it is."},
	{"line removed", func(o *jobbertest.Server, j string) error { return o.RemoveLine(j, pipeLine(2006)) },
		"open", []string{"0 1 removed"}, "0", "", "Jobber does not have this line any more."},
	{"line replaced", func(o *jobbertest.Server, j string) error {
		if err := o.RemoveLine(j, pipeLine(2007)); err != nil {
			return err
		}
		_, err := o.AddLine(j, pipe(9))
		return err
	}, "open", []string{"9 1 open", "0 0 removed"}, "8", "", "new line, 9 in Jobber"},
	{"closed", func(o *jobbertest.Server, j string) error { return o.CloseJob(j) },
		"closed", []string{"4 1 open"}, "0", "This job is closed.", "<b>State here</b> <del>open</del>"},
	{"re-opened", func(o *jobbertest.Server, j string) error { return o.ReopenJob(j) },
		"open", []string{"4 1 open"}, "3", "", "<b>State here</b> <del>closed</del>"},
	{"deleted", func(o *jobbertest.Server, j string) error { return o.DeleteJob(j) },
		"deleted", []string{"4 1 open"}, "0", "Jobber deleted this job.", "Deleted at Jobber"},
	{"rescheduled", func(o *jobbertest.Server, j string) error {
		job, _ := o.Job(j)
		return o.Reschedule(j, job.StartAt.AddDate(0, 0, 30), job.EndAt.AddDate(0, 0, 30))
	}, "open", []string{"4 1 open"}, "3", "", "<b>Starts</b>"},
	{"visits' lines", func(o *jobbertest.Server, j string) error {
		return o.SetLineQuantity(jobbertest.ID("Visit", 2012), jobbertest.ID("JobLineItem", 990), 6)
	}, "open", []string{"7.5 1 open"}, "6.5", "", "<ins>7.5</ins> in Jobber"},
	{"visit deleted", func(o *jobbertest.Server, j string) error { return o.DeleteVisit(jobbertest.ID("Visit", 2913)) },
		"open", []string{"2.5 1 open"}, "1.5", "", "Visit removed"},
}

// effectJobs are the jobs 2001 to 2013, one for each effect.
func effectJobs() []jobbertest.Job {
	var jobs []jobbertest.Job
	for i, e := range effects {
		n := 2001 + i
		j := newJob(n, 2, pipe(4))
		switch e.name {
		case "re-opened":
			done := j.StartAt.AddDate(0, 0, -1)
			j.CompletedAt = &done
		case "visits' lines", "visit deleted": // 2.5 + 1.5 pipes of visits; what the job's own line says counts not at all
			j.Type, j.Billing, j.Lines[0].Quantity = jobbertest.Recurring, jobbertest.VisitBased, 99
			again := j.StartAt.AddDate(0, 0, 7)
			second := jobbertest.Visit{ID: jobbertest.ID("Visit", n+900), StartAt: &again, EndAt: &again, Lines: []jobbertest.LineItem{pipe(1.5)}}
			second.Lines[0].ID = jobbertest.ID("JobLineItem", 991)
			j.Visits[0].Lines = []jobbertest.LineItem{pipe(2.5)}
			j.Visits[0].Lines[0].ID = jobbertest.ID("JobLineItem", 990)
			j.Visits = append(j.Visits, second)
		}
		jobs = append(jobs, j)
	}
	return jobs
}

// Everything the office can do to a job has its effect here, whether a webhook tells of it or the next sweep finds it.
func TestContractEffectsOfTheOffice(t *testing.T) {
	for _, way := range []string{"webhook", "sweep"} {
		t.Run(way, func(t *testing.T) {
			c := connected(t, env(t), effectJobs()...)
			c.post("/items/"+c.get("/items?category=").one(t, "data-item", "data-item", "data-sku=PIPE-2")+"/movements",
				"kind", "receive", "quantity", "490", "request_id", "receive")
			jobs := make([]watched, len(effects))
			for i := range effects {
				number := fmt.Sprint(2001 + i)
				jobs[i] = watched{c, number, c.job(number).one(t, "data-job", "data-job", "data-number="+number)}
				jobs[i].takeOne()
			}
			if way == "sweep" {
				c.office.SetURLs(c.base+"/jobs/jobber/callback", "")
			}
			for i, e := range effects {
				if err := e.act(c.office, jobbertest.ID("Job", 2001+i)); err != nil {
					t.Fatalf("%s: %v", e.name, err)
				}
			}
			if way == "sweep" {
				c.post("/jobs/sync")
			}
			for i, e := range effects {
				t.Run(e.name, func(t *testing.T) {
					jobs[i].t = t
					if e.name == "deleted" && way == "sweep" { // what is gone is in no list of what changed: somebody asks
						jobs[i].post("/jobs/"+jobs[i].id+"/sync", "request_id", "look")
						jobs[i].sees(e, "manual")
						return
					}
					jobs[i].sees(e, way)
				})
			}
		})
	}
}

// A watched job is one that the office does something to.
type watched struct {
	contractor
	number, id string
}

// takeOne issues one pipe to the job.
func (w watched) takeOne() {
	w.t.Helper()
	item := w.itemPage("PIPE-2").one(w.t, "data-item", "data-item", "data-sku=PIPE-2")
	a := w.post("/items/"+item+"/movements", "kind", "issue", "quantity", "1", "job", w.id, "request_id", "take "+w.number, "confirm", "1")
	if a.status >= 400 {
		w.t.Fatalf("taking one for %s: %d %s", w.number, a.status, a.says())
	}
}

// sees waits until the pages show an effect, and what it came from.
func (w watched) sees(e effect, way string) {
	w.t.Helper()
	var page answer
	want, got := fmt.Sprint(e.state, e.lines, e.held), ""
	limit := time.Now().Add(15 * time.Second)
	for got != want && time.Now().Before(limit) {
		page = w.get("/jobs/" + w.id)
		var lines []string
		for _, l := range page.find("data-line", "data-sku=PIPE-2") {
			lines = append(lines, l.attr["data-required"]+" "+l.attr["data-issued"]+" "+l.attr["data-state"])
		}
		got = fmt.Sprint(page.one(w.t, "data-state", "data-job", "data-number="+w.number), lines, w.held())
	}
	if got != want || !strings.Contains(page.body, e.says) {
		w.t.Errorf("the pages show %s, want %s and %q", got, want, e.says)
	}
	eventually(w.t, "a timeline that tells "+e.tells, func() bool {
		a := w.get("/jobs/" + w.id + "/sync")
		return len(a.find("data-sync-entry", "data-source="+way)) > 0 && strings.Contains(a.body, e.tells)
	})
}

var needsText = regexp.MustCompile(`<span>needs ([0-9.]+) ea</span>`)

// held is how many pipes the job holds back, by the item's page.
func (w watched) held() string {
	_, row, ok := strings.Cut(w.itemPage("PIPE-2").body, `<li class="row" data-job="`+w.id+`"`)
	if !ok {
		return "0"
	}
	row, _, _ = strings.Cut(row, "</li>")
	if m := needsText.FindStringSubmatch(row); m != nil {
		return m[1]
	}
	return "said nowhere"
}

// The names of a customer and the address of a property are on many jobs: the open ones bear the new, the closed
// ones keep those they were done under. Jobber does not count the jobs as changed, so that without a webhook each
// has them at its next change.
func TestContractRenamedAndMoved(t *testing.T) {
	done := newJob(3002, -3, pipe(1))
	end := *done.EndAt
	done.CompletedAt = &end
	for _, way := range []string{"webhook", "sweep"} {
		t.Run(way, func(t *testing.T) {
			c := connected(t, env(t), newJob(3001, 1, pipe(1)), done, newJob(3003, 2, pipe(1)))
			if way == "sweep" {
				c.office.SetURLs(c.base+"/jobs/jobber/callback", "")
			}
			if err := c.office.RenameClient(jobbertest.ID("Client", 1), "Ana", "Miller-Jones", ""); err != nil {
				t.Fatal(err)
			}
			if err := c.office.MoveProperty(jobbertest.ID("Property", 1), "9 Oak Ave", "Troy"); err != nil {
				t.Fatal(err)
			}
			other, name := "9 Oak Ave", "Ana Miller-Jones"
			if way == "sweep" {
				other, name = "14 Juniper St", "Ana Miller"
				if err := c.office.SetLineQuantity(jobbertest.ID("Job", 3001), pipeLine(3001), 2); err != nil {
					t.Fatal(err)
				}
				c.post("/jobs/sync")
			}
			for _, want := range []struct{ number, street, name string }{{"3001", "9 Oak Ave", "Ana Miller-Jones"}, {"3003", other, name}} {
				eventually(t, want.number+" at "+want.street, func() bool {
					body := c.job(want.number).body
					return strings.Contains(body, want.street) && strings.Contains(body, want.name)
				})
			}
			if body := c.job("3002").body; !strings.Contains(body, "14 Juniper St") || strings.Contains(body, "Miller-Jones") {
				t.Errorf("the closed job has other names than those it was done under:\n%s", body)
			}
		})
	}
}

// A job that moves behind another leaves it the stock.
func TestContractRescheduledJobsHoldByTheNewDate(t *testing.T) {
	c := connected(t, env(t), newJob(3004, 1, typedLine("WIRE-12", 60)), newJob(3005, 2, typedLine("WIRE-12", 60)))
	if a, b := c.job("3004").line("WIRE-12"), c.job("3005").line("WIRE-12"); a != "60 0 open" || b != "60 0 short" {
		t.Fatalf("of 100: the first has %s, the second %s", a, b)
	}
	job, _ := c.office.Job(jobbertest.ID("Job", 3004))
	if err := c.office.Reschedule(job.ID, job.StartAt.AddDate(0, 0, 9), job.EndAt.AddDate(0, 0, 9)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the other order", func() bool {
		return c.job("3004").line("WIRE-12") == "60 0 short" && c.job("3005").line("WIRE-12") == "60 0 open"
	})
	if len(c.get("/jobs?when=later").find("data-number=3004")) == 0 || len(c.get("/jobs?when=tomorrow").find("data-number=3004")) > 0 {
		t.Error("it does not stand on its new day")
	}
}
