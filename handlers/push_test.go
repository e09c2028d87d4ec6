package handlers_test

import (
	"net/url"
	"strings"
	"testing"

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
	good := url.Values{"endpoint": {"https://push.example/hush"}, "auth": {"BTBZMqHH6r4Tts7J_aSIgg"},
		"p256dh": {"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"}}
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
