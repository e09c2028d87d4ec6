package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// Each change of what is no stock leaves one entry that says who, what, from what and to what; and what changes
// nothing leaves none.
func TestAuditTellsOfChanges(t *testing.T) {
	db := storetest.Open(t)
	boss := store.Actor{ID: 7, Name: "boss"}
	it := storetest.Item(t, db, "AB-1", 5, 2)
	storetest.Item(t, db, "CD-2", 0, 0)
	u := storetest.User(t, db, "ana", store.Warehouse)
	storetest.Job(t, db, 1042, time.Time{}, storetest.Line("Mystery", 1))
	draft := func(min store.Qty) store.ItemDraft {
		return store.ItemDraft{SKU: "AB-1", Name: "Item AB-1", Unit: "ea", Minimum: min}
	}
	user := func(role store.Role, active bool) store.UserDraft {
		return store.UserDraft{Username: "ana", Email: u.Email, Role: role, ReceiveAlerts: true, Active: active}
	}
	var kit store.Kit
	for _, tt := range []struct {
		name string
		do   func(context.Context) error
		want string // "": no entry
	}{
		{"a user is added", func(ctx context.Context) error {
			_, err := db.CreateUser(ctx, boss, store.UserDraft{Username: "kim", Role: store.GM, Active: true, Password: storetest.Password})
			return err
		}, "users boss added the user kim as General manager"},
		{"a role", func(ctx context.Context) error {
			_, err := db.UpdateUser(ctx, boss, u.ID, 1, user(store.GM, true))
			return err
		}, "users boss changed the user ana [role: Warehouse, General manager]"},
		{"the same again", func(ctx context.Context) error {
			_, err := db.UpdateUser(ctx, boss, u.ID, 2, user(store.GM, true))
			return err
		}, ""},
		{"switched off", func(ctx context.Context) error {
			_, err := db.UpdateUser(ctx, boss, u.ID, 3, user(store.GM, false))
			return err
		}, "users boss changed the user ana [may sign in: yes, no]"},
		{"a password", func(ctx context.Context) error { return db.SetPassword(ctx, boss, u.ID, "another long password") },
			"users boss changed the user ana [password: as before, a new one]"},
		{"a minimum", func(ctx context.Context) error {
			_, err := db.UpdateItem(ctx, boss, it.ID, it.Version, draft(3500))
			return err
		}, "items boss changed the item AB-1 [minimum: 2, 3.5]"},
		{"a minimum that stays", func(ctx context.Context) error {
			_, err := db.UpdateItem(ctx, boss, it.ID, it.Version+1, draft(3500))
			return err
		}, ""},
		{"the same number from another", func(ctx context.Context) error {
			return db.SetPlacePar(ctx, boss, store.PlacePar{Item: it.ID, Place: storetest.Home, Minimum: 1000, Par: 2000})
		}, "items boss changed AB-1 at Warehouse [minimum: 0, 1] [par: 0, 2]"},
		{"archived", func(ctx context.Context) error {
			_, err := db.ArchiveItem(ctx, boss, 2, true)
			return err
		}, "items boss changed the item CD-2 [archived: no, yes]"},
		{"a match", func(ctx context.Context) error {
			_, err := db.AnswerLine(ctx, store.Answer{Line: 1, Item: it.ID, Factor: 2500, By: boss})
			return err
		}, "matches boss matched “Mystery” [it is: nothing, 2.5 of Item AB-1]"},
		{"a match taken back", func(ctx context.Context) error {
			_, err := db.ForgetAnswer(ctx, store.Recall{Line: 1, By: boss})
			return err
		}, "matches boss matched “Mystery” [it is: 2.5 of Item AB-1, nothing]"},
		{"and that, too", func(ctx context.Context) error {
			_, err := db.UndoAnswer(ctx, store.Recall{Line: 1, By: boss})
			return err
		}, "matches boss matched “Mystery” [it is: nothing, 2.5 of Item AB-1]"},
		{"a kit", func(ctx context.Context) (err error) {
			kit, err = db.CreateKit(ctx, boss, store.KitDraft{Name: "Toilet", Parts: []store.Part{{Item: it.ID, Factor: 2000}}})
			return err
		}, "matches boss made the kit Toilet [name: , Toilet] [items: , 2 of AB-1]"},
		{"a kit of more", func(ctx context.Context) error {
			_, err := db.UpdateKit(ctx, boss, kit.ID, kit.Version, store.KitDraft{Name: "Toilet", Parts: []store.Part{{Item: it.ID, Factor: 3000}}})
			return err
		}, "matches boss changed the kit Toilet [items: 2 of AB-1, 3 of AB-1]"},
		{"no kit any more", func(ctx context.Context) error { return db.DeleteKit(ctx, boss, kit.ID) },
			"matches boss deleted the kit Toilet [name: Toilet, ] [items: 3 of AB-1, ]"},
		{"closed jobs", func(ctx context.Context) error { return db.SetCloseoutMode(ctx, boss, store.CloseoutUsed) },
			"settings boss changed what happens to closed jobs [what came back of closed jobs: ask, used]"},
		{"rules of counting", func(ctx context.Context) error {
			r, err := db.CountRules(ctx)
			if err != nil {
				return err
			}
			r.Blind, r.Days = true, 30
			return db.SaveCountRules(ctx, boss, r)
		}, "settings boss changed the rules of counting [counted blind: no, yes] [days until a count is due: 90, 30]"},
		{"Jobber's secret", func(ctx context.Context) error {
			return db.SaveJobberCredentials(ctx, boss, "client", "hush-hush-secret")
		}, "settings boss entered Jobber's client ID and secret [client ID: , client]"},
		{"a connection", func(ctx context.Context) error {
			return db.JobberConnected(ctx, boss, store.Tokens{Access: "hush-access", Refresh: "hush-refresh"}, storetest.Account, "LWC", "Lee")
		}, "settings boss connected Jobber [account: , LWC]"},
		{"no connection", func(ctx context.Context) error { return db.JobberDisconnected(ctx, boss) }, "settings boss disconnected Jobber"},
		{"a station", func(ctx context.Context) error { _, err := db.AddStation(ctx, boss, "Counter"); return err },
			"users boss made a device the station Counter"},
		{"no station", func(ctx context.Context) error { return db.EndStation(ctx, boss, 1) }, "users boss ended the station Counter"},
		{"no station again", func(ctx context.Context) error { return db.EndStation(ctx, boss, 1) }, ""},
		{"an import", func(ctx context.Context) error {
			_, err := db.ImportItems(ctx, boss, strings.NewReader("sku,name,minimum\nX-1,One,5\nX-2,Two,6\n"))
			return err
		}, "data boss imported 2 items"},
		{"an import that fails", func(ctx context.Context) error {
			if _, err := db.ImportItems(ctx, boss, strings.NewReader("sku,name\nX-1,One\n")); err == nil {
				return fmt.Errorf("a SKU twice was imported")
			}
			return nil
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := newest(t, db)
			if err := tt.do(t.Context()); err != nil {
				t.Fatal(err)
			}
			after := newest(t, db)
			switch {
			case tt.want == "" && after.ID != before.ID:
				t.Errorf("nothing was changed, and the log says %q", wordsOf(after))
			case tt.want != "" && (after.ID != before.ID+1 || wordsOf(after) != tt.want):
				t.Errorf("entry %d after %d: %q, want %q", after.ID, before.ID, wordsOf(after), tt.want)
			case strings.Contains(wordsOf(after), "hush"):
				t.Errorf("a secret stands in the log: %q", wordsOf(after))
			}
		})
	}
}

