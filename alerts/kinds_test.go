package alerts

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/sample"
	"lwc-inventory/store/storetest"
)

// A company is the demo's warehouse after eight weeks of work, on a Monday in November, and its people.
type company struct {
	*shop
	service *Service
	owner   store.User
	jobs    map[int]store.JobID
}

func newCompany(t *testing.T) company {
	t.Helper()
	s := newShop(t)
	if err := sample.Fill(t.Context(), s.db, storetest.Staff); err != nil {
		t.Fatal(err)
	}
	c := company{shop: s, service: service(t, s.db, nil), owner: storetest.User(t, s.db, "Lee", store.Owner), jobs: map[int]store.JobID{}}
	c.service.Location = time.FixedZone("CST", -6*60*60)
	for week := range 8 {
		for _, use := range []struct {
			sku string
			qty store.Qty
		}{{"GFCI-20-W", 4000}, {"BRK-20-1P", 12000}, {"NM-12-2", 260000}} {
			c.take(use.sku, use.qty+store.Qty(week%3)*1000, 0)
			c.put(use.sku, use.qty+store.Qty(week%3)*1000)
		}
		time.Sleep(7 * 24 * time.Hour)
	}
	soon := s.db.Now().Add(22 * time.Hour).Truncate(time.Hour)
	c.jobs[1042] = storetest.Job(t, s.db, 1042, soon, storetest.Line("BRK-20-1P", 14), storetest.Line("NM-12-2", 225))
	c.jobs[1047] = storetest.Job(t, s.db, 1047, soon.Add(3*time.Hour), storetest.Line("GFCI-20-W", 2))
	return c
}

func (c company) named(sku string) store.Item {
	c.t.Helper()
	it, err := c.db.ItemByCode(c.t.Context(), sku)
	if err != nil {
		c.t.Fatal(err)
	}
	return it
}

func (c company) take(sku string, qty store.Qty, job store.JobID) {
	c.t.Helper()
	c.book(store.Entry{Item: c.named(sku).ID, Kind: store.Issue, Qty: qty, Job: job})
}

func (c company) put(sku string, qty store.Qty) {
	c.t.Helper()
	c.book(store.Entry{Item: c.named(sku).ID, Kind: store.Receive, Qty: qty})
}

// count makes an item stand where a mail wants it.
func (c company) count(sku string, qty store.Qty) {
	c.t.Helper()
	it := c.named(sku)
	c.book(store.Entry{Item: it.ID, Kind: store.Count, To: it.Place, Qty: qty})
}

// crossing is an item's last event, as the judge would tell it.
func (c company) crossing(sku string) store.Crossing {
	c.t.Helper()
	it := c.named(sku)
	var out store.Crossing
	evs, err := c.db.EventsAfter(c.t.Context(), 0, 1<<20)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, ev := range evs {
		if ev.Kind == store.LevelChanged && ev.Item == it.ID {
			out = store.Crossing{Item: it.ID, Severity: store.Low, Event: ev.ID, At: ev.At, Available: ev.After.Available(),
				OnHand: ev.After.OnHand, Allocated: ev.After.Allocated, Minimum: it.Minimum, By: ev.By, Job: ev.Job, Movement: ev.Movement}
		}
	}
	if out.Available <= 0 {
		out.Severity = store.Out
	}
	return out
}

// standing is how an item stands, without anything having happened.
func (c company) standing(sku string) store.Crossing {
	c.t.Helper()
	out := c.crossing(sku)
	out.Event, out.Movement, out.Job, out.By = 0, 0, 0, ""
	return out
}

// A kind is one mail to look at, by the name of its files.
type kind struct {
	name string
	mail store.Mail
	to   store.User
}

