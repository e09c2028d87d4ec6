package jobbertest_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

const small = `{"query":"{ jobs(first: 1) { nodes { title instructions } } }"}`

func TestAPIFaults(t *testing.T) {
	for fault, want := range map[jobbertest.APIFault]string{
		jobbertest.APIThrottled: `200 {"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED",`,
		jobbertest.APIBusy:      "429 Too Many Requests",
		jobbertest.APIDown:      "500 Internal Server Error",
		jobbertest.APIPage:      "200 <!doctype html>",
	} {
		s := start(t, sample(1), nil)
		token := s.connect(t)
		s.Behave(func(b *jobbertest.Behaviour) { b.API = jobbertest.API{Fault: fault, Every: 2} })
		if status, text := s.send(t, token, version, small); status != 200 || !strings.Contains(text, "Panel 1") {
			t.Errorf("%s hit the first of two: %d %s", fault, status, text)
		}
		status, text := s.send(t, token, version, small)
		if got := fmt.Sprint(status, " ", text); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", fault, got, want)
		}
		if st := s.Stats(); st.Points != 2 {
			t.Errorf("%s: %d points spent, want those of the first", fault, st.Points)
		}
	}
}

// An answer that never arrives whole: cut before the query ran, after it, or kept for ever.
func TestAPIAnswersThatDoNotArrive(t *testing.T) {
	for fault, points := range map[jobbertest.APIFault]int{jobbertest.APICut: 0, jobbertest.APIHalf: 2, jobbertest.APIHangs: 0} {
		s := start(t, sample(1), nil)
		token := s.connect(t)
		s.Behave(func(b *jobbertest.Behaviour) { b.API.Fault = fault })
		ctx, cancel := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/api/graphql", bytes.NewBufferString(small))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		if fault == jobbertest.APIHangs {
			go func() {
				for s.Stats().Requests == 0 {
					runtime.Gosched()
				}
				cancel()
			}()
		}
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			var text []byte
			text, err = io.ReadAll(res.Body)
			if fault != jobbertest.APIHalf || !bytes.HasPrefix(text, []byte(`{"data":`)) {
				t.Errorf("%s: answered %s", fault, text)
			}
			res.Body.Close()
		}
		if err == nil {
			t.Errorf("%s: all is well", fault)
		}
		cancel()
		if st := s.Stats(); st.Points != points {
			t.Errorf("%s: %d points spent, want %d", fault, st.Points, points)
		}
	}
}

func TestAPILatency(t *testing.T) {
	s := start(t, sample(1), nil)
	token := s.connect(t)
	s.Behave(func(b *jobbertest.Behaviour) { b.API.Latency = 30 * time.Millisecond })
	began := time.Now()
	s.send(t, token, version, small)
	if took := time.Since(began); took < 30*time.Millisecond {
		t.Errorf("answered after %v", took)
	}
}

// TestTooManyRequests asks once more than 2,500 times in five minutes.
func TestTooManyRequests(t *testing.T) {
	s := start(t, sample(1), nil)
	token := s.connect(t)
	for n := range 2500 {
		if status, text := s.send(t, token, version, `{"query":"{ account { id } }"}`); status != 200 {
			t.Fatalf("request %d: %d %s", n, status, text)
		}
	}
	if status, text := s.send(t, token, version, small); status != 429 || text != "Too Many Requests" {
		t.Errorf("request 2501: %d %s", status, text)
	}
	s.clock.add(5 * time.Minute)
	if status, text := s.send(t, token, version, small); status != 200 {
		t.Errorf("five minutes later: %d %s", status, text)
	}
}

func TestFieldsThatAreGone(t *testing.T) {
	s := start(t, sample(1), nil)
	token := s.connect(t)
	s.Behave(func(b *jobbertest.Behaviour) { b.API.Gone = []string{"Job.instructions", "Job.visits"} })
	got := s.query(t, token, `{ jobs { nodes { title instructions visits { nodes { id } } } } }`, nil)
	if len(got.Errors) != 2 || got.Errors[0].Message != "Field 'instructions' doesn't exist on type 'Job'" ||
		got.Errors[1].Message != "Field 'visits' doesn't exist on type 'Job'" || len(got.Data) > 0 {
		t.Errorf("got %s", got.raw)
	}
	if got := s.query(t, token, `{ jobs { nodes { title } } }`, nil); len(got.Errors) > 0 {
		t.Errorf("without them: %s", got.raw)
	}
}

func TestVersionsServed(t *testing.T) {
	const past = "API Version 2025-04-16 is no longer supported, and will be removed at any time without warning. " +
		"Upgrade to the latest API version 2025-04-16 to ensure your app continues to function. For more information: "
	for _, tt := range []struct {
		name, asked string
		how         jobbertest.Versions
		status      int
		want        string
	}{
		{"another without a word", version, jobbertest.Versions{Served: "2022-09-01"}, 200, `"versioning":{"version":"2022-09-01"}`},
		{"near its end", version, jobbertest.Versions{Support: jobbertest.SupportEnding}, 200,
			`"warning":"Support for API version 2025-04-16 is scheduled to stop on May 4, 2026. Upgrade to the latest version 2025-04-16 before that date. For`},
		{"past its end", version, jobbertest.Versions{Support: jobbertest.SupportEnded}, 200, `"warning":"` + past},
		{"unknown, replaced", "2024-01-11", jobbertest.Versions{}, 200, `"versioning":{"version":"2024-04-17"}`},
		{"unknown, refused", "2024-01-11", jobbertest.Versions{Strict: true}, 404, `{"message":"GraphQL API version '2024-01-11' does not exist"}`},
		{"none, newest", "", jobbertest.Versions{}, 200, `"versioning":{"version":"2026-07-27"}`},
		{"none, 404", "", jobbertest.Versions{Headerless: jobbertest.HeaderlessMissing}, 404, `does not exist`},
		{"none, 400", "", jobbertest.Versions{Headerless: jobbertest.HeaderlessRefused}, 400, `X-JOBBER-GRAPHQL-VERSION`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, sample(1), nil)
			token := s.connect(t)
			s.Behave(func(b *jobbertest.Behaviour) { b.API.Version = tt.how })
			if status, text := s.send(t, token, tt.asked, small); status != tt.status || !strings.Contains(text, tt.want) {
				t.Errorf("%d %s, want %d %s", status, text, tt.status, tt.want)
			}
		})
	}
}
