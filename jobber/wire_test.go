package jobber_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
)

// A wire is the transport of a test: it counts, watches costs, and can break things.
type wire struct {
	next http.RoundTripper

	mu     sync.Mutex
	before func(*http.Request) *http.Response // answers instead of the stand-in, if not nil
	served map[string]int                     // GraphQL operations by name, and "token"
	cost   int                                // the highest requestedQueryCost
}

func (w *wire) answer(f func(*http.Request) *http.Response) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.before = f
}

func (w *wire) counts() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.served)
}

func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	name := "token"
	if req.URL.Path == "/api/graphql" {
		if _, ok := req.Context().Deadline(); !ok {
			return nil, fmt.Errorf("a call without a time-out")
		}
		name = operationOf(req)
	}
	w.mu.Lock()
	w.served[name]++
	before, next := w.before, w.next
	w.mu.Unlock()
	if before != nil {
		if res := before(req); res != nil {
			return res, nil
		}
	}
	res, err := next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	var x struct {
		Extensions struct {
			Cost struct {
				Requested int `json:"requestedQueryCost"`
			} `json:"cost"`
		} `json:"extensions"`
	}
	if json.Unmarshal(body, &x) == nil {
		w.mu.Lock()
		w.cost = max(w.cost, x.Extensions.Cost.Requested)
		w.mu.Unlock()
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

func operationOf(req *http.Request) string {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return err.Error()
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	var q struct {
		Operation string `json:"operationName"`
	}
	if err := json.Unmarshal(body, &q); err != nil {
		return err.Error()
	}
	return q.Operation
}

// reply makes an answer of Jobber's.
func reply(status int, body string, header ...string) *http.Response {
	rec := httptest.NewRecorder()
	for i := 0; i+1 < len(header); i += 2 {
		rec.Header().Set(header[i], header[i+1])
	}
	rec.WriteHeader(status)
	rec.WriteString(body)
	return rec.Result()
}

// only answers one operation in the stand-in's place; the status is 200 if none is given.
func only(operation, body string, status ...int) func(*http.Request) *http.Response {
	return func(req *http.Request) *http.Response {
		if req.URL.Path != "/api/graphql" || operationOf(req) != operation {
			return nil
		}
		return reply(append(status, http.StatusOK)[0], body)
	}
}

// inMemory calls a handler without a socket, so that a synctest bubble's time goes on.
type inMemory struct{ http.Handler }

func (m inMemory) RoundTrip(req *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	if req.Body == nil {
		req.Body = http.NoBody
	}
	m.ServeHTTP(rec, req)
	return rec.Result(), nil
}

func keys(m map[string]int) []string { return slices.Sorted(maps.Keys(m)) }
