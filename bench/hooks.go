package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"lwc-inventory/jobber/jobbertest"
)

const (
	appID      = "bench-app"
	appSecret  = "a client secret for the bench"
	burst      = 500             // webhooks
	slowAnswer = 2 * time.Second // of Jobber's API meanwhile
)

// A slowJobber is the stand-in for Jobber, whose API can be told to take its time.
type slowJobber struct {
	*jobbertest.Server
	data  jobbertest.Data
	base  string
	slow  atomic.Bool
	asked atomic.Int64 // queries under way or answered while slow
	http  http.Server
}

func startJobber() (*slowJobber, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	j := &slowJobber{data: jobbertest.Sample(time.Now()), base: "http://" + ln.Addr().String()}
	j.Server = jobbertest.New(j.data, jobbertest.Options{ClientID: appID, ClientSecret: appSecret})
	inner := j.Handler()
	j.http.Handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if j.slow.Load() && strings.HasSuffix(req.URL.Path, "/graphql") {
			j.asked.Add(1)
			select {
			case <-time.After(slowAnswer):
			case <-req.Context().Done():
				return
			}
		}
		inner.ServeHTTP(w, req)
	})
	go j.http.Serve(ln) // returns once stop closes it
	return j, nil
}

func (j *slowJobber) stop() error {
	return errors.Join(j.http.Close(), j.Close(context.Background()))
}

func (j *slowJobber) env() []string {
	return []string{"JOBBER_AUTHORIZE_URL=" + j.base + "/api/oauth/authorize", "JOBBER_TOKEN_URL=" + j.base + "/api/oauth/token",
		"JOBBER_GRAPHQL_URL=" + j.base + "/api/graphql"}
}

// connect enters the app's id and secret and connects the stand-in's account, as an owner does.
func (r *rig) connect() error {
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	form := url.Values{"_csrf": {r.csrf}, "jobber_client_id": {appID}, "jobber_client_secret": {appSecret}}
	if _, err := r.step(stay, http.MethodPost, r.base()+"/admin/settings/jobber", form); err != nil {
		return err
	}
	consent, err := r.step(stay, http.MethodGet, r.base()+"/jobs/jobber/connect", nil)
	if err != nil {
		return err
	}
	answer := consent.Query()
	answer.Set("answer", "allow")
	consent.RawQuery = ""
	back, err := r.step(stay, http.MethodPost, consent.String(), answer)
	if err != nil {
		return err
	}
	_, err = r.step(stay, http.MethodGet, r.base()+back.RequestURI(), nil)
	return err
}

// step asks for what must be answered with a redirect, and returns where it leads.
func (r *rig) step(client *http.Client, method, to string, form url.Values) (*url.URL, error) {
	req, err := http.NewRequest(method, to, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Cookie", r.session)
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	if err := resp.Body.Close(); err != nil {
		return nil, err
	}
	if resp.StatusCode/100 != 3 {
		return nil, fmt.Errorf("%s %s: %s", method, to, resp.Status)
	}
	return resp.Location()
}

// hooks sends bursts of webhooks about the account's jobs while Jobber takes two seconds for each answer.
func (r *rig) hooks(t *table, _ limits) error {
	if err := r.connect(); err != nil {
		return err
	}
	r.far.slow.Store(true)
	run := time.Now().Add(-24 * time.Hour)
	for _, one := range []struct {
		at   int
		open bool
	}{{1, true}, {16, true}, {burst, true}, {burst, false}} {
		run = run.Add(time.Hour) // no two bursts are the same webhooks
		times, took, err := r.burst(one.at, one.open, run)
		if err != nil {
			return err
		}
		what := fmt.Sprintf("webhooks, %d in a burst, while Jobber takes %v an answer", burst, slowAnswer)
		if !one.open {
			what += ", each on a new connection"
		}
		t.cell(cell{what: what, clients: one.at, took: took, times: times}, "", "p99 ≤ 50 ms")
	}
	if r.far.asked.Load() == 0 {
		return errors.New("nothing was asked of Jobber meanwhile")
	}
	r.far.slow.Store(false)
	return nil
}

// burst sends the webhooks, so many at a time, and returns how long each took to be answered, sorted, and all of them. With open
// their connections are there already, as those of a sender that goes on sending are.
func (r *rig) burst(at int, open bool, when time.Time) ([]time.Duration, time.Duration, error) {
	to := newSender(r.addr, "")
	defer to.client.CloseIdleConnections()
	if open {
		if err := to.connect(at); err != nil {
			return nil, 0, err
		}
	}
	var wg sync.WaitGroup
	start := time.Now()
	var next atomic.Int64
	times, errs := make([]time.Duration, burst), make([]error, burst)
	for range at {
		wg.Go(func() {
			for n := int(next.Add(1)) - 1; n < burst; n = int(next.Add(1)) - 1 {
				job := r.far.data.Jobs[n%len(r.far.data.Jobs)].ID
				body := jobbertest.Event("JOB_UPDATE", appID, r.far.data.Account.ID, job, when.Add(time.Duration(n)*time.Second))
				began := time.Now()
				errs[n] = hook(to, body)
				times[n] = time.Since(began)
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	slices.Sort(times)
	return times, took, errors.Join(errs...)
}

// connect opens about so many connections, by asking that many things at once.
func (s *sender) connect(n int) error {
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() { _, errs[i] = s.send(ask{path: "/healthz", want: http.StatusOK}) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func hook(to *sender, body []byte) error {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	req.SetRequestURI("http://" + to.client.Addr + "/jobs/jobber/webhook")
	req.Header.SetMethod(http.MethodPost)
	req.Header.SetContentType("application/json")
	req.Header.Set("X-Jobber-Hmac-SHA256", jobbertest.Sign(appSecret, body))
	req.SetBody(body)
	if err := to.client.Do(req, resp); err != nil {
		return err
	}
	if resp.StatusCode() != http.StatusOK {
		return fmt.Errorf("webhook: %d", resp.StatusCode())
	}
	return nil
}
