package jobbertest_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

// south is another account of the same person.
func south() jobbertest.Data {
	d := sample(1)
	d.Account = jobbertest.Account{ID: jobbertest.ID("Account", 8), Name: "Southside Plumbing"}
	return d
}

func TestTwoAccounts(t *testing.T) {
	s := start(t, sample(1), nil)
	s.AddAccount(south())
	_, page, _ := s.page(t, "/api/oauth/authorize?"+authorization("").Encode())
	for _, want := range []string{"Northside Electric", "Southside Plumbing", `name="account" value="` + south().Account.ID + `"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the consent page lacks %q:\n%s", want, page)
		}
	}
	form := authorization("allow")
	form.Set("account", south().Account.ID)
	_, _, to := s.post(t, "/api/oauth/authorize", form)
	back, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	second := s.tokens(t, exchangeForm(back.Query().Get("code")))
	first := s.tokens(t, exchangeForm(s.code(t, "")))
	const ask = "{ account { name } }"
	for token, want := range map[string]string{first.Access: "Northside Electric", second.Access: "Southside Plumbing"} {
		if got := s.query(t, token, ask, nil); string(got.Data) != fmt.Sprintf(`{"account":{"name":%q}}`, want) {
			t.Errorf("want %s, got %s", want, got.raw)
		}
	}
	var claims struct {
		Account int `json:"account_id"`
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(second.Access, ".")[1])
	if err != nil || json.Unmarshal(raw, &claims) != nil || claims.Account != 8 {
		t.Errorf("claims %s, %v", raw, err)
	}
	// Each has a bucket of its own.
	s.Behave(func(b *jobbertest.Behaviour) { b.Bucket = jobbertest.Bucket{Max: 3, Restore: 1} })
	s.query(t, first.Access, ask, nil)
	if got := s.query(t, first.Access, ask, nil); !strings.Contains(got.raw, "Throttled") {
		t.Errorf("with one point left: %s", got.raw)
	}
	if got := s.query(t, second.Access, ask, nil); len(got.Errors) > 0 {
		t.Errorf("the first account's points are missing in the second: %s", got.raw)
	}
	s.Behave(func(b *jobbertest.Behaviour) { b.Bucket = jobbertest.Bucket{} })
	s.clock.add(time.Minute)
	// Ending one leaves the other alone.
	s.query(t, second.Access, "mutation { appDisconnect { userErrors { message } } }", nil)
	if s.Holds(south().Account.ID) || !s.Holds(sample(1).Account.ID) {
		t.Error("the wrong connection was ended")
	}
	if status, text, _ := s.post(t, "/api/oauth/token", refreshForm(second.Refresh)); status != 401 {
		t.Errorf("refresh of the one that ended: %d %s", status, text)
	}
	s.tokens(t, refreshForm(first.Refresh))
	form.Set("account", "nobody's")
	if status, _, _ := s.post(t, "/api/oauth/authorize", form); status != 400 {
		t.Errorf("an account that there is not: %d", status)
	}
}

// The App Marketplace begins without a state; the callback then has a code alone.
func TestFromTheMarketplace(t *testing.T) {
	s := start(t, sample(1), nil)
	_, page, _ := s.page(t, "/weather")
	if !strings.Contains(page, "Connect from the App Marketplace") {
		t.Errorf("no way from the marketplace:\n%s", page)
	}
	form := authorization("allow")
	form.Del("state")
	_, _, to := s.post(t, "/api/oauth/authorize", form)
	back, err := url.Parse(to)
	if q := back.Query(); err != nil || len(q) != 1 || q.Get("code") == "" {
		t.Errorf("the callback gets %q", to)
	}
	if _, _, to := s.post(t, "/api/oauth/authorize", authorization("deny")); to != callback {
		t.Errorf("denied, the callback gets %q", to)
	}
}

func TestOlderApp(t *testing.T) {
	s := start(t, sample(1), nil)
	s.Behave(func(b *jobbertest.Behaviour) { b.Reuse = true })
	first := s.tokens(t, exchangeForm(s.code(t, "")))
	s.tokens(t, refreshForm(first.Refresh))
	again := s.tokens(t, refreshForm(first.Refresh))
	if !strings.HasPrefix(again.Warning, "Unexpected Refresh Token Redemption:") || again.Refresh == first.Refresh {
		t.Errorf("reuse: %+v", again)
	}
	if got := s.query(t, again.Access, "{ account { name } }", nil); len(got.Errors) != 0 {
		t.Errorf("the tokens of a reuse are no good: %s", got.raw)
	}
	s.Disconnect()
	if status, _, _ := s.post(t, "/api/oauth/token", refreshForm(first.Refresh)); status != 401 {
		t.Errorf("reuse after a disconnect: %d", status)
	}
}

func TestTokenFaults(t *testing.T) {
	for fault, want := range map[jobbertest.TokenFault]string{
		jobbertest.TokenDown:     "503 Service Unavailable",
		jobbertest.TokenBusy:     "429 Too Many Requests",
		jobbertest.TokenStranger: "401 The provided client id and secret do not match an existing application",
		jobbertest.TokenInactive: `401 {"error":{"message":"This account is not active"}}`,
		jobbertest.TokenGone:     `401 {"message":"User has disconnected this app from their account. Please delete this token"}`,
		jobbertest.TokenBlocked:  `403 {"message":"Service temporarily unavailable"}`,
	} {
		s := start(t, sample(1), nil)
		tok := s.tokens(t, exchangeForm(s.code(t, "")))
		s.Behave(func(b *jobbertest.Behaviour) { b.Token = fault })
		if status, text, _ := s.post(t, "/api/oauth/token", refreshForm(tok.Refresh)); fmt.Sprint(status, " ", text) != want {
			t.Errorf("%s: %d %s", fault, status, text)
		}
		s.Behave(func(b *jobbertest.Behaviour) { b.Token = "" })
		s.tokens(t, refreshForm(tok.Refresh)) // nothing had happened
	}
}

func TestTokenAnswersThatNobodyHears(t *testing.T) {
	for fault, rotated := range map[jobbertest.TokenFault]bool{
		jobbertest.TokenCut: false, jobbertest.TokenLost: true, jobbertest.TokenHangs: false, jobbertest.TokenHalf: true,
	} {
		s := start(t, sample(1), nil)
		tok := s.tokens(t, exchangeForm(s.code(t, "")))
		s.Behave(func(b *jobbertest.Behaviour) { b.Token = fault })
		ctx, cancel := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/api/oauth/token", strings.NewReader(refreshForm(tok.Refresh).Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if fault == jobbertest.TokenHangs {
			go func() {
				for s.Stats().TokenCalls < 2 {
					runtime.Gosched()
				}
				cancel()
			}()
		}
		res, err := http.DefaultClient.Do(req)
		if fault == jobbertest.TokenHalf && err == nil {
			if text := body(t, res); json.Valid([]byte(text)) {
				t.Errorf("half an answer is %s", text)
			}
		} else if err == nil {
			t.Errorf("%s: answered %s %s", fault, res.Status, body(t, res))
		}
		cancel()
		s.Behave(func(b *jobbertest.Behaviour) { b.Token = "" })
		status, _, _ := s.post(t, "/api/oauth/token", refreshForm(tok.Refresh))
		if (status == 401) != rotated {
			t.Errorf("%s: the old refresh token answers %d afterwards", fault, status)
		}
	}
}

func TestAccessFaults(t *testing.T) {
	s := start(t, sample(1), nil)
	token := s.connect(t)
	for _, tt := range []struct {
		fault  jobbertest.AccessFault
		status int
		want   string
	}{
		{jobbertest.AccessGone, 0, `401 {"message":"User has disconnected this app from their account. Please delete this token"}`},
		{jobbertest.AccessGone, 200, `200 {"message":"User has disconnected this app from their account. Please delete this token"}`},
		{jobbertest.AccessInactive, 403, `403 {"error":{"message":"This account is not active"}}`},
		{jobbertest.AccessBlocked, 200, `200 {"message":"Service temporarily unavailable"}`},
		{jobbertest.AccessUnknown, 200, `401 {"message":"Token not recognized"}`},
	} {
		s.Behave(func(b *jobbertest.Behaviour) { b.Access, b.AccessStatus = tt.fault, tt.status })
		if status, text := s.send(t, token, version, `{"query":"{ account { id } }"}`); fmt.Sprint(status, " ", text) != tt.want {
			t.Errorf("%s: %d %s", tt.fault, status, text)
		}
	}
	s.Behave(func(b *jobbertest.Behaviour) { *b = jobbertest.Behaviour{} })
	s.query(t, token, "{ account { id } }", nil)
}
