package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
)

// TestSecretsStayIn runs the real binary as chatty as it gets, connected to Jobber, with everything that is secret;
// reads every page that leads anywhere; ends it by a crash that prints all it knows; and looks for the secrets in all
// of that, in the database and in a backup.
func TestSecretsStayIn(t *testing.T) {
	const key = "the secret key of this test, 32 and more"
	s := jobbertest.New(northside(newJob(1001, 0, pipe(4))), jobbertest.Options{ClientID: appID, ClientSecret: "hush client secret"})
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	e := env(t)
	e["SECRET_KEY"], e["LOG_LEVEL"] = key, "debug"
	e["JOBBER_AUTHORIZE_URL"], e["JOBBER_TOKEN_URL"] = web.URL+"/api/oauth/authorize", web.URL+"/api/oauth/token"
	e["JOBBER_GRAPHQL_URL"] = web.URL + "/api/graphql"
	e["MAIL_SERVER"], e["MAIL_PORT"], e["MAIL_DEFAULT_SENDER"] = "127.0.0.1", "9", "stock@example.com"
	e["MAIL_USERNAME"], e["MAIL_PASSWORD"] = "stock", "hush mail password"
	log, crash, addr := crashable(t, e)

	lee := person{t, "http://" + addr, e, visitor(t)}
	lee.setUp()
	c := contractor{lee, s}
	s.SetURLs(c.base+"/jobs/jobber/callback", c.base+"/jobs/jobber/webhook")
	var pages strings.Builder
	see := func(a answer) answer { pages.WriteString(a.body); return a }
	see(c.post("/admin/settings/jobber", "jobber_client_id", appID, "jobber_client_secret", "hush client secret"))
	c.connect()
	see(c.post("/login", "username", "lee", "password", "hush wrong password"))
	see(c.post("/profile", "current_password", "hush wrong password", "password", "hush new password"))
	see(c.post("/profile/pin", "current_password", ownersPassword, "pin", "2580"))
	see(c.post("/admin/users", "username", "ana", "role", "gm", "password", "hush password of ana", "email", "ana@example.com"))
	see(c.post("/admin/settings/mail/test"))
	see(c.post("/forgot", "name", "ana"))
	c.post("/profile/second/begin")
	seed := regexp.MustCompile(`data-seed>([A-Z2-7 ]+)<`).FindStringSubmatch(c.get("/profile/second").body) // it is there, for its owner, once
	if seed == nil {
		t.Fatal("no seed on the page of the second step")
	}
	crawled := crawl(c.person, see)
	if crawled < 30 {
		t.Errorf("only %d pages were read", crawled)
	}
	backup := filepath.Join(t.TempDir(), "copy.db")
	if code, out, errs := command(t, e, "", "backup", backup); code != 0 {
		t.Fatal(errs)
	} else {
		pages.WriteString(out)
	}
	cookies := cookiesOf(t, lee)
	crash()

	db, err := store.Open(filepath.Join(e["DATA_DIR"], "lwc.db"), store.Options{Secret: []byte(key)})
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := db.JobberTokens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mails, _, err := db.QueuedMails(t.Context(), store.ChannelMail, time.Now().Add(time.Hour), 9)
	if err != nil || len(mails) == 0 {
		t.Fatalf("no mail with a link waits: %v, %v", mails, err)
	}
	link, err := db.ResetToken(t.Context(), mails[len(mails)-1])
	if err != nil || link == "" {
		t.Fatalf("link %q, %v", link, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	places := map[string]string{"a page": pages.String(), "the log or the crash": log.String()}
	for name, file := range map[string]string{"the database": filepath.Join(e["DATA_DIR"], "lwc.db"), "the backup": backup, "the sessions": filepath.Join(e["DATA_DIR"], "sessions.db")} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		places[name] = string(raw)
	}
	if !strings.Contains(places["the log or the crash"], "SIGQUIT") || !strings.Contains(places["the log or the crash"], `"request"`) {
		t.Error("the log is not chatty, or nothing crashed")
	}
	secrets := map[string]string{"SECRET_KEY": key, "the client secret": "hush client secret", "the access token": tokens.Access, "the refresh token": tokens.Refresh,
		"the mail password": "hush mail password", "a wrong password": "hush wrong password", "a new password": "hush new password", "ana's password": "hush password of ana",
		"the owner's password": ownersPassword, "the seed": strings.ReplaceAll(seed[1], " ", ""), "the seed as shown": seed[1], "a mailed link": link}
	for _, cookie := range cookies {
		secrets["the cookie "+cookie[0]] = cookie[1]
	}
	for what, secret := range secrets {
		if len(secret) < 16 {
			t.Errorf("%s is %q: too short to look for", what, secret)
		}
		for where, text := range places {
			if strings.Contains(text, secret) {
				t.Errorf("%s stands in %s", what, where)
			}
		}
	}
}

// crawl reads every page that links lead to, once each, and returns how many.
func crawl(p person, see func(answer) answer) int {
	todo, done := []string{"/dashboard"}, map[string]bool{"/logout": true}
	for n := 0; len(todo) > 0 && n < 150; n++ {
		path := todo[0]
		todo = todo[1:]
		for _, e := range see(p.get(path)).all {
			to, _, _ := strings.Cut(e.attr["href"], "#")
			ours := strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && !strings.HasPrefix(to, "/static/") && !strings.HasPrefix(to, "/jobs/jobber/connect")
			if ours && !done[to] {
				done[to] = true
				todo = append(todo, to)
			}
		}
	}
	return len(done)
}

func cookiesOf(t *testing.T, p person) (all [][2]string) {
	t.Helper()
	for _, c := range p.b.client.Jar.Cookies(p.get("/dashboard").url) {
		all = append(all, [2]string{c.Name, c.Value})
	}
	if len(all) == 0 {
		t.Fatal("no cookies")
	}
	return all
}

// crashable starts the real binary. crash makes it print every goroutine and die.
func crashable(t *testing.T, e map[string]string) (log *syncBuffer, crash func(), addr string) {
	t.Helper()
	cmd := exec.Command(built(t))
	cmd.Dir = t.TempDir() // no .env of ours
	cmd.Env = []string{"GOTRACEBACK=all", "HOME=" + t.TempDir()}
	for k, v := range e {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	log = &syncBuffer{}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { cmd.Process.Kill() })
	eventually(t, "the start", func() bool {
		for line := range bytes.Lines([]byte(log.String())) {
			var l struct{ Msg, Addr string }
			if json.Unmarshal(line, &l) == nil && l.Msg == "serving" {
				addr = l.Addr
			}
		}
		return addr != ""
	})
	return log, func() {
		if err := cmd.Process.Signal(syscall.SIGQUIT); err != nil {
			t.Fatal(err)
		}
		<-ended
	}, addr
}
