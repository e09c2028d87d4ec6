package jobbertest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

func TestWeatherPage(t *testing.T) {
	s := start(t, sample(1), nil)
	status, page, head := s.page(t, "/weather")
	if status != 200 {
		t.Fatalf("answered %d: %s", status, page)
	}
	for _, want := range []string{"Northside Electric", `data-knob="RotationOff" data-on="false"`, `name="AccessLifetime" value=""`,
		"10000 of 10000", "Access tokens alive", "None so far."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if csp := head.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "form-action 'self'") {
		t.Errorf("policy %q", csp)
	}
	status, text, to := s.post(t, "/weather/tokens", url.Values{"RotationOff": {"on"}, "AccessLifetime": {"90s"}})
	if status != 303 || to != "/weather#tokens" {
		t.Fatalf("switching answered %d to %q: %s", status, to, text)
	}
	if b := s.Behaviour(); !b.RotationOff || b.AccessLifetime != 90*time.Second {
		t.Errorf("it behaves %+v", b)
	}
	s.Behave(func(b *jobbertest.Behaviour) { b.Bucket.Max = 500 })
	_, page, _ = s.page(t, "/weather")
	if !strings.Contains(page, `data-knob="RotationOff" data-on="true"`) || !strings.Contains(page, `value="1m30s"`) || !strings.Contains(page, "500 of 500") {
		t.Errorf("the page does not show what was switched:\n%s", page)
	}
	if _, office, _ := s.page(t, "/"); !strings.Contains(office, "Weather, 3 switched") {
		t.Errorf("the office does not say that it is no good day:\n%s", office)
	}
	// One front's form leaves the others alone; a box that is not ticked is off.
	s.post(t, "/weather/tokens", url.Values{"AccessLifetime": {"90s"}})
	if b := s.Behaviour(); b.RotationOff || b.Bucket.Max != 500 {
		t.Errorf("it behaves %+v", b)
	}
	s.Behave(func(b *jobbertest.Behaviour) { b.Hooks.Off, b.Hooks.Copies = true, 2 })
	if _, page, _ := s.page(t, "/weather"); !strings.Contains(page, `data-hooks="off"`) {
		t.Errorf("the page does not say that webhooks are off:\n%s", page)
	}
	s.post(t, "/weather/webhooks-on", nil)
	if b := s.Behaviour(); b.Hooks.Off || b.Hooks.Copies != 2 {
		t.Errorf("switching the webhooks on left %+v", b.Hooks)
	}
	s.post(t, "/weather/clear", nil)
	if b := s.Behaviour(); b.AccessLifetime != 0 || b.Bucket.Max != 0 {
		t.Errorf("no good day again: %+v", b)
	}
}

func TestWeatherRefuses(t *testing.T) {
	s := start(t, sample(1), nil)
	for field, typed := range map[string]string{"AccessLifetime": "soon", "Bucket.Max": "-1", "Bucket.Restore": "1.5"} {
		name := "bucket"
		if field == "AccessLifetime" {
			name = "tokens"
		}
		status, page, _ := s.post(t, "/weather/"+name, url.Values{field: {typed}, "RotationOff": {"on"}})
		if status != 422 || !strings.Contains(page, `value="`+typed+`"`) || !strings.Contains(page, "Nothing was switched") {
			t.Errorf("%s %q answered %d:\n%s", field, typed, status, page)
		}
	}
	if status, _, _ := s.post(t, "/weather/storm", nil); status != 404 {
		t.Errorf("an unknown front answered %d", status)
	}
	if b := s.Behaviour(); b.RotationOff || b.Bucket.Restore != 0 {
		t.Errorf("something was switched: %+v", b)
	}
	req, err := http.NewRequest(http.MethodPost, s.url+"/weather/clear", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if body(t, res); res.StatusCode != http.StatusForbidden {
		t.Errorf("a page elsewhere pressed our button: %d", res.StatusCode)
	}
}

func TestDisconnectAtJobber(t *testing.T) {
	s := start(t, sample(1), nil)
	const button = `action="/office/disconnect"`
	if _, page, _ := s.page(t, "/weather"); strings.Contains(page, button) {
		t.Error("there is a button to disconnect nobody")
	}
	s.connect(t)
	if _, page, _ := s.page(t, "/weather"); !strings.Contains(page, button) || !strings.Contains(page, "1h0m0s") {
		t.Errorf("no button to disconnect, or no lifetime of a token:\n%s", page)
	}
	if status, _, to := s.post(t, "/office/disconnect", nil); status != 303 || to != "/weather" {
		t.Errorf("answered %d to %q", status, to)
	}
	if s.Holds(jobbertest.ID("Account", 7)) {
		t.Error("the app still holds tokens")
	}
}
