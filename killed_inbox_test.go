package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

// told sends a webhook as Jobber does, and fails unless it is answered with 200.
func (v *victim) told(topic, job string, at time.Time) {
	v.t.Helper()
	body := jobbertest.Event(topic, appID, accountID, job, at)
	a := v.send(http.MethodPost, "/jobs/jobber/webhook", string(body), "Content-Type: application/json",
		"X-Jobber-Hmac-SHA256: "+jobbertest.Sign(appSecret, body))
	if a.status != http.StatusOK {
		v.t.Fatalf("%s of %s: %d", topic, job, a.status)
	}
}

// pending is how many webhooks wait, as the dashboard says.
func (v *victim) pending() string {
	v.t.Helper()
	return v.get("/dashboard").one(v.t, "value", "data-figure=pending-webhooks")
}

// The real binary is killed while its inbox is full, and again while it works it off. Every webhook that it
// answered has its effect, once.
func killedWithWebhooksWaiting(t *testing.T, binary string) {
	changed := func(v *victim, n int) error { return v.office.SetLineQuantity(jobbertest.ID("Job", n), pipeLine(n), 7) }
	acts := []struct {
		topic string
		do    func(v *victim, n int) error
		state string
		pipes string // required issued state
	}{
		{"JOB_UPDATE", changed, "open", "7 0 open"},
		{"JOB_UPDATE", changed, "open", "7 0 open"},
		{"JOB_CLOSED", func(v *victim, n int) error { return v.office.CloseJob(jobbertest.ID("Job", n)) }, "closed", "4 0 open"},
		{"JOB_UPDATE", changed, "open", "7 0 open"},
		{"JOB_DESTROY", func(v *victim, n int) error { return v.office.DeleteJob(jobbertest.ID("Job", n)) }, "deleted", "4 0 open"},
		{"JOB_UPDATE", func(v *victim, n int) error {
			_, err := v.office.AddLine(jobbertest.ID("Job", n), pipe(2))
			return err
		}, "open", "4 0 open"},
		{"JOB_UPDATE", changed, "open", "7 0 open"},
		{"JOB_CLOSED", func(v *victim, n int) error { return v.office.CloseJob(jobbertest.ID("Job", n)) }, "closed", "4 0 open"},
	}
	const first = 6001
	var jobs []jobbertest.Job
	for i := range acts {
		jobs = append(jobs, newJob(first+i, 2, pipe(4)))
	}
	v := newVictim(t, binary, northside(jobs...), jobbertest.Behaviour{})
	importItems(t, v.person, "sku,name,minimum,quantity", `PIPE-2,"Drain pipe, 2 in",5,500`)
	v.connect()
	v.await("connected", "ok")
	var ids []string
	for i := range acts {
		number := fmt.Sprint(first + i)
		ids = append(ids, v.job(number).one(t, "data-job", "data-job", "data-number="+number))
	}
	read := func() int { return v.office.Stats().Operations["JobById"] }
	before := read()
	kept := v.gate.shut(true, func(string) bool { return true }) // Jobber is so slow that no answer comes at all
	at := time.Now().Add(-time.Minute)
	for i, a := range acts {
		if err := a.do(v, first+i); err != nil {
			t.Fatal(err)
		}
		for range 1 + i%2 {
			v.told(a.topic, jobbertest.ID("Job", first+i), at)
		}
	}
	v.caught(kept)
	if n := v.pending(); n != "8" {
		t.Errorf("%s webhooks wait, want 8", n)
	}
	v.kill()

	const worked = 3
	kept = v.gate.shut(true, func(string) bool { return read()-before > worked })
	v.start()
	v.caught(kept)
	if n := v.pending(); n != "5" {
		t.Errorf("%s webhooks wait after %d jobs were read, want 5", n, worked)
	}
	for i, a := range acts[worked:] { // Jobber sends some again
		v.told(a.topic, jobbertest.ID("Job", first+worked+i), at)
	}
	v.kill()

	v.gate.open()
	v.start()
	eventually(t, "the inbox to be worked off", func() bool { return v.pending() == "0" })
	if n, want := read()-before, len(acts)+2; n != want { // two answers were lost with a kill
		t.Errorf("jobs were read %d times, want %d", n, want)
	}
	v.settled(ids, len(acts))
	for i, a := range acts {
		page := v.get("/jobs/" + ids[i])
		if got := page.one(t, "data-state", "data-job="+ids[i]); got != a.state {
			t.Errorf("job %d is %s, want %s", first+i, got, a.state)
		}
		if got := page.line("PIPE-2"); got != a.pipes {
			t.Errorf("pipes of job %d: %s, want %s", first+i, got, a.pipes)
		}
	}
	if item := v.itemPage("PIPE-2"); item.total("allocated") != "34" || item.total("on-hand") != "500" {
		t.Errorf("%s pipes on hand, %s allocated", item.total("on-hand"), item.total("allocated"))
	}
	v.whole()
}

// settled fails unless each webhook is kept once and done, and each job changed once by one.
func (v *victim) settled(jobs []string, webhooks int) {
	v.t.Helper()
	hooks := v.get("/admin/webhooks")
	if all, done := len(hooks.find("data-delivery")), len(hooks.find("data-delivery", "data-status=done")); all != webhooks || done != webhooks {
		v.t.Errorf("%d webhooks are kept and %d done, want %d", all, done, webhooks)
	}
	for _, job := range jobs {
		if n := len(v.get("/jobs/"+job+"/sync").find("data-sync-entry", "data-source=webhook")); n != 1 {
			v.t.Errorf("%d webhooks are in the timeline of job %s", n, job)
		}
	}
}
