package alerts

import (
	"errors"
	"testing"
	"testing/synctest"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// choose makes u want other mails.
func (d day) choose(u store.User, change func(*store.ProfileDraft)) {
	d.t.Helper()
	p := store.ProfileDraft{Email: u.Email, ReceiveAlerts: u.ReceiveAlerts, Alerts: u.Alerts, Categories: u.Categories}
	change(&p)
	if _, err := d.db.ChangeOwnAccount(d.t.Context(), u.ID, "", p); err != nil {
		d.t.Fatal(err)
	}
}

// itemOf adds an item of a category, 12 of it with a minimum of 10.
func (d day) itemOf(sku, category string) store.Item {
	d.t.Helper()
	it, err := d.db.CreateItem(d.t.Context(), storetest.Staff, store.ItemDraft{SKU: sku, Name: sku, Unit: "ea", Minimum: 10000, Category: category})
	if err != nil {
		d.t.Fatal(err)
	}
	put(d.t, d.db, it, 12)
	return it
}

func TestPeopleChoose(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*store.ProfileDraft)
		want   string
	}{
		{"at once and the digest, as it comes", func(*store.ProfileDraft) {}, "low A low WIRE; out A; digest: out A low WIRE"},
		{"digest only", func(p *store.ProfileDraft) { p.Alerts = store.AlertDigest }, "digest: out A low WIRE"},
		{"out only", func(p *store.ProfileDraft) { p.Alerts = store.AlertOut }, "out A"},
		{"none", func(p *store.ProfileDraft) { p.ReceiveAlerts = false }, ""},
		{"one category", func(p *store.ProfileDraft) { p.Categories = []string{"wire"} }, "low WIRE; digest: low WIRE"},
		{"what has no category", func(p *store.ProfileDraft) { p.Categories = []string{""} }, "low A; out A; digest: out A"},
		{"a category that is gone", func(p *store.ProfileDraft) { p.Categories = []string{"Pipe"} }, ""},
		{"no address", func(p *store.ProfileDraft) { p.Email = "" }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDay(t)
				ed := storetest.User(t, d.db, "ed", store.Warehouse)
				d.choose(ed, tt.change)
				wire := d.itemOf("WIRE", "Wire")
				until(3, 9, 0)
				s := service(t, d.db, d.post)
				s.Digest = seven
				stop := running(t, s)
				take(t, d.db, d.a, 3)
				take(t, d.db, wire, 3)
				after(hour)
				take(t, d.db, d.a, 9)
				until(4, 12, 0)
				if got := d.diary(ed); got != tt.want {
					t.Errorf("told %q, want %q", got, tt.want)
				}
				if got, want := d.diary(d.dana), "low A low WIRE; out A; digest: out A low WIRE"; got != want {
					t.Errorf("and somebody else %q, want %q", got, want)
				}
				stop()
			})
		})
	}
}

// Who changes their mind between the crossing and the sending is asked once more.
func TestPeopleChangeTheirMind(t *testing.T) {
	for name, change := range map[string]func(*store.ProfileDraft){
		"to the digest only": func(p *store.ProfileDraft) { p.Alerts = store.AlertDigest },
		"to out only":        func(p *store.ProfileDraft) { p.Alerts = store.AlertOut },
		"to none":            func(p *store.ProfileDraft) { p.ReceiveAlerts = false },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDay(t)
				d.post.fail(1, errors.New("not now"))
				stop := running(t, service(t, d.db, d.post))
				take(t, d.db, d.a, 3)
				after(10 * minute)
				d.choose(d.dana, change)
				after(hour)
				if got := d.diary(d.dana); got != "" {
					t.Errorf("told %q", got)
				}
				stop()
			})
		})
	}
}

func TestAnImportIsToldByCategory(t *testing.T) {
	ev := store.Event{ID: 9, Kind: store.ItemsCame, By: "lee", At: start,
		Imported: []store.ImportTally{{Category: "Wire", Items: 4, Out: 1, Low: 2}, {Items: 3, Low: 3}, {Category: "Pipe", Items: 2}}}
	for _, tt := range []struct {
		name            string
		change          func(*store.User)
		items, out, low int
	}{
		{"all", func(*store.User) {}, 9, 1, 5},
		{"wire", func(u *store.User) { u.Categories = []string{"Wire"} }, 4, 1, 2},
		{"pipe", func(u *store.User) { u.Categories = []string{"Pipe"} }, 0, 0, 0},
		{"out only", func(u *store.User) { u.Alerts = store.AlertOut }, 9, 1, 0},
		{"digest only", func(u *store.User) { u.Alerts = store.AlertDigest }, 0, 0, 0},
		{"not active", func(u *store.User) { u.Active = false }, 0, 0, 0},
	} {
		u := reader
		tt.change(&u)
		_, mails := judge(state{people: []store.User{u}}, []store.Event{ev}, start, usual)
		var got store.ImportSummary
		if len(mails) > 0 {
			got = *mails[0].Import
		}
		if got.Items != tt.items || got.Out != tt.out || got.Low != tt.low || len(mails) > 1 {
			t.Errorf("%s: %d mails, %+v", tt.name, len(mails), got)
		}
	}
}
