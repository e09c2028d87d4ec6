package jobbertest_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

func TestTokenAnswer(t *testing.T) {
	s := start(t, sample(1), nil)
	got := s.tokens(t, exchangeForm(s.code(t, "")))
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(got.Refresh) {
		t.Errorf("refresh token %q is not 32 hex digits", got.Refresh)
	}
	if want := "2026-03-04 13:00:00 UTC"; got.Expires != want {
		t.Errorf("expires_at %q, want %q", got.Expires, want)
	}
	parts := strings.Split(got.Access, ".")
	if len(parts) != 3 {
		t.Fatalf("access token %q is no JWT", got.Access)
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(raw, &claims); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"sub": 2.0, "user_id": 2.0, "account_id": 7.0, "iss": "https://api.getjobber.com",
		"client_id": clientID, "app_id": clientID, "exp": float64(noon.Add(time.Hour).Unix()),
	} {
		if claims[name] != want {
			t.Errorf("claim %s = %v, want %v", name, claims[name], want)
		}
	}
}

func TestTokenErrors(t *testing.T) {
	s := start(t, sample(1), nil)
	sum := sha256.Sum256([]byte("right verifier"))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	with := func(form url.Values, name, value string) url.Values {
		form = maps.Clone(form)
		form.Set(name, value)
		return form
	}
	const badClient = "The provided client id and secret do not match an existing application"
	const badCode = "The provided authorization code was not valid."
	for _, tt := range []struct {
		name   string
		form   url.Values
		status int
		text   string
	}{
		{"wrong secret", with(refreshForm("x"), "client_secret", "other"), 401, badClient},
		{"wrong id", with(refreshForm("x"), "client_id", "other"), 401, badClient},
		{"unknown refresh token", refreshForm("nope"), 401, "The provided refresh token is not valid"},
		{"unknown code", exchangeForm("nope"), 400, badCode},
		{"another redirect", with(exchangeForm(s.code(t, "")), "redirect_uri", "http://else.test/"), 400, badCode},
		{"no verifier", exchangeForm(s.code(t, challenge)), 400, badCode},
		{"wrong verifier", with(exchangeForm(s.code(t, challenge)), "code_verifier", "wrong"), 400, badCode},
		{"right verifier", with(exchangeForm(s.code(t, challenge)), "code_verifier", "right verifier"), 200, ""},
	} {
		status, text, _ := s.post(t, "/api/oauth/token", tt.form)
		if status != tt.status || tt.text != "" && text != tt.text {
			t.Errorf("%s: %d %q, want %d %q", tt.name, status, text, tt.status, tt.text)
		}
	}
}

