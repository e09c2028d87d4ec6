package handlers_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestPushIsSwitchedOnAndOff(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	u := c.signIn(store.Warehouse)
	_, body := c.get("/profile/push")
	key, err := db.PushKey(t.Context())
	if err != nil || !strings.Contains(body, `data-push="`+key.Public+`"`) || strings.Contains(body, key.Private) {
		t.Fatalf("the page has not our public key alone, %v", err)
	}
	good := browserSays("hush")
	for field, bad := range map[string]string{"endpoint": "http://push.example/1", "auth": "short", "p256dh": "BCVx"} {
		form := url.Values{}
		for k, v := range good {
			form[k] = v
		}
		form[field] = []string{bad}
		if a := c.submit("/profile/push", form); a.status != 422 || !strings.Contains(a.body, "did not say where") {
			t.Errorf("a bad %s: %d", field, a.status)
		}
	}
	for range 2 { // the second click
		if a := c.submit("/profile/push", good); a.status != 303 {
			t.Fatalf("switched on: %d", a.status)
		}
	}
	all, err := db.Pushes(t.Context(), u.ID)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d devices, %v", len(all), err)
	}
	if _, body = c.get("/profile/push"); !strings.Contains(body, `data-push-device="`+all[0].ID.String()+`"`) || strings.Contains(body, "hush") {
		t.Error("the page does not show the device, or shows where it takes messages")
	}
	other := c.other()
	other.signIn(store.GM)
	other.submit("/profile/push/"+all[0].ID.String()+"/end", nil)
	if all, err = db.Pushes(t.Context(), u.ID); err != nil || len(all) != 1 {
		t.Errorf("somebody else switched it off, %v", err)
	}
	c.submit("/profile/push/"+all[0].ID.String()+"/end", nil)
	if all, err = db.Pushes(t.Context(), u.ID); err != nil || len(all) != 0 {
		t.Errorf("%d devices, %v", len(all), err)
	}
	if a := c.send("GET", "/push-worker.js", ""); a.status != 200 || !strings.HasPrefix(a.header.Get("Content-Type"), "text/javascript") {
		t.Errorf("the worker: %d", a.status)
	}
}

// browserSays is what a browser says of where it takes messages.
func browserSays(device string) url.Values {
	return url.Values{"endpoint": {"https://push.example/" + device}, "auth": {"BTBZMqHH6r4Tts7J_aSIgg"},
		"p256dh": {"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"}}
}

// A device that is signed out gets no more messages; one whose session ran out does.
func TestMessagesEndWhereOneSignsOut(t *testing.T) {
	db, at := openClocked(t)
	ana := storetest.User(t, db, "ana", store.Warehouse)
	c := newClient(t, db)
	on := func() string {
		t.Helper()
		all, err := db.Pushes(t.Context(), ana.ID)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, p := range all {
			names = append(names, strings.TrimPrefix(p.Endpoint, "https://push.example/"))
		}
		return strings.Join(names, " ")
	}
	tell := func(who *client, device string) {
		t.Helper()
		if a := who.submit("/profile/push", browserSays(device)); a.status != 303 {
			t.Fatalf("switched on: %d", a.status)
		}
	}
	again := func(who *client, agent string) {
		t.Helper()
		if a := who.submit("/login", credentials("ana", storetest.Password), agent); a.status != 303 {
			t.Fatalf("signed in again: %d", a.status)
		}
	}
	phone, tablet, laptop := c.enter("ana", safari), c.enter("ana", edge), c.enter("ana", firefox)
	tell(phone, "phone")
	tell(tablet, "tablet")
	tell(laptop, "laptop")

	van := c.enter("ana", safari)
	tell(van, "van")
	if van.submit("/logout", nil); on() != "phone tablet laptop" {
		t.Errorf("the van signed out at once, on: %s", on())
	}

	at.pass(13 * time.Hour) // the next morning
	if phone.isIn() || on() != "phone tablet laptop" {
		t.Errorf("overnight: signed in %t, on: %s", phone.isIn(), on())
	}
	again(phone, safari)
	again(laptop, firefox)
	if _, body := phone.get("/profile/push"); !regexp.MustCompile(`data-push-device="1"[^\n]*\(this one\)`).MatchString(body) || strings.Count(body, "(this one)") != 1 {
		t.Errorf("the page does not say which device it is on:\n%s", body)
	}
	phone.submit("/logout", nil)
	if on() != "tablet laptop" {
		t.Errorf("the phone signed out, on: %s", on())
	}
	again(tablet, edge)
	_, keys := laptop.devices()
	laptop.submit("/profile/sessions/end", url.Values{"session": {keys["Edge on Windows"]}})
	if on() != "laptop" {
		t.Errorf("the tablet was signed out, on: %s", on())
	}
	again(phone, safari)
	tell(phone, "phone")
	at.pass(13 * time.Hour)
	again(laptop, firefox)
	laptop.submit("/profile/sessions/end", url.Values{"others": {"1"}})
	if on() != "laptop" {
		t.Errorf("all others were signed out, on: %s", on())
	}
	gm := c.other()
	gm.signIn(store.GM)
	gm.submit("/admin/users/"+ana.ID.String()+"/sessions/end", nil)
	if on() != "" {
		t.Errorf("a manager signed ana out everywhere, on: %s", on())
	}
}
