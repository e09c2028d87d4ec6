package jobbertest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

// told sends an act's webhooks and returns how they came in: topics, with the number of their record.
func told(t *testing.T, s standin, got <-chan delivery, act func() error) []string {
	t.Helper()
	if err := act(); err != nil {
		t.Fatal(err)
	}
	s.Tell("LAST", "x", "x") // all are sent by one loop, so this comes after them
	var out []string
	for {
		var e struct {
			Data struct {
				Event struct{ Topic, ItemID string } `json:"webHookEvent"`
			}
		}
		if err := json.Unmarshal([]byte(next(t, got).body), &e); err != nil {
			t.Fatal(err)
		}
		if e.Data.Event.Topic == "LAST" {
			return out
		}
		out = append(out, e.Data.Event.Topic)
	}
}

func TestHowWebhooksAreSent(t *testing.T) {
	job, line := jobbertest.ID("Job", 1), jobbertest.ID("JobLineItem", 10)
	edit := func(s standin) func() error { return func() error { return s.SetLineQuantity(job, line, 5) } }
	shut := func(s standin) func() error { return func() error { return s.CloseJob(job) } }
	for _, tt := range []struct {
		name string
		how  jobbertest.Hooks
		act  func(standin) func() error
		want string
	}{
		{"good day", jobbertest.Hooks{}, shut, "[VISIT_COMPLETE JOB_CLOSED]"},
		{"last first", jobbertest.Hooks{Reversed: true}, shut, "[JOB_CLOSED VISIT_COMPLETE]"},
		{"lines alone", jobbertest.Hooks{QuietLines: true}, edit, "[]"},
		{"more than lines", jobbertest.Hooks{QuietLines: true}, shut, "[VISIT_COMPLETE JOB_CLOSED]"},
		{"a series of visits", jobbertest.Hooks{}, func(s standin) func() error {
			return func() error { return s.AddVisits(job, jobbertest.Visit{}, jobbertest.Visit{}, jobbertest.Visit{}) }
		}, "[VISIT_CREATE]"},
		{"a visit goes", jobbertest.Hooks{}, func(s standin) func() error {
			return func() error { return s.DeleteVisit(jobbertest.ID("Visit", 1)) }
		}, "[VISIT_DESTROY]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url, got := receiver(t, always(200))
			s := start(t, sample(1), func(o *jobbertest.Options) { o.WebhookURL, o.Hooks = url, tt.how })
			s.connect(t)
			if topics := fmt.Sprint(told(t, s, got, tt.act(s))); topics != tt.want {
				t.Errorf("got %s, want %s", topics, tt.want)
			}
		})
	}
}

func TestWebhooksAreSentAgain(t *testing.T) {
	url, got := receiver(t, always(200))
	s := start(t, sample(1), func(o *jobbertest.Options) { o.WebhookURL, o.Hooks = url, jobbertest.Hooks{Copies: 2} })
	s.connect(t)
	if err := s.ReopenJob(jobbertest.ID("Job", 1)); err == nil {
		t.Error("an open job was opened")
	}
	if err := s.SetLineQuantity(jobbertest.ID("Job", 1), jobbertest.ID("JobLineItem", 10), 5); err != nil {
		t.Fatal(err)
	}
	first := next(t, got)
	for range 2 {
		if again := next(t, got); again != first {
			t.Errorf("a copy differs: %+v", again)
		}
	}
}

// A visit that was deleted is null from then on, and its job has it no more.
func TestDeletedVisit(t *testing.T) {
	s := start(t, sample(1), nil)
	token := s.connect(t)
	if err := s.DeleteVisit(jobbertest.ID("Visit", 1)); err != nil {
		t.Fatal(err)
	}
	r := s.query(t, token, `query($v: EncodedId!, $j: EncodedId!) { visit(id: $v) { id } job(id: $j) { visits(first: 5) { totalCount } } }`,
		map[string]any{"v": jobbertest.ID("Visit", 1), "j": jobbertest.ID("Job", 1)})
	if got := compact(string(r.Data)); got != `{"visit":null,"job":{"visits":{"totalCount":0}}}` {
		t.Errorf("%s", r.raw)
	}
	if err := s.DeleteVisit(jobbertest.ID("Visit", 1)); err == nil {
		t.Error("it was deleted twice")
	}
}

