package handlers_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lwc-inventory/handlers"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// inDays is a date some days from now, as a form sends it.
func inDays(n int) string { return time.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly) }

func muteOf(t *testing.T, db *store.DB, id store.ItemID) store.Mute {
	t.Helper()
	m, err := db.Mute(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMuteItem(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 5, 10)
	c := newClient(t, db)
	c.signIn(store.GM)
	page := "/items/" + it.ID.String()
	send := func(fields ...string) (int, string) {
		form := url.Values{"request_id": {"r" + strings.Join(fields, "-")}}
		for i := 0; i < len(fields); i += 2 {
			form.Set(fields[i], fields[i+1])
		}
		return c.post(page+"/mute", form)
	}
	if _, body := c.get(page); !strings.Contains(body, "Snooze or put on order") {
		t.Fatalf("the page offers nothing:\n%s", body)
	}

	if status, body := send("verb", "order", "quantity", "40", "due", inDays(3)); status != 303 {
		t.Fatalf("order: %d\n%s", status, body)
	}
	_, body := c.get(page)
	for _, want := range []string{"40 ea to come", "noted by gm", `value="40"`, "Change the order", "40 on order, expected", `name="verb" value="undo"`, `name="version" value="1"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if status, _ := send("verb", "undo", "version", "1"); status != 303 {
		t.Errorf("undo: %d", status)
	}
	if m := muteOf(t, db, it.ID); m.Ordered() || m.Version != 2 {
		t.Errorf("after the undo: %+v", m)
	}
	if status, _ := send("verb", "undo", "version", "1"); status != 303 || muteOf(t, db, it.ID).Version != 2 {
		t.Errorf("the second tap on undo: %d", status)
	}
	if status, _ := send("verb", "undo", "version", "1", "again", "1"); status != 409 {
		t.Errorf("undo of what was undone: %d", status)
	}

	if status, _ := send("verb", "snooze", "until", inDays(5)); status != 303 {
		t.Errorf("snooze: %d", status)
	}
	if m := muteOf(t, db, it.ID); m.Snooze == nil || string(m.Snooze.Until) != inDays(5) {
		t.Errorf("snoozed %+v", m)
	}
	if status, _ := send("verb", "wake"); status != 303 || muteOf(t, db, it.ID).Snooze != nil {
		t.Errorf("wake: %d", status)
	}
	if status, _ := send("verb", "snooze", "until", "nonsense", "receipt", "1"); status != 303 || muteOf(t, db, it.ID).Snooze.Until != "" {
		t.Errorf("until some is received: %d", status)
	}
	if _, body := c.get(page); !strings.Contains(body, "until some is received") {
		t.Error("the page does not say that it is snoozed")
	}
}

// What was typed wrong comes back on the page it was typed on, and nothing changes.
func TestMuteItemProblems(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 5, 10)
	c := newClient(t, db)
	c.signIn(store.Owner)
	page := "/items/" + it.ID.String()
	for _, tt := range []struct {
		name   string
		back   string
		fields []string
		status int
		has    []string
	}{
		{"no amount", page, []string{"verb", "order", "quantity", "", "due", inDays(1)}, 422, []string{`id="quantity-1-error"`, `value="` + inDays(1) + `"`, "<h1>Item AB-1</h1>"}},
		{"both wrong", page, []string{"verb", "order", "quantity", "1,5", "due", "soon"}, 422, []string{`id="quantity-1-error"`, `id="due-1-error"`, `value="1,5"`, `value="soon"`}},
		{"a day that is over", page, []string{"verb", "order", "quantity", "4", "due", "2020-01-01"}, 422, []string{"This day is over"}},
		{"snoozed until today", "/admin/alerts?page=1", []string{"verb", "snooze", "until", inDays(0)}, 422, []string{"Choose a day after today", "<h1>Alerts</h1>", "<details class=\"fold no-print\" id=\"mute-1\" open>"}},
		{"no verb", page, nil, 422, []string{"Choose what to do"}},
		{"nothing to wake", page, []string{"verb", "wake"}, 409, nil},
		{"nothing on order", page, []string{"verb", "noorder"}, 409, nil},
		{"another site's page to go back to", "//evil.example/admin/alerts", []string{"verb", "snooze", "until", "x"}, 422, []string{"<h1>Item AB-1</h1>"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			form := url.Values{"request_id": {tt.name}, "back": {tt.back}}
			for i := 0; i < len(tt.fields); i += 2 {
				form.Set(tt.fields[i], tt.fields[i+1])
			}
			status, body := c.post(page+"/mute", form)
			if status != tt.status {
				t.Errorf("status %d, want %d\n%s", status, tt.status, body)
			}
			for _, want := range tt.has {
				if !strings.Contains(body, want) {
					t.Errorf("no %q in\n%s", want, body)
				}
			}
			if m := muteOf(t, db, it.ID); m.Version != 0 {
				t.Errorf("it is muted all the same: %+v", m)
			}
		})
	}
	if status, _ := c.post("/items/99/mute", url.Values{"request_id": {"x"}, "verb": {"snooze"}, "receipt": {"1"}}); status != 404 {
		t.Errorf("an item that is not there: %d", status)
	}
}

func TestMuteIsSeenByWhoMayNotChangeIt(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 5, 10)
	act := store.MuteAct{Item: it.ID, Verb: store.MuteOrder, Qty: 4000, Date: store.Date(inDays(2)), Today: store.Date(inDays(0)), RequestID: "r", By: storetest.Staff}
	if _, err := db.SetMute(t.Context(), act); err != nil {
		t.Fatal(err)
	}
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	if _, body := c.get("/items/1"); !strings.Contains(body, "4 ea to come") || strings.Contains(body, "/mute") {
		t.Errorf("the page is\n%s", body)
	}
	if status, _ := c.post("/items/1/mute", url.Values{"request_id": {"x"}, "verb": {"noorder"}}); status != 403 {
		t.Errorf("status %d", status)
	}
}

func TestAlertsPage(t *testing.T) {
	db := storetest.Open(t)
	low := storetest.Item(t, db, "LOW", 5, 10)
	storetest.Item(t, db, "OUT", 0, 10)
	storetest.Item(t, db, "FINE", 50, 10)
	truck, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: "Truck 1", Kind: store.KindTruck})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.SetPlacePar(t.Context(), storetest.Staff, store.PlacePar{Item: low.ID, Place: truck.ID, Minimum: 2000}); err != nil {
		t.Fatal(err)
	}
	c := newClient(t, db, func(s *handlers.Server) {
		s.Alerts = handlers.AlertInfo{Window: 10 * time.Minute, Recross: 24 * time.Hour, Digest: "07:00"}
	})
	c.signIn(store.GM)
	_, body := c.get("/admin/alerts")
	var rows []string
	for _, m := range regexp.MustCompile(`data-sku="([A-Z]+)"`).FindAllStringSubmatch(body, -1) {
		rows = append(rows, m[1])
	}
	if got := strings.Join(rows, " "); got != "LOW OUT LOW" { // out on the truck, out, low
		t.Errorf("rows %s", got)
	}
	for _, want := range []string{"2 out, 1 low", "at Truck 1", "after 10 minutes", "at once", "younger than 24 hours", "weekdays at 07:00",
		"at once and the digest", "Mail is not set up"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(body, "Nobody is told when something runs low.</b> No active") {
		t.Error("somebody is told")
	}
}

func TestOwnersHearThatNobodyHears(t *testing.T) {
	db := storetest.Open(t)
	storetest.Item(t, db, "LOW", 5, 10)
	c := newClient(t, db, func(s *handlers.Server) { s.Mail.Configured = true })
	u := c.signIn(store.Owner)
	const words = "Nobody is told when something runs low."
	if _, body := c.get("/dashboard"); strings.Contains(body, words) {
		t.Error("somebody is told")
	}
	if status, body := c.post("/profile", url.Values{"email": {u.Email}, "receive_alerts": {"none"}, "categories": {"1"}}); status != 303 {
		t.Fatalf("%d\n%s", status, body)
	}
	for _, page := range []string{"/dashboard", "/admin/alerts"} {
		if _, body := c.get(page); !strings.Contains(body, words) {
			t.Errorf("%s does not say so", page)
		}
	}
}

func TestProfileChoosesMails(t *testing.T) {
	db := storetest.Open(t)
	for sku, category := range map[string]string{"A": "Wire", "B": "Pipe", "C": ""} {
		if _, err := db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: sku, Name: sku, Category: category}); err != nil {
			t.Fatal(err)
		}
	}
	c := newClient(t, db, func(s *handlers.Server) { s.Alerts.Digest = "07:00" })
	u := c.signIn(store.Warehouse)
	for _, tt := range []struct {
		name   string
		form   url.Values
		on     bool
		choice store.AlertChoice
		cats   string
	}{
		{"digest", url.Values{"receive_alerts": {"digest"}, "categories": {"1"}}, true, store.AlertDigest, ""},
		{"out, of two", url.Values{"receive_alerts": {"out"}, "categories": {"1"}, "alert_category": {"Wire", ""}}, true, store.AlertOut, "Wire,"},
		{"a form that knows no categories", url.Values{"receive_alerts": {"out"}}, true, store.AlertOut, "Wire,"},
		{"all", url.Values{"receive_alerts": {"all"}, "categories": {"1"}}, true, store.AlertAll, ""},
		{"the box of old, ticked", url.Values{"receive_alerts": {"1"}}, true, store.AlertAll, ""},
		{"the box of old, not ticked", url.Values{}, false, store.AlertAll, ""},
		{"out again", url.Values{"receive_alerts": {"out"}}, true, store.AlertOut, ""},
		{"none", url.Values{"receive_alerts": {"none"}}, false, store.AlertOut, ""},
	} {
		tt.form.Set("email", u.Email)
		if status, body := c.post("/profile", tt.form); status != 303 {
			t.Fatalf("%s: %d\n%s", tt.name, status, body)
		}
		after, err := db.User(t.Context(), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		if after.ReceiveAlerts != tt.on || after.Alerts != tt.choice || strings.Join(after.Categories, ",") != tt.cats {
			t.Errorf("%s: %v, %q, %q", tt.name, after.ReceiveAlerts, after.Alerts, after.Categories)
		}
	}
	if status, _ := c.post("/profile", url.Values{"email": {u.Email}, "receive_alerts": {"digest"}, "categories": {"1"}, "alert_category": {"Pipe", "Gone"}}); status != 303 {
		t.Fatal(status)
	}
	_, body := c.get("/profile")
	for _, want := range []string{`value="digest" checked`, `value="Pipe" checked`, `value="Gone" checked`, `value="Wire">`, "goes out at 07:00"} {
		if !strings.Contains(body, want) {
			t.Errorf("the form lacks %q:\n%s", want, body)
		}
	}
	// A wrong address keeps what was chosen.
	status, body := c.post("/profile", url.Values{"email": {"nobody"}, "receive_alerts": {"out"}, "categories": {"1"}, "alert_category": {"Wire"}})
	if status != 422 || !strings.Contains(body, `value="out" checked`) || !strings.Contains(body, `value="Wire" checked`) {
		t.Errorf("%d: what was typed is lost\n%s", status, body)
	}
}
