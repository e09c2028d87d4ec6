package jobber_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"

	"lwc-inventory/jobber"
)

// A wire is the transport of a test: it counts, watches costs, and can break things.
type wire struct {
	next http.RoundTripper

	mu     sync.Mutex
	before func(*http.Request) *http.Response // answers instead of the stand-in, if not nil
	after  func(*http.Request)                // runs before an answer of the stand-in's is handed on, if not nil
	served map[string]int                     // GraphQL operations by name, and "token"
	cost   int                                // the highest requestedQueryCost
	priced map[string]int                     // how often the stand-in's price for an operation was ours
}

func (w *wire) answer(f func(*http.Request) *http.Response) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.before = f
}

func (w *wire) late(f func(*http.Request)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.after = f
}

// answered is how often the stand-in answered an operation, at our price.
func (w *wire) answered(op string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.priced[op]
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
	name, price := "token", 0
	if req.URL.Path == "/api/graphql" {
		if _, ok := req.Context().Deadline(); !ok {
			return nil, fmt.Errorf("a call without a time-out")
		}
		name = operationOf(req)
		price = priceOf(req)
	}
	w.mu.Lock()
	w.served[name]++
	before, after, next := w.before, w.after, w.next
	w.mu.Unlock()
	if before != nil {
		if res := before(req); res != nil {
			return res, nil
		}
	}
	again := req.Clone(req.Context())
	if after != nil && name != "token" {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		req.Body, again.Body = io.NopCloser(bytes.NewReader(body)), io.NopCloser(bytes.NewReader(body))
	}
	res, err := next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if after != nil && name != "token" {
		after(again)
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
		cost := x.Extensions.Cost.Requested
		if cost != 0 && cost != price {
			return nil, fmt.Errorf("%s costs %d points, and we say %d", name, cost, price)
		}
		w.mu.Lock()
		w.cost = max(w.cost, cost)
		w.priced[name]++
		w.mu.Unlock()
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

func operationOf(req *http.Request) string {
	q, err := questionOf(req)
	if err != nil {
		return err.Error()
	}
	return q.Operation
}

// priceOf is what the client says that a request costs.
func priceOf(req *http.Request) int {
	q, err := questionOf(req)
	if err != nil {
		return -1
	}
	return jobber.Price(q.Query, q.Variables)
}

type question struct {
	Query     string         `json:"query"`
	Operation string         `json:"operationName"`
	Variables map[string]any `json:"variables"`
}

func questionOf(req *http.Request) (q question, err error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return q, err
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	err = json.Unmarshal(body, &q)
	for k, v := range q.Variables {
		if f, ok := v.(float64); ok {
			q.Variables[k] = int(f)
		}
	}
	return q, err
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
	if err := m.serve(rec, req); err != nil {
		return nil, err
	}
	return rec.Result(), nil
}

// serve fails where a socket would have been closed.
func (m inMemory) serve(w http.ResponseWriter, req *http.Request) (err error) {
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			err = cmp.Or(req.Context().Err(), io.ErrUnexpectedEOF)
		} else if p != nil {
			panic(p)
		}
	}()
	m.ServeHTTP(w, req)
	return nil
}

func keys(m map[string]int) []string { return slices.Sorted(maps.Keys(m)) }