// Both spellings and both ways to write a time occur; one address gets every account's.
func TestWhatWebhooksSay(t *testing.T) {
	for _, tt := range []struct {
		how  jobbertest.Hooks
		want string
	}{
		{jobbertest.Hooks{}, `"occurredAt":"2026-03-04T12:00:00Z"`},
		{jobbertest.Hooks{OldSpelling: true}, `"occuredAt":"2026-03-04T12:00:00Z"`},
		{jobbertest.Hooks{Offsets: true}, `"occurredAt":"2026-03-04T06:00:00-06:00"`},
		{jobbertest.Hooks{OldSpelling: true, Offsets: true}, `"occuredAt":"2026-03-04T06:00:00-06:00"`},
	} {
		url, got := receiver(t, always(200))
		s := start(t, sample(1), func(o *jobbertest.Options) { o.WebhookURL, o.Hooks = url, tt.how })
		s.Tell("JOB_UPDATE", "another account", "their job")
		want := `{"data":{"webHookEvent":{"topic":"JOB_UPDATE","appId":"app-1","accountId":"another account","itemId":"their job",` + tt.want + `}}}`
		if d := next(t, got); d.body != want || d.signature != jobbertest.Sign(secret, []byte(want)) {
			t.Errorf("got  %+v\nwant %s", d, want)
		}
	}
}

// Slow and failing answers in a row switch everything off, without a word. One good answer in between
// starts the count anew.
func TestWebhooksAreSwitchedOff(t *testing.T) {
	for _, tt := range []struct {
		name   string
		how    jobbertest.Hooks
		status func(n int) int
		came   int // before it was quiet
	}{
		{"failing", jobbertest.Hooks{DisableAfter: 4}, always(500), 4},
		{"slow", jobbertest.Hooks{DisableAfter: 3, SlowAfter: 1}, always(200), 3},
		{"a good one between", jobbertest.Hooks{DisableAfter: 3}, func(n int) int { return map[bool]int{true: 200, false: 500}[n == 2] }, 6},
		{"never", jobbertest.Hooks{}, always(500), 15},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url, got := receiver(t, tt.status)
			s := start(t, sample(1), func(o *jobbertest.Options) { o.WebhookURL, o.Hooks = url, tt.how })
			for range 5 {
				s.Tell("JOB_UPDATE", "x", "x")
			}
			for range tt.came {
				next(t, got)
			}
			if err := s.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(got) != 0 {
				t.Errorf("%d more came", len(got))
			}
			if off := s.Behaviour().Hooks.Off; off != (tt.how.DisableAfter > 0) {
				t.Errorf("off: %v", off)
			}
		})
	}
}

// What happens while webhooks are off is never sent; what happens after they are on again is.
func TestWebhooksAreSwitchedOnAgain(t *testing.T) {
	url, got := receiver(t, always(200))
	s := start(t, sample(1), func(o *jobbertest.Options) { o.WebhookURL, o.Hooks.Off = url, true })
	s.Tell("JOB_UPDATE", "x", "lost")
	s.Behave(func(b *jobbertest.Behaviour) { b.Hooks.Off = false })
	s.Tell("JOB_UPDATE", "x", "found")
	if d := next(t, got); !strings.Contains(d.body, `"itemId":"found"`) {
		t.Errorf("got %s", d.body)
	}
}

// The tries of one webhook wait twice as long each time.
func TestWhenWebhooksAreTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		rt := &failing{}
		s := jobbertest.New(sample(1), jobbertest.Options{ClientID: clientID, ClientSecret: secret, WebhookURL: "http://app.test/", Transport: rt,
			Behaviour: jobbertest.Behaviour{Hooks: jobbertest.Hooks{Tries: 4, Delay: 5 * time.Second}}})
		s.Tell("JOB_UPDATE", "x", "x")
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		var got []time.Duration
		for _, at := range rt.at {
			got = append(got, at.Sub(begin))
		}
		if fmt.Sprint(got) != "[5s 6s 8s 12s]" {
			t.Errorf("tried after %v", got)
		}
	})
}

// failing notes when it is asked, and fails.
type failing struct{ at []time.Time }

func (f *failing) RoundTrip(*http.Request) (*http.Response, error) {
	f.at = append(f.at, time.Now())
	return nil, errors.New("no route to host")
}
