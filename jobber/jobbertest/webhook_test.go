package jobbertest_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

// delivery is a webhook as it came in.
type delivery struct{ body, signature, contentType string }

// receiver takes webhooks; status decides each answer by how many came before.
func receiver(t *testing.T, status func(n int) int) (url string, got <-chan delivery) {
	t.Helper()
	ch := make(chan delivery, 100)
	var n atomic.Int32
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(status(int(n.Add(1)) - 1))
		ch <- delivery{string(b), r.Header.Get("X-Jobber-Hmac-SHA256"), r.Header.Get("Content-Type")}
	}))
	t.Cleanup(ts.Close)
	return ts.URL + "/hook", ch
}

func next(t *testing.T, ch <-chan delivery) delivery {
	t.Helper()
	select {
	case d := <-ch:
		return d
	case <-time.After(5 * time.Second):
		t.Fatal("no webhook came")
		return delivery{}
	}
}

func always(status int) func(int) int { return func(int) int { return status } }

func TestWebhook(t *testing.T) {
	url, got := receiver(t, always(200))
	s := start(t, sample(1), func(o *jobbertest.Options) { o.WebhookURL = url })
	s.connect(t)
	if err := s.SetLineQuantity(jobbertest.ID("Job", 1), jobbertest.ID("JobLineItem", 10), 5); err != nil {
		t.Fatal(err)
	}
	d := next(t, got)
	want := `{"data":{"webHookEvent":{"topic":"JOB_UPDATE","appId":"app-1","accountId":"Z2lkOi8vSm9iYmVyL0FjY291bnQvNw==",` +
		`"itemId":"Z2lkOi8vSm9iYmVyL0pvYi8x","occurredAt":"2026-03-04T12:00:00Z"}}}`
	if d.body != want || d.contentType != "application/json" {
		t.Errorf("got  %s (%s)\nwant %s", d.body, d.contentType, want)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(d.body))
	if sum := base64.StdEncoding.EncodeToString(mac.Sum(nil)); d.signature != sum || jobbertest.Sign(secret, []byte(d.body)) != sum {
		t.Errorf("signature %q, want %q", d.signature, sum)
	}
	if j, ok := s.Job(jobbertest.ID("Job", 1)); !ok || j.Lines[0].Quantity != 5 || !j.UpdatedAt.Equal(noon) {
		t.Errorf("job %+v", j)
	}
}

