package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

func TestContractReceiveIssueAndReturnThroughAJob(t *testing.T) {
	c := connected(t, env(t), newJob(1001, 0, pipe(4), typedLine("WIRE-12 wire", 30)), newJob(1002, 1, pipe(20)))
	page := c.job("1001")
	job := page.one(t, "data-job", "data-job", "data-number=1001")
	item := c.itemPage("PIPE-2").url.Path
	if a := c.post(item+"/movements", "kind", "issue", "quantity", "3", "job", job, "request_id", "part"); a.status != 200 {
		t.Fatalf("issue to the job: %d %q", a.status, a.says())
	}
	if a := c.get(item); a.total("on-hand") != "7" || a.total("allocated") != "21" || a.total("available") != "-14" {
		t.Errorf("after 3 of 4: %s on hand, %s allocated, %s available", a.total("on-hand"), a.total("allocated"), a.total("available"))
	}
	history := c.get(item).find("data-movement")[0]
	if history.attr["data-kind"] != "issue" || !strings.Contains(history.text, "1001") {
		t.Errorf("the history says %q", history.text)
	}
	page = c.job("1001")
	if got := page.line("PIPE-2"); got != "4 3 open" {
		t.Errorf("the line: %s", got)
	}
	line := page.one(t, "data-line", "data-line", "data-sku=PIPE-2")
	first := c.post("/jobs/"+job+"/lines/"+line+"/issue", "request_id", "rest")
	again := c.post("/jobs/"+job+"/lines/"+line+"/issue", "request_id", "rest")
	if first.status != 200 || first.line("PIPE-2") != "4 4 issued" || again.says() != first.says() || again.line("PIPE-2") != "4 4 issued" {
		t.Errorf("the whole line: %d %q %s, again %q %s", first.status, first.says(), first.line("PIPE-2"), again.says(), again.line("PIPE-2"))
	}
	if a := c.post("/jobs/"+job+"/lines/"+line+"/issue", "request_id", "more"); a.status != 409 {
		t.Errorf("a line that was taken: %d", a.status)
	}
	if a := c.post(item+"/movements", "kind", "issue", "quantity", "2", "job", job, "request_id", "over"); a.status != 422 || len(a.find("name=confirm")) == 0 {
		t.Errorf("more than a fifth over the required: %d without a question", a.status)
	}
	if a := c.post("/jobs/"+job+"/issue", "request_id", "all"); a.status != 200 || a.line("WIRE-12") != "30 30 issued" {
		t.Errorf("everything: %d %s", a.status, a.line("WIRE-12"))
	}
	if a := c.post(item+"/movements", "kind", "return", "quantity", "1.5", "job", job, "request_id", "back"); a.status != 200 {
		t.Errorf("return: %d %q", a.status, a.says())
	}
	if got := c.job("1001").line("PIPE-2"); got != "4 2.5 open" {
		t.Errorf("after the return: %s", got)
	}
	if a := c.post("/jobs/"+job+"/return", "request_id", "all back"); a.status != 200 || a.line("PIPE-2") != "4 0 open" || c.get(item).total("on-hand") != "10" {
		t.Errorf("everything back: %d %s, %s on hand", a.status, a.line("PIPE-2"), c.get(item).total("on-hand"))
	}
	for path, want := range map[string]int{"/jobs/999/issue": 404, "/jobs/" + job + "/lines/999/issue": 404, "/jobs/x/issue": 404} {
		if a := c.post(path, "request_id", "r"+path); a.status != want {
			t.Errorf("%s: %d, want %d", path, a.status, want)
		}
	}
	if a := c.post("/jobs/" + job + "/issue"); a.status != 422 {
		t.Errorf("without a request id: %d", a.status)
	}
	undone := c.get(item).find("data-movement")
	undo := "/movements/" + undone[0].attr["data-movement"] + "/undo"
	if a := c.post(undo, "request_id", "undo"); a.status != 200 || c.job("1001").line("PIPE-2") != "4 2.5 open" || c.get(item).total("on-hand") != "7.5" {
		t.Errorf("undo of the return: %d, %s", a.status, c.job("1001").line("PIPE-2"))
	}
}

