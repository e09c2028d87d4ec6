package jobber_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	gql "github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"lwc-inventory/jobber"
	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
)

// TestEachFieldCanVanish takes each field of each query away, by Jobber's own type of it: what is left is a valid
// query without it, or the field is vital.
func TestEachFieldCanVanish(t *testing.T) {
	sdl, err := os.ReadFile("jobbertest/schema.graphql")
	if err != nil {
		t.Fatal(err)
	}
	schema := gqlparser.MustLoadSchema(&gql.Source{Input: string(sdl)})
	tried := 0
	for _, text := range jobber.Operations {
		doc, errs := gqlparser.LoadQueryWithRules(schema, text, rules.NewDefaultRules())
		if len(errs) > 0 {
			t.Fatalf("%s: %v", operationName(text), errs)
		}
		var walk func(gql.SelectionSet)
		walk = func(set gql.SelectionSet) {
			for _, sel := range set {
				switch sel := sel.(type) {
				case *gql.InlineFragment:
					walk(sel.SelectionSet)
				case *gql.Field:
					walk(sel.SelectionSet)
					name := sel.ObjectDefinition.Name + "." + sel.Name
					if jobber.IsVital(name) {
						continue
					}
					tried++
					left, cut := jobber.Without(text, name)
					if len(cut) == 0 {
						t.Errorf("%s: %s is not found", operationName(text), name)
					} else if _, errs := gqlparser.LoadQueryWithRules(schema, left, rules.NewDefaultRules()); len(errs) > 0 && strings.Contains(left, "{") {
						t.Errorf("%s without %s: %v\n%s", operationName(text), name, errs, left)
					}
				}
			}
		}
		walk(doc.Operations[0].SelectionSet)
	}
	if tried < 40 {
		t.Errorf("only %d fields were tried", tried)
	}
}

// TestFieldsVanish has Jobber take fields out of the version that it serves: the sync goes on without them, the
// owner can read which, and once they are back they are read again.
func TestFieldsVanish(t *testing.T) {
	for name, gone := range map[string][]string{
		"a leaf": {"Job.instructions"}, "a list below": {"Visit.assignedUsers"}, "a record": {"Job.client"},
		"two at once": {"PropertyAddress.street2", "JobLineItem.description"},
	} {
		t.Run(name, func(t *testing.T) {
			clock := newClock()
			r := newRig(t, setup{data: many(20), clock: clock})
			r.connect()
			r.far.Behave(func(b *jobbertest.Behaviour) { b.API.Gone = gone })
			r.run()
			st := r.synced(time.Time{})
			if st.State != store.SyncOK || st.Changed != 20 || r.asked(1)["Odd bracket"] != "1.5" {
				t.Fatalf("without %v: %+v", gone, st)
			}
			api, err := r.db.APIStatus(t.Context())
			if err != nil || len(api.Missing) != len(gone) || api.Missing[0].Name != gone[0] {
				t.Fatalf("the owner reads %+v, %v", api, err)
			}
			if n := strings.Count(r.log.all(), "jobber has a field no more"); n != len(gone) {
				t.Errorf("%d lines in the log for %v", n, gone)
			}
			r.far.Behave(func(b *jobbertest.Behaviour) { b.API.Gone = nil })
			clock.add(25 * time.Hour)
			if err := r.far.SetLineQuantity(jobbertest.ID("Job", 1), jobbertest.ID("JobLineItem", 10), 9); err != nil {
				t.Fatal(err)
			}
			r.svc.SyncNow()
			if st := r.synced(st.FinishedAt); st.State != store.SyncOK {
				t.Fatalf("a day later: %+v", st)
			}
			if api, err := r.db.APIStatus(t.Context()); err != nil || len(api.Missing) != 0 {
				t.Errorf("they are back, and the owner reads %+v, %v", api, err)
			}
		})
	}
}

// TestVitalFieldVanishes ends the sync with a sentence: a job must not be misread.
func TestVitalFieldVanishes(t *testing.T) {
	r := newRig(t, setup{})
	r.connect()
	r.far.Behave(func(b *jobbertest.Behaviour) { b.API.Gone = []string{"JobLineItem.quantity"} })
	r.run()
	st := r.synced(time.Time{})
	if st.State != store.SyncFailing || !strings.Contains(st.Problem, "JobLineItem.quantity") || !strings.Contains(st.Problem, "newer version") {
		t.Errorf("sync: %+v", st)
	}
}

// TestVersionIsKept has Jobber serve another version than asked for, and warn: the owner can read it, after a start too.
func TestVersionIsKept(t *testing.T) {
	clock := newClock()
	r := newRig(t, setup{clock: clock})
	r.connect()
	at := clock.now()
	want := store.APIStatus{Asked: "2025-04-16", Served: "2025-04-16", Since: at}
	check := func() {
		t.Helper()
		if err := r.svc.Ask(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := r.db.APIStatus(t.Context())
		if err != nil || got.Asked != want.Asked || got.Served != want.Served || !got.Since.Equal(want.Since) || !strings.HasPrefix(got.Warning, want.Warning) {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	check()
	clock.add(time.Minute)
	r.far.Behave(func(b *jobbertest.Behaviour) {
		b.API.Version = jobbertest.Versions{Served: "2022-09-01", Support: jobbertest.SupportEnded}
	})
	want = store.APIStatus{Asked: "2025-04-16", Served: "2022-09-01", Since: clock.now(), Warning: "API Version 2022-09-01 is no longer supported"}
	check()
	if got, err := r.db.APIStatus(t.Context()); err != nil || !strings.HasSuffix(got.Warning, "using_jobbers_api/api_versioning") {
		t.Errorf("the warning is cut off: %q, %v", got.Warning, err)
	}
	clock.add(time.Minute)
	r.svc = jobber.New(r.cfg) // another process
	check()
	if n := strings.Count(r.log.all(), "jobber api version"); n != 2 {
		t.Errorf("%d lines in the log for two versions", n)
	}
}