func TestTokenRequestMustBeAForm(t *testing.T) {
	s := start(t, sample(1), nil)
	b, err := json.Marshal(map[string]string{"client_id": clientID, "client_secret": secret})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(s.url+"/api/oauth/token", "application/json", strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	if text := body(t, res); res.StatusCode != 400 || strings.HasPrefix(text, "{") {
		t.Errorf("JSON answered %d %q", res.StatusCode, text)
	}
	// Credentials in a header do not count either.
	form := refreshForm("x")
	form.Del("client_id")
	form.Del("client_secret")
	req, err := http.NewRequestWithContext(t.Context(), "POST", s.url+"/api/oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(clientID, secret)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if res, err = http.DefaultClient.Do(req); err != nil {
		t.Fatal(err)
	}
	if text := body(t, res); res.StatusCode != 401 || !strings.Contains(text, "client id and secret") {
		t.Errorf("basic auth answered %d %q", res.StatusCode, text)
	}
}

func TestCodeWorksOnce(t *testing.T) {
	s := start(t, sample(1), nil)
	code := s.code(t, "")
	s.tokens(t, exchangeForm(code))
	if status, text, _ := s.post(t, "/api/oauth/token", exchangeForm(code)); status != 400 {
		t.Errorf("second exchange answered %d %q", status, text)
	}
	late := s.code(t, "")
	s.clock.add(11 * time.Minute)
	if status, text, _ := s.post(t, "/api/oauth/token", exchangeForm(late)); status != 400 {
		t.Errorf("late exchange answered %d %q", status, text)
	}
}

func TestRotation(t *testing.T) {
	s := start(t, sample(1), nil)
	first := s.tokens(t, exchangeForm(s.code(t, "")))
	second := s.tokens(t, refreshForm(first.Refresh))
	if second.Refresh == first.Refresh || second.Warning != "" {
		t.Errorf("refresh token stayed or warned: %+v", second)
	}
	if status, text, _ := s.post(t, "/api/oauth/token", refreshForm(first.Refresh)); status != 401 ||
		text != "The provided refresh token is not valid" {
		t.Errorf("reuse answered %d %q", status, text)
	}
	s.tokens(t, refreshForm(second.Refresh)) // reuse did not kill the family
	if st := s.Stats(); st.Exchanges != 1 || st.Refreshes != 2 {
		t.Errorf("counted %d exchanges and %d refreshes", st.Exchanges, st.Refreshes)
	}
}

func TestRotationOff(t *testing.T) {
	s := start(t, sample(1), func(o *jobbertest.Options) { o.RotationOff = true })
	first := s.tokens(t, exchangeForm(s.code(t, "")))
	for range 2 {
		if next := s.tokens(t, refreshForm(first.Refresh)); next.Refresh != first.Refresh ||
			!strings.HasPrefix(next.Warning, "Refresh token rotation is off.") {
			t.Errorf("got %+v", next)
		}
	}
}

func TestDenyHasNoParameters(t *testing.T) {
	s := start(t, sample(1), nil)
	status, _, to := s.post(t, "/api/oauth/authorize", authorization("deny"))
	if status != http.StatusFound || to != callback {
		t.Errorf("deny answered %d to %q", status, to)
	}
}

func TestConsentPage(t *testing.T) {
	s := start(t, sample(1), nil)
	q := authorization("")
	q.Set("state", `"><script>`)
	get := func(q url.Values) (int, string) {
		res, err := http.Get(s.url + "/api/oauth/authorize?" + q.Encode())
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, body(t, res)
	}
	status, page := get(q)
	if status != 200 || !strings.Contains(page, "Northside Electric") || !strings.Contains(page, "Allow Access") {
		t.Errorf("consent page %d:\n%s", status, page)
	}
	if strings.Contains(page, "<script") {
		t.Error("the state is not escaped")
	}
	for name, value := range map[string]string{
		"response_type": "token", "client_id": "other", "redirect_uri": "http://app.test/else", "code_challenge": "plain",
	} {
		q := authorization("")
		q.Set(name, value)
		if status, page := get(q); status != 400 {
			t.Errorf("%s=%s answered %d %s", name, value, status, page)
		}
	}
}

func TestForeignPageCannotAllow(t *testing.T) {
	s := start(t, sample(1), nil)
	for _, path := range []string{"/api/oauth/authorize", "/office/close"} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", s.url+path, strings.NewReader(authorization("allow").Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		if body(t, res); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s from a foreign page answered %d", path, res.StatusCode)
		}
	}
}

func TestAccessTokens(t *testing.T) {
	s := start(t, sample(1), nil)
	good := s.connect(t)
	head, sig := good[:strings.LastIndex(good, ".")], good[strings.LastIndex(good, ".")+1:]
	mac := hmac.New(sha256.New, []byte(secret)) // the client secret is not the key
	mac.Write([]byte(head))
	forged := head + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	ask := `{"query":"{ account { id } }"}`
	for name, token := range map[string]string{"garbled": "abc", "forged": forged, "cut": good[:len(good)-len(sig)]} {
		if status, text := s.send(t, token, version, ask); status != 401 || text != `{"message":"Token not recognized"}` {
			t.Errorf("%s token: %d %s", name, status, text)
		}
	}
	if got := s.query(t, good, "{ account { name } }", nil); string(got.Data) != `{"account":{"name":"Northside Electric"}}` {
		t.Errorf("good token: %s", got.raw)
	}
	s.clock.add(time.Hour)
	if status, text := s.send(t, good, version, ask); status != 401 {
		t.Errorf("expired token: %d %s", status, text)
	}
}

func TestDisconnect(t *testing.T) {
	const gone = `{"message":"User has disconnected this app from their account. Please delete this token"}`
	for name, disconnect := range map[string]func(s standin, token string){
		"from the app": func(s standin, token string) {
			got := s.query(t, token, "mutation Bye { appDisconnect { app { name author } userErrors { message } } }", nil)
			want := `{"appDisconnect":{"app":{"name":"LWC Inventory","author":"LWC Inventory"},"userErrors":[]}}`
			if string(got.Data) != want {
				t.Errorf("appDisconnect: %s", got.raw)
			}
		},
		"from Jobber": func(s standin, _ string) { s.Disconnect() },
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, sample(1), nil)
			tok := s.tokens(t, exchangeForm(s.code(t, "")))
			disconnect(s, tok.Access)
			if _, text := s.send(t, tok.Access, version, `{"query":"{ account { id } }"}`); text != gone {
				t.Errorf("query after it: %s", text)
			}
			if status, text, _ := s.post(t, "/api/oauth/token", refreshForm(tok.Refresh)); status != 401 {
				t.Errorf("refresh after it: %d %s", status, text)
			}
		})
	}
}
