package jobbertest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
)

// formLimit is more than any form here needs.
const formLimit = 64 << 10

// What the token endpoint says when it refuses; all of it as plain text.
const (
	textBadClient  = "The provided client id and secret do not match an existing application"
	textBadCode    = "The provided authorization code was not valid."
	textBadRefresh = "The provided refresh token is not valid"
	// Not documented: what else can be wrong with a request.
	textBadForm  = "The request must be a form (application/x-www-form-urlencoded)"
	textBadGrant = "The provided grant type is not supported"

	warnRotation = "Refresh token rotation is off. This setting is required for apps to be published in the " +
		"Jobber App Marketplace. You can turn it on in the Developer Center. https://developer.getjobber.com/apps"
	warnReuse = "Unexpected Refresh Token Redemption: this refresh token was used before"
)

// consentPage is what the consent page shows, and hands on when it is answered.
type consentPage struct {
	App      string
	Accounts []consentAccount // that the person administers; the first is ticked
	Scopes   []string
	Asked    authorization
}

type consentAccount struct{ ID, Name, User string }

// authorization is what an app asks for at the authorize endpoint.
type authorization struct {
	ClientID, Redirect, State, Challenge string
}

// asked reads an authorization, or says why Jobber would not show the consent page.
func (s *Server) asked(q url.Values) (authorization, error) {
	a := authorization{q.Get("client_id"), q.Get("redirect_uri"), q.Get("state"), q.Get("code_challenge")}
	to, err := url.Parse(a.Redirect)
	want := s.center().callback
	switch {
	case q.Get("response_type") != "code":
		return a, errors.New("response_type must be code")
	case a.ClientID != s.opts.ClientID:
		return a, errors.New("there is no app with this client_id")
	case err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https":
		return a, errors.New("redirect_uri must be a web address")
	case want != "" && a.Redirect != want:
		return a, errors.New("redirect_uri is not the app's callback URL")
	case a.Challenge != "" && q.Get("code_challenge_method") != "S256":
		return a, errors.New("code_challenge_method must be S256")
	}
	return a, nil
}

// showConsent is GET /api/oauth/authorize: the "Allow Access" page. Jobber asks to sign in before;
// here an admin is signed in already.
func (s *Server) showConsent(w http.ResponseWriter, r *http.Request) {
	a, err := s.asked(r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p := consentPage{App: s.opts.AppName, Scopes: scopes, Asked: a}
	s.mu.RLock()
	for _, st := range s.accounts() {
		to := consentAccount{ID: st.account.ID, Name: st.account.Name}
		if u := st.admin(); u != nil {
			to.User = u.full()
		}
		p.Accounts = append(p.Accounts, to)
	}
	s.mu.RUnlock()
	show(w, "consent.html", p)
}

// consent is the consent page's answer. Denied, the callback learns nothing at all.
func (s *Server) consent(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, formLimit)
	if err := r.ParseForm(); err != nil {
		http.Error(w, textBadForm, http.StatusBadRequest)
		return
	}
	a, err := s.asked(r.PostForm)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if r.PostForm.Get("answer") != "allow" {
		http.Redirect(w, r, a.Redirect, http.StatusFound)
		return
	}
	s.mu.RLock()
	st := s.account(cmp.Or(r.PostForm.Get("account"), s.st.account.ID))
	s.mu.RUnlock()
	if st == nil {
		http.Error(w, "there is no such account", http.StatusBadRequest)
		return
	}
	to, err := url.Parse(a.Redirect)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	q := to.Query()
	q.Set("code", s.grants.authorize(st.account.ID, a.Redirect, a.Challenge))
	if a.State != "" {
		q.Set("state", a.State)
	}
	to.RawQuery = q.Encode()
	http.Redirect(w, r, to.String(), http.StatusFound)
}

// token is POST /api/oauth/token.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	typ, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || typ != "application/x-www-form-urlencoded" {
		plain(w, http.StatusBadRequest, textBadForm)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, formLimit)
	if err := r.ParseForm(); err != nil {
		plain(w, http.StatusBadRequest, textBadForm)
		return
	}
	s.count(func(st *Stats) { st.TokenCalls++ })
	fault := s.manner.is().Token
	if s.tokenFault(w, r, fault) {
		return
	}
	f := r.PostForm // credentials count in the body only
	if f.Get("client_id") != s.opts.ClientID || f.Get("client_secret") != s.opts.ClientSecret {
		plain(w, http.StatusUnauthorized, textBadClient)
		return
	}
	switch f.Get("grant_type") {
	case "authorization_code":
		account, ok := s.grants.exchange(f.Get("code"), f.Get("redirect_uri"), f.Get("code_verifier"))
		if !ok {
			plain(w, http.StatusBadRequest, textBadCode)
			return
		}
		s.count(func(st *Stats) { st.Exchanges++ })
		s.issue(w, redemption{account: account, next: s.grants.newRefresh(account)}, fault)
	case "refresh_token":
		got, ok := s.grants.redeem(f.Get("refresh_token"))
		if !ok {
			plain(w, http.StatusUnauthorized, textBadRefresh)
			return
		}
		s.count(func(st *Stats) { st.Refreshes++ })
		s.issue(w, got, fault)
	default:
		plain(w, http.StatusBadRequest, textBadGrant)
	}
}

// issue answers with tokens. There is no expires_in, as at Jobber.
func (s *Server) issue(w http.ResponseWriter, got redemption, fault TokenFault) {
	s.mu.RLock()
	id := who{account: number(got.account)}
	if st := s.account(got.account); st != nil {
		if u := st.admin(); u != nil {
			id.user = number(u.ID)
		}
	}
	s.mu.RUnlock()
	access, until := s.grants.access(got.account, id)
	if fault == TokenLost {
		panic(http.ErrAbortHandler) // all is done, and nobody hears of it
	}
	answer := struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
		Expires string `json:"expires_at"`
		Warning string `json:"warning,omitempty"`
	}{Access: access, Refresh: got.next, Expires: until.UTC().Format("2006-01-02 15:04:05 UTC")}
	if s.manner.is().RotationOff {
		answer.Warning = warnRotation
	}
	if got.reused {
		answer.Warning = warnReuse
	}
	if fault == TokenHalf {
		fmt.Fprint(w, `{"access_token":"`+access[:20])
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprint(w, text)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(b) // whoever asked may be gone; nobody is left to tell
}
