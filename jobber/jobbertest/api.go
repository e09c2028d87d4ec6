package jobbertest

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// An APIFault is what is wrong with the GraphQL endpoint. "" is nothing.
type APIFault string

const (
	APIThrottled APIFault = "has no points"     // whatever the bucket holds; status 200
	APIBusy      APIFault = "answers 429"       // as after too many requests
	APIDown      APIFault = "answers 500"       //
	APICut       APIFault = "cuts the line"     // before anything has happened
	APIHalf      APIFault = "answers half"      // and cuts the line; the query ran
	APIPage      APIFault = "answers with HTML" // status 200
	APIHangs     APIFault = "never answers"     // until the app has had enough
)

// API is what the GraphQL endpoint does.
type API struct {
	Fault   APIFault
	Every   int           // the fault hits each so many-th request; each one when 0
	Latency time.Duration // before each answer
	Gone    []string      // fields that are no more, as "Job.instructions"
	Most    int           // requests in five minutes; 2,500 when 0

	Version Versions
}

// What Jobber takes of requests, however cheap: so many in one stretch of time from one app and account.
const (
	requestLimit  = 2500
	requestWindow = 300 * time.Second
)

// traffic counts requests by account. It is safe for concurrent use.
type traffic struct {
	mu    sync.Mutex
	since map[string]time.Time // when the stretch began
	count map[string]int
	all   int // for API.Every
}

func newTraffic() *traffic {
	return &traffic{since: map[string]time.Time{}, count: map[string]int{}}
}

// over counts a request and reports whether it is one more than most.
func (t *traffic) over(account string, most int, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Sub(t.since[account]) >= requestWindow {
		t.since[account], t.count[account] = now, 0
	}
	t.count[account]++
	return t.count[account] > cmp.Or(most, requestLimit)
}

// hit reports whether a fault hits this request.
func (t *traffic) hit(how API) bool {
	if how.Fault == "" {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all++
	return how.Every <= 1 || t.all%how.Every == 0
}

// apiFault answers in the GraphQL endpoint's place if a fault hits that comes before everything else.
func (s *Server) apiFault(w http.ResponseWriter, r *http.Request, f APIFault) bool {
	switch f {
	case APIBusy:
		plain(w, http.StatusTooManyRequests, "Too Many Requests")
	case APIDown:
		plain(w, http.StatusInternalServerError, "Internal Server Error")
	case APICut:
		panic(http.ErrAbortHandler)
	case APIPage:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusOK)
		w.Write([]byte("<!doctype html><title>Jobber</title><p>We are down for maintenance.</p>"))
	case APIHangs:
		io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, queryLimit)) // only then is it seen that the app is gone
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	default:
		return false
	}
	return true
}

// writeAnswer answers a query; one that is hit by APIHalf to the half.
func writeAnswer(w http.ResponseWriter, ans answer, half bool) {
	if !half {
		writeJSON(w, http.StatusOK, ans)
		return
	}
	b, err := json.Marshal(ans)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(http.StatusOK)
	w.Write(b[:len(b)/2])
	panic(http.ErrAbortHandler)
}

// late waits as long as an answer takes, or until nobody waits for it.
func late(r *http.Request, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
}