func newest(t *testing.T, db *store.DB) store.AuditEntry {
	t.Helper()
	all, _, err := db.Audit(t.Context(), store.AuditFilter{}, 1)
	if err != nil || len(all) == 0 {
		t.Fatalf("%v, %v", all, err)
	}
	return all[0]
}

func wordsOf(e store.AuditEntry) string {
	s := fmt.Sprintf("%s %s %s", e.Kind, e.By.Name, e.What)
	for _, c := range e.Changes {
		s += fmt.Sprintf(" [%s: %s, %s]", c.Field, c.Before, c.After)
	}
	return s
}

// The log is read by who, what and day, a page at a time.
func TestAuditFilters(t *testing.T) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	db, err := store.Open(filepath.Join(t.TempDir(), "lwc.db"), store.Options{Secret: storetest.Secret(), Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i := range 40 { // ten a day, by two people, of two kinds
		e := store.AuditEntry{By: store.Actor{ID: store.UserID(1 + i%2)}, Kind: store.AuditKinds[i%4/2], What: fmt.Sprint(i)}
		if err := db.Note(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if i%10 == 9 {
			at = at.Add(24 * time.Hour)
		}
	}
	day := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		f     store.AuditFilter
		limit int
		want  string
		more  bool
	}{
		{"the newest", store.AuditFilter{}, 3, "39 38 37", true},
		{"older ones", store.AuditFilter{Before: 4}, 5, "2 1 0", false},
		{"one person's", store.AuditFilter{Who: 2}, 3, "39 37 35", true},
		{"one person's older ones", store.AuditFilter{Who: 2, Before: 6}, 3, "3 1", false},
		{"one kind", store.AuditFilter{Kind: store.AuditSignIn}, 3, "37 36 33", true},
		{"one person's of a kind", store.AuditFilter{Who: 1, Kind: store.AuditUser}, 2, "38 34", true},
		{"a day", store.AuditFilter{From: day, To: day.AddDate(0, 0, 1)}, 20, "19 18 17 16 15 14 13 12 11 10", false},
		{"a day's older ones", store.AuditFilter{From: day, To: day.AddDate(0, 0, 1), Before: 13}, 20, "11 10", false},
		{"a day's newer ones", store.AuditFilter{From: day, To: day.AddDate(0, 0, 1), Before: 30}, 2, "19 18", true},
		{"one person's day", store.AuditFilter{Who: 1, From: day, To: day.AddDate(0, 0, 1)}, 20, "18 16 14 12 10", false},
		{"a day without any", store.AuditFilter{From: day.AddDate(1, 0, 0), To: day.AddDate(2, 0, 0)}, 20, "", false},
		{"a day before all", store.AuditFilter{To: day.AddDate(-1, 0, 0)}, 20, "", false},
		{"nobody's", store.AuditFilter{Who: 3}, 20, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all, more, err := db.Audit(t.Context(), tt.f, tt.limit)
			var got []string
			for _, e := range all {
				got = append(got, e.What)
			}
			if err != nil || strings.Join(got, " ") != tt.want || more != tt.more {
				t.Errorf("%v, more %t, %v; want %s, more %t", got, more, err, tt.want, tt.more)
			}
		})
	}
}