func TestContractAMatchAnswersForAllJobs(t *testing.T) {
	c := connected(t, env(t), newJob(1001, 0, typedLine("Mystery fitting", 2), typedLine("Dump fee", 1)), newJob(1002, 1, typedLine("mystery  FITTING", 5)))
	c.item("sku", "FIT-9", "name", "Coupling nine")
	id := c.itemPage("FIT-9").one(t, "data-item", "data-item")
	if n := len(c.get("/match").find("data-line", "data-state=unmatched")); n < 2 {
		t.Errorf("%d lines wait for an answer", n)
	}
	mystery := c.job("1001").one(t, "data-line", "data-line", "data-sku=", "data-required=2")
	if a := c.get("/lines/" + mystery + "/match?q=coupling"); a.status != 200 || len(a.find("data-sku=FIT-9")) == 0 {
		t.Errorf("match to an item: %d, the search does not find it", a.status)
	}
	if a := c.post("/lines/"+mystery+"/match", "item", id); a.status != 200 {
		t.Errorf("the match: %d %q", a.status, a.says())
	}
	if a, b := c.job("1001").line("FIT-9"), c.job("1002").line("FIT-9"); a != "2 0 short" || b != "5 0 short" {
		t.Errorf("after one answer: %s and %s", a, b)
	}
	fee := c.job("1001").one(t, "data-line", "data-line", "data-state=unmatched")
	if a := c.post("/lines/"+fee+"/match", "item", "none"); a.status != 200 || len(c.job("1001").find("data-state=not-stock")) != 1 {
		t.Errorf("not stock: %d", a.status)
	}
	if n := c.get("/dashboard").one(t, "value", "data-figure=unmatched"); n != "0" {
		t.Errorf("%s lines wait", n)
	}
	for wrong, want := range map[string]int{"": 422, "x": 422, "999": 404} {
		if a := c.post("/lines/"+fee+"/match", "item", wrong); a.status != want {
			t.Errorf("match with item=%q: %d", wrong, a.status)
		}
	}
}

// What the office does comes as a signed webhook, and nothing of what the warehouse did is touched.
func TestContractTheOfficeChangesAJob(t *testing.T) {
	c := connected(t, env(t), newJob(1001, 0, pipe(4), typedLine("WIRE-12 wire", 30)))
	job := c.job("1001").one(t, "data-job", "data-job", "data-number=1001")
	c.post("/jobs/"+job+"/issue", "request_id", "all")
	id, when := jobbertest.ID("Job", 1001), time.Now().UTC().AddDate(0, 0, 2)
	for _, step := range []struct {
		name  string
		do    func() error
		after func(answer) bool
	}{
		{"more of a line", func() error { return c.office.SetLineQuantity(id, jobbertest.ID("JobLineItem", 100100), 6) },
			func(a answer) bool { return a.line("PIPE-2") == "6 4 open" }},
		{"a line less", func() error { return c.office.RemoveLine(id, jobbertest.ID("JobLineItem", 100101)) },
			func(a answer) bool {
				return a.line("WIRE-12") == "0 30 removed" || a.line("WIRE-12") == "30 30 removed"
			}},
		{"another day", func() error { return c.office.Reschedule(id, when, when.Add(time.Hour)) },
			func(a answer) bool { return len(c.get("/jobs?when=today").find("data-number=1001")) == 0 }},
		{"closed", func() error { return c.office.CloseJob(id) },
			func(a answer) bool { return len(a.find("data-number=1001", "data-state=closed")) == 1 }},
		{"opened again", func() error { return c.office.ReopenJob(id) },
			func(a answer) bool { return len(a.find("data-number=1001", "data-state=open")) == 1 }},
		{"deleted", func() error { return c.office.DeleteJob(id) },
			func(a answer) bool { return len(a.find("data-number=1001", "data-state=deleted")) == 1 }},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		eventually(t, step.name, func() bool { return step.after(c.get("/jobs/" + job)) })
	}
	if a := c.get("/jobs/" + job); !strings.HasSuffix(a.line("WIRE-12"), " 30 removed") {
		t.Errorf("what was issued on a removed line: %s", a.line("WIRE-12"))
	}
	if a := c.itemPage("PIPE-2"); a.total("on-hand") != "6" || a.total("allocated") != "0" {
		t.Errorf("on hand %s, allocated %s after the job was deleted", a.total("on-hand"), a.total("allocated"))
	}
	if a := c.post("/jobs/"+job+"/return", "request_id", "back"); a.status != 200 || c.itemPage("PIPE-2").total("on-hand") != "10" {
		t.Errorf("bringing back from a deleted job: %d", a.status)
	}
}