// The value is openssl's: dgst -sha256 -hmac key -binary | base64.
func TestSignFixedValue(t *testing.T) {
	const want = "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg="
	if got := jobbertest.Sign("key", []byte("The quick brown fox jumps over the lazy dog")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWhatEachActTells(t *testing.T) {
	url, got := receiver(t, always(200))
	s := start(t, sample(2), func(o *jobbertest.Options) { o.WebhookURL = url })
	s.connect(t)
	job := jobbertest.ID("Job", 1)
	later := noon.Add(100 * time.Hour)
	for _, tt := range []struct {
		name string
		act  func() error
		want []string
	}{
		{"line of a visit", func() error {
			return s.SetLineQuantity(jobbertest.ID("Visit", 3), jobbertest.ID("JobLineItem", 31), 4)
		}, []string{"VISIT_UPDATE Visit/3", "JOB_UPDATE Job/3"}},
		{"add", func() error {
			_, err := s.AddLine(job, jobbertest.LineItem{ProductID: jobbertest.ID("ProductOrService", 1), Quantity: 3})
			return err
		}, []string{"JOB_UPDATE Job/1"}},
		{"remove", func() error { return s.RemoveLine(job, jobbertest.ID("JobLineItem", 11)) }, []string{"JOB_UPDATE Job/1"}},
		{"reschedule", func() error { return s.Reschedule(job, later, later.Add(time.Hour)) }, []string{"VISIT_UPDATE Visit/1", "JOB_UPDATE Job/1"}},
		{"close", func() error { return s.CloseJob(job) }, []string{"VISIT_COMPLETE Visit/1", "JOB_CLOSED Job/1"}},
		{"reopen", func() error { return s.ReopenJob(job) }, []string{"JOB_UPDATE Job/1"}},
		{"rename", func() error { return s.RenameClient(jobbertest.ID("Client", 1), "A", "B", "") }, []string{"CLIENT_UPDATE Client/1"}},
		{"delete", func() error { return s.DeleteJob(job) }, []string{"VISIT_DESTROY Visit/1", "JOB_DESTROY Job/1"}},
		{"new job", func() error {
			j := oneOff(9)
			j.Number = 0
			added, err := s.AddJob(j)
			if added.Number != 4 {
				t.Errorf("the new job has number %d, want 4", added.Number)
			}
			return err
		}, []string{"JOB_CREATE Job/9", "VISIT_CREATE Visit/9"}},
	} {
		if err := tt.act(); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		for _, want := range tt.want {
			topic, item, _ := strings.Cut(want, " ")
			id := base64.StdEncoding.EncodeToString([]byte("gid://Jobber/" + item))
			if d := next(t, got); !strings.Contains(d.body, `"topic":"`+topic+`"`) || !strings.Contains(d.body, `"itemId":"`+id+`"`) {
				t.Errorf("%s: want %s, got %s", tt.name, want, d.body)
			}
		}
	}
	if _, ok := s.Job(job); ok {
		t.Error("the deleted job is still there")
	}
	if got := len(s.Deliveries()); got != 14 {
		t.Errorf("%d deliveries, want 14", got)
	}
}

func TestWebhookIsTriedAgain(t *testing.T) {
	for _, tt := range []struct {
		name      string
		status    func(int) int
		tries     int
		delivered bool
	}{
		{"down for a moment", func(n int) int {
			if n == 0 {
				return 500
			}
			return 200
		}, 2, true},
		{"down", always(503), 3, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url, got := receiver(t, tt.status)
			s := start(t, sample(1), func(o *jobbertest.Options) { o.WebhookURL = url })
			s.connect(t)
			if err := s.CloseJob(jobbertest.ID("Job", 1)); err != nil {
				t.Fatal(err)
			}
			first := next(t, got)
			for range tt.tries - 1 {
				if again := next(t, got); again != first {
					t.Errorf("the second try differs: %+v", again)
				}
			}
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			if err := s.Close(ctx); err != nil {
				t.Fatal(err)
			}
			all := s.Deliveries()
			d := all[len(all)-1]
			if d.Tries != tt.tries || d.Delivered() != tt.delivered || !d.Done {
				t.Errorf("%+v", d)
			}
		})
	}
}

func TestNoWebhookWithoutAnApp(t *testing.T) {
	s := start(t, sample(1), func(o *jobbertest.Options) { o.WebhookURL = "http://127.0.0.1:1/" })
	if err := s.CloseJob(jobbertest.ID("Job", 1)); err != nil {
		t.Fatal(err)
	}
	s.connect(t)
	s.SetURLs(callback, "")
	if err := s.ReopenJob(jobbertest.ID("Job", 1)); err != nil {
		t.Fatal(err)
	}
	if d := s.Deliveries(); len(d) != 0 {
		t.Errorf("webhooks were sent: %+v", d)
	}
}

// A receiver that hangs must not keep Close from ending with its context.
func TestCloseEndsWithItsContext(t *testing.T) {
	release := make(chan struct{})
	ts := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer ts.Close()
	defer close(release)
	s := start(t, sample(1), func(o *jobbertest.Options) { o.WebhookURL = ts.URL })
	s.connect(t)
	if err := s.CloseJob(jobbertest.ID("Job", 1)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Close(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("close: %v, want canceled", err)
	}
	if !slices.ContainsFunc(s.Deliveries(), func(d jobbertest.Delivery) bool { return !d.Delivered() }) {
		t.Error("the log says that all was delivered")
	}
}
