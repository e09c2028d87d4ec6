package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestFormTokens(t *testing.T) {
	db := storetest.Open(t)
	storetest.User(t, db, "boss", store.Owner)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	stranger := c.other()
	stranger.signIn(store.GM)
	right, foreign, visitors := c.token(), stranger.token(), c.other().token()
	for _, tt := range []struct {
		name   string
		token  string
		header []string
		status int
	}{
		{"right", right, nil, 303},
		{"none", "", nil, 403},
		{"of another session", foreign, nil, 403},
		{"of a visitor", visitors, nil, 403},
		{"changed", right[:len(right)-2] + "xx", nil, 403},
		{"in the header", "", []string{"X-CSRF-Token: " + right}, 303},
		{"foreign in the header", right, []string{"X-CSRF-Token: " + foreign}, 403},
		{"from our page", right, []string{"Sec-Fetch-Site: same-origin"}, 303},
		{"typed by hand", right, []string{"Sec-Fetch-Site: none"}, 303},
		{"from another site", right, []string{"Sec-Fetch-Site: cross-site"}, 403},
		{"from a neighbour", right, []string{"Sec-Fetch-Site: same-site"}, 403},
		{"our origin", right, []string{"Origin: https://" + host}, 303},
		{"the origin asked for", right, []string{"Host: 192.168.1.5:5001", "Origin: http://192.168.1.5:5001"}, 303},
		{"another origin", right, []string{"Origin: https://evil.example"}, 403},
		{"an origin that begins like ours", right, []string{"Origin: https://" + host + ".evil.example"}, 403},
		{"no origin to tell", right, []string{"Origin: null"}, 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c.t = t
			status, body := c.post("/profile", url.Values{"_csrf": {tt.token}, "email": {"ana@lwc.example"}}, tt.header...)
			if status != tt.status {
				t.Errorf("status = %d, want %d\n%s", status, tt.status, body)
			}
			if status == 403 && !strings.Contains(body, "Reload and try again.") {
				t.Errorf("the page does not say what to do:\n%s", body)
			}
		})
	}
}

// Someone else's page must not sign a visitor in either.
func TestSignInNeedsToken(t *testing.T) {
	db := storetest.Open(t)
	storetest.User(t, db, "ana", store.Warehouse)
	c := newClient(t, db)
	a := c.send("POST", "/login", credentials("ana", storetest.Password).Encode())
	if a.status != 403 || c.isIn() {
		t.Errorf("without a token: %d", a.status)
	}
}

// Each form on a page carries the token, or it could not be sent.
func TestFormsCarryToken(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Owner)
	for _, path := range []string{"/more", "/profile", "/admin/users", "/admin/users/1", "/admin/settings"} {
		_, body := c.get(path)
		forms := strings.Count(body, `method="post"`)
		if tokens := len(tokenField.FindAllString(body, -1)); forms == 0 || tokens != forms {
			t.Errorf("%s: %d forms, %d tokens", path, forms, tokens)
		}
	}
}