func TestContractWebhookAnswers(t *testing.T) {
	c := connected(t, env(t), newJob(1001, 0, pipe(4)))
	event := func(topic, account string) string {
		return string(jobbertest.Event(topic, appID, account, jobbertest.ID("Job", 1001), time.Now()))
	}
	good, large := event("JOB_UPDATE", accountID), strings.Repeat(" ", 64<<10)+event("JOB_UPDATE", accountID)
	for _, tt := range []struct {
		name, body, secret string
		status             int
	}{
		{"good", good, appSecret, 200},
		{"the same again", good, appSecret, 200},
		{"no signature", good, "", 401},
		{"bad signature", good, "another secret of somebody else", 401},
		{"over 64 KiB", large, appSecret, 413},
		{"no event", "{}", appSecret, 400},
		{"no JSON", "hello", appSecret, 400},
		{"a foreign account", event("JOB_UPDATE", jobbertest.ID("Account", 8)), appSecret, 200},
		{"an unknown topic", event("PAYOUT_CREATE", accountID), appSecret, 200},
		{"the old name", event("JOB_COMPLETE", accountID), appSecret, 200},
	} {
		header := []string{"Content-Type: application/json"}
		if tt.secret != "" {
			header = append(header, "X-Jobber-Hmac-SHA256: "+jobbertest.Sign(tt.secret, []byte(tt.body)))
		}
		p := person{t, c.base, c.env, visitor(t)} // no session, no form token
		if a := p.send(http.MethodPost, "/jobs/jobber/webhook", tt.body, header...); a.status != tt.status {
			t.Errorf("%s: %d, want %d", tt.name, a.status, tt.status)
		}
	}
	eventually(t, "the inbox to empty", func() bool {
		return c.get("/dashboard").one(t, "value", "data-figure=pending-webhooks") == "0"
	})
}

func TestContractSyncAndDisconnect(t *testing.T) {
	c := connected(t, env(t), newJob(1001, 0, pipe(4)))
	ana := c.hire("ana", "warehouse_manager")
	if _, err := c.office.AddJob(newJob(1002, 1, pipe(1))); err != nil {
		t.Fatal(err)
	}
	if a := ana.post("/jobs/sync"); a.status != 200 || len(a.find("data-sync")) == 0 {
		t.Errorf("sync now: %d, no data-sync on the page", a.status)
	}
	eventually(t, "the new job", func() bool { return len(ana.get("/jobs?when=tomorrow").find("data-number=1002")) == 1 })
	a := c.post("/jobs/jobber/disconnect")
	if got := a.one(t, "data-jobber", "data-jobber"); a.status != 200 || got != "disconnected" {
		t.Errorf("disconnect: %d, %s", a.status, got)
	}
	if c.job("1001").line("PIPE-2") != "4 0 open" {
		t.Error("the jobs went with the connection")
	}
	c.connect()
	for _, path := range []string{"/jobs/jobber/callback?code=x&state=y", "/jobs/jobber/callback?code=x", "/jobs/jobber/callback"} {
		if a := c.get(path); a.status >= 500 || a.says() == "" {
			t.Errorf("%s: %d %q", path, a.status, a.says())
		}
	}
	if got := c.get("/admin/settings/").one(t, "data-jobber", "data-jobber"); got != "connected" {
		t.Errorf("a foreign callback leaves Jobber %s", got)
	}
}

func TestContractAChangedSecretKeyLeavesJobberInNeedsReconnect(t *testing.T) {
	e := env(t)
	e["SECRET_KEY"] = strings.Repeat("k", 32)
	c := connected(t, e, newJob(1001, 0, pipe(4)))
	copied := filepath.Join(t.TempDir(), "copy.db")
	if code, _, errs := command(t, e, "", "backup", copied); code != 0 {
		t.Fatal(errs)
	}
	moved := env(t)
	for _, name := range []string{"JOBBER_AUTHORIZE_URL", "JOBBER_TOKEN_URL", "JOBBER_GRAPHQL_URL"} {
		moved[name] = e[name]
	}
	moved["SECRET_KEY"] = strings.Repeat("another", 5)
	if code, _, errs := command(t, moved, "", "restore", copied); code != 0 {
		t.Fatalf("restore under another key: %s", errs)
	}
	p := person{t, "http://" + start(t, moved).addr, moved, visitor(t)}.other("lee", ownersPassword)
	if got := p.get("/admin/settings/").one(t, "data-jobber", "data-jobber"); got != "needs-reconnect" {
		t.Errorf("Jobber is %s", got)
	}
	if a := (contractor{p, c.office}).job("1001"); a.line("PIPE-2") != "4 0 open" {
		t.Errorf("the job: %s", a.line("PIPE-2"))
	}
	if a := p.post("/items/1/movements", "kind", "receive", "quantity", "1", "request_id", "r"); a.status != 200 {
		t.Errorf("a receipt: %d", a.status)
	}
}