// kinds are mails of every kind, from the demo's data.
func kinds(t *testing.T) (*Service, []kind) {
	c := newCompany(t)
	c.count("GFCI-20-W", 4000)
	c.take("GFCI-20-W", 4000, c.jobs[1047])
	c.count("BRK-20-1P", 22000)
	c.take("BRK-20-1P", 5000, c.jobs[1042])
	c.count("NM-12-2", 235000)
	ana, err := c.db.User(t.Context(), c.ana.ID)
	if err != nil {
		t.Fatal(err)
	}
	gfci, breaker, cable := c.crossing("GFCI-20-W"), c.crossing("BRK-20-1P"), c.crossing("NM-12-2")
	cable.OnOrder, cable.Expected = 1000000, c.db.Now().Add(4*24*time.Hour)
	low := store.Mail{Key: "low", CreatedAt: c.db.Now(), MessageID: "<low@lwc>", Crossings: []store.Crossing{gfci, breaker, cable}}

	truck := low
	inTruck := breaker
	inTruck.Place, inTruck.Minimum, inTruck.Par, inTruck.Available, inTruck.OnHand, inTruck.Allocated = placeNamed(t, c.db, "Truck 1"), 6000, 10000, 2000, 2000, 0
	truck.Crossings = []store.Crossing{inTruck}

	merged, again, many := low, low, low
	back := breaker
	back.Back, back.Available, back.OnHand = true, 46000, 46000
	merged.Crossings, merged.Merged, merged.AsOf = []store.Crossing{gfci, cable, back}, 2, c.db.Now().Add(3*time.Hour)
	again.Again = 7
	many.Crossings = nil
	skus := []string{"VLV-SH-12", "BRK-50-2P", "BOX-4S-D", "LED-CAN-6", "LIN-38-78", "RCK-PEA", "DRY-12-MR", "CNE-28", "KNF-BLD", "RAG-BOX", "FOM-GAP", "WSH-38"}
	for _, sku := range skus {
		c.count(sku, c.named(sku).Minimum/2000*1000)
		many.Crossings = append(many.Crossings, c.crossing(sku))
	}
	many.CreatedAt = c.db.Now()

	ordered := cable
	ordered.Event, ordered.Movement, ordered.Job = 0, 0, 0
	back.Event, back.Movement, back.Job = 0, 0, 0
	digest := store.Mail{Key: "digest", Kind: store.MailDigest, CreatedAt: c.db.Now(), Digest: &store.Digest{
		More: store.DigestMore{Low: 3}, Out: []store.Crossing{c.standing("GFCI-20-W")}, Low: []store.Crossing{c.standing("LED-CAN-6"), c.standing("RAG-BOX")},
		Ordered: []store.Crossing{ordered}, Back: []store.Crossing{back},
		Short: []store.ShortJob{{Job: c.jobs[1042], At: c.db.Now().Add(22 * time.Hour), Items: []store.ShortItem{{Item: breaker.Item, Lack: 3000}, {Item: cable.Item, Lack: 14000}}}}}}
	imported := store.Mail{Key: "import", Kind: store.MailImport, CreatedAt: c.db.Now(),
		Import: &store.ImportSummary{At: c.db.Now(), By: "Lee", Items: 334, Out: 4, Low: 296}}
	note := func(k store.MailKind, reason string) store.Mail {
		return store.Mail{Key: string(k), Kind: k, CreatedAt: c.db.Now(), Reason: reason}
	}
	if err := c.db.SaveSyncStatus(t.Context(), store.SyncStatus{State: store.SyncOK, LastOK: c.db.Now().Add(-2 * hour)}); err != nil {
		t.Fatal(err)
	}
	digest.Digest.Low[1].New = true
	return c.service, []kind{{"low", low, ana}, {"low-place", truck, ana}, {"low-many", many, ana}, {"merged", merged, ana}, {"again", again, ana},
		{"digest", digest, ana}, {"import", imported, c.owner},
		{"jobber-lost", note(store.MailJobberLost, "Somebody disconnected the app at Jobber."), c.owner},
		{"jobber-refused", note(store.MailJobberRefused, ""), c.owner},
		{"webhook-refused", note(store.MailWebhookRefused, "https://hooks.example.com/stock answered 410 Gone. Nothing is sent there any more."), c.owner},
		{"test", note(store.MailTest, ""), c.owner}}
}

func placeNamed(t *testing.T, db *store.DB, name string) store.PlaceID {
	t.Helper()
	places, err := db.Places(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range places {
		if p.Name == name {
			return p.ID
		}
	}
	t.Fatalf("there is no place %s", name)
	return 0
}

// TestEveryKindOfMail writes each kind of mail from the demo's data, as text, as HTML and as it goes to the server. MAILS
// says where else to put them, to be looked at.
func TestEveryKindOfMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, all := kinds(t)
		for _, k := range all {
			m, err := s.message(t.Context(), k.mail, k.to)
			if err != nil {
				t.Fatalf("%s: %v", k.name, err)
			}
			if later, err := s.message(t.Context(), k.mail, k.to); err != nil || later != m {
				t.Errorf("%s: a later try says something else, %v", k.name, err)
			}
			golden(t, k.name+".txt.golden", "Subject: "+m.Subject+"\n\n"+m.Text)
			golden(t, k.name+".html.golden", m.HTML)
			checkHTML(t, k.name, m.HTML)
			var raw bytes.Buffer
			msg, err := SMTP{From: "LWC Inventory <stock@lwc.example>"}.compose(m)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := msg.WriteTo(&raw); err != nil {
				t.Fatal(err)
			}
			keepMail(t, k.name+".txt", m.Text)
			keepMail(t, k.name+".html", m.HTML)
			keepMail(t, k.name+".eml", raw.String())
		}
	})
}

// checkHTML fails for what mail clients strip, block or cut off.
func checkHTML(t *testing.T, name, body string) {
	t.Helper()
	for _, bad := range []string{"<script", "<img", "<link", "url(", "@import", "position:", "flex", "ZgotmplZ", "<no value>", "%!"} {
		if strings.Contains(body, bad) {
			t.Errorf("%s: there is %q in the HTML", name, bad)
		}
	}
	if n := len(body); n > 100_000 { // Gmail shows 102 kB
		t.Errorf("%s: %d bytes", name, n)
	}
	for _, link := range strings.Split(body, `href="`)[1:] {
		if !strings.HasPrefix(link, "https://stock.lwc.example/") {
			t.Errorf("%s: a link leads to %.40s", name, link)
		}
	}
}

// keepMail writes a file where MAILS says.
func keepMail(t *testing.T, name, text string) {
	t.Helper()
	dir := os.Getenv("MAILS")
	if dir == "" {
		return
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join("..", dir) // as seen from where make runs
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
