package handlers_test

import (
	"regexp"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

var figure = regexp.MustCompile(`<data data-figure="([a-z-]+)" value="([^"]*)">`)

// figures returns the dashboard's numbers, each of which stands there once.
func figures(t *testing.T, body string) map[string]string {
	t.Helper()
	got := map[string]string{}
	for _, m := range figure.FindAllStringSubmatch(body, -1) {
		if _, twice := got[m[1]]; twice {
			t.Errorf("the figure %s stands there twice", m[1])
		}
		got[m[1]] = m[2]
	}
	return got
}

func TestTodayFigures(t *testing.T) {
	db, noon := noonDB(t)
	storetest.Item(t, db, "OUT-1", 0, 5)
	storetest.Item(t, db, "LOW-1", 3, 5)
	low := storetest.Item(t, db, "LOW-2", 9, 5)
	storetest.Item(t, db, "OK-1", 9, 5)
	applyJobs(t, db,
		storetest.Snapshot(10, noon, storetest.Line("LOW-2", 5)),
		storetest.Snapshot(11, noon.Add(20*time.Hour), storetest.Line("OUT-1", 2), storetest.Line("What is it", 1)),
		storetest.Snapshot(12, noon.AddDate(0, 0, 20), storetest.Line("OUT-1", 2)))
	if _, err := db.Receive(t.Context(), store.Delivery{Topic: "JOB_UPDATE", Account: "acc", Item: "x", OccurredAt: noon, ReceivedAt: noon}); err != nil {
		t.Fatal(err)
	}
	storetest.Book(t, db, store.Entry{Item: low.ID, Kind: store.Issue, Qty: 1000})
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	_, body := c.get("/dashboard")
	got := figures(t, body)
	for name, value := range map[string]string{"out": "1", "low": "2", "short-jobs": "1", "unmatched": "1",
		"pending-webhooks": "1", "unsent-mails": "0"} {
		if got[name] != value {
			t.Errorf("%s is %q, want %q", name, got[name], value)
		}
	}
	wantMarks(t, marks(t, body, "data-sync="), "data-sync=never")
	wantTexts(t, body, "Today, "+noon.Format("Mon 2 Jan"), "Tomorrow, ", `data-number="10"`, `data-number="11"`, `!data-number="12"`,
		"2 ea Item OUT-1", "Joe Lind", `data-sku="OUT-1"`, `data-sku="LOW-1"`, `!data-sku="OK-1"`, `data-kind="issue"`, "/undo",
		`href="/items?low=out"`, `href="/jobs?when=week&amp;short=1"`, `href="/match"`)
	item := marks(t, body, `data-sku="LOW-2"`)
	if item["data-item"] != low.ID.String() {
		t.Errorf("the row of LOW-2 has %v", item)
	}
	wantTexts(t, body, `<data data-quantity="available" value="3">3</data>`)
}

func TestTodayNextDay(t *testing.T) {
	db, noon := noonDB(t)
	storetest.Item(t, db, "AB-1", 9, 0)
	applyJobs(t, db, storetest.Snapshot(12, noon.AddDate(0, 0, 5), storetest.Line("AB-1", 2)))
	c := newClient(t, db)
	c.signIn(store.GM)
	wantTexts(t, bodyOf(c.get("/dashboard")), noon.AddDate(0, 0, 5).Format("Mon 2 Jan"), `data-number="12"`, "All here")
}

func TestTodayOfNewInstallation(t *testing.T) {
	for role, texts := range map[store.Role][]string{
		store.Owner:     {"New item", ">Connect Jobber</a>", "Add people"},
		store.GM:        {"New item", "!>Connect Jobber</a>", "An owner does this", "Add people"},
		store.Warehouse: {"New item", "!>Connect Jobber</a>", "An owner does this", "!Add people"},
	} {
		t.Run(string(role), func(t *testing.T) {
			db, _ := noonDB(t)
			c := newClient(t, db)
			c.signIn(role)
			status, body := c.get("/dashboard")
			if status != 200 {
				t.Fatalf("status %d", status)
			}
			wantTexts(t, body, append(texts, "Start here", "Nothing was moved yet", `!class="banner`)...)
			if got := figures(t, body); len(got) != 6 || got["out"] != "0" {
				t.Errorf("figures %v", got)
			}
		})
	}
}

func TestTodayBanners(t *testing.T) {
	for _, tt := range []struct {
		name string
		role store.Role
		prep func(*testing.T, *store.DB)
		has  []string
	}{
		{"not connected, owner", store.Owner, nil, []string{"Jobber is not connected.", ">Connect Jobber</a>"}},
		{"not connected, staff", store.Warehouse, nil, []string{"Jobber is not connected.", "An owner can connect it", "!>Connect Jobber</a>"}},
		{"dropped, owner", store.Owner, dropJobber, []string{"Jobber is not connected any more.", "Connect again"}},
		{"dropped, staff", store.Warehouse, dropJobber, []string{"Jobber is not connected any more.", "An owner can connect it again", "!Connect again"}},
		{"no mail, owner", store.Owner, linkJobber, []string{"Mail is not set up.", "/admin/settings"}},
		{"no mail, staff", store.Warehouse, linkJobber, []string{"Mail is not set up.", "!See how"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db, _ := noonDB(t)
			storetest.Item(t, db, "AB-1", 9, 0)
			if tt.prep != nil {
				tt.prep(t, db)
			}
			c := newClient(t, db)
			c.signIn(tt.role)
			_, body := c.get("/dashboard")
			wantTexts(t, body, tt.has...)
			if n := len(regexp.MustCompile(`class="banner`).FindAllString(body, -1)); n != 1 {
				t.Errorf("%d banners, want one", n)
			}
		})
	}
}

// linkJobber connects the database to a Jobber account.
func linkJobber(t *testing.T, db *store.DB) {
	t.Helper()
	if err := db.SaveJobberCredentials(t.Context(), storetest.Staff, "id", "secret"); err != nil {
		t.Fatal(err)
	}
	tokens := store.Tokens{Access: "a", Refresh: "r", Expiry: db.Now().Add(time.Hour)}
	if err := db.JobberConnected(t.Context(), storetest.Staff, tokens, storetest.Account, "LWC", "Owner"); err != nil {
		t.Fatal(err)
	}
}

// dropJobber connects it and loses the connection.
func dropJobber(t *testing.T, db *store.DB) {
	t.Helper()
	linkJobber(t, db)
	if err := db.JobberDropped(t.Context(), "refused"); err != nil {
		t.Fatal(err)
	}
}

func TestHome(t *testing.T) {
	db, _ := noonDB(t)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	if status, _ := c.get("/"); status != 303 {
		t.Errorf("status %d, want 303", status)
	}
}
