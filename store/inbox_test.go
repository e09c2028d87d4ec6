package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// tell receives a webhook and returns its id.
func tell(t *testing.T, db *store.DB, topic, item string, at time.Time) store.DeliveryID {
	t.Helper()
	fresh, err := db.Receive(t.Context(), store.Delivery{Topic: topic, Account: "acc", Item: item, OccurredAt: at})
	if err != nil || !fresh {
		t.Fatalf("fresh %v, %v", fresh, err)
	}
	rows, _, err := db.Deliveries(t.Context(), "", 0, 1)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%+v, %v", rows, err)
	}
	return rows[0].ID
}

func pending(t *testing.T, db *store.DB) []store.Delivery {
	t.Helper()
	ds, err := db.PendingDeliveries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

// hooksOf returns the ids of the webhooks of a status, the newest first.
func hooksOf(t *testing.T, db *store.DB, status store.DeliveryStatus) []store.DeliveryID {
	t.Helper()
	rows, _, err := db.Deliveries(t.Context(), status, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	ids := []store.DeliveryID{}
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids
}

func check(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func TestAWebhookIsKeptOnce(t *testing.T) {
	db := storetest.Open(t)
	d := store.Delivery{Topic: "JOB_UPDATE", Account: "acc", Item: "job", OccurredAt: time.Unix(1e9, 0)}
	for i := range 3 {
		fresh, err := db.Receive(t.Context(), d)
		if err != nil || fresh != (i == 0) {
			t.Errorf("time %d: fresh = %v, %v", i, fresh, err)
		}
	}
	if ds := pending(t, db); len(ds) != 1 {
		t.Errorf("%+v", ds)
	}
	for name, other := range map[string]store.Delivery{
		"topic":   {Topic: "JOB_CLOSED", Account: "acc", Item: "job", OccurredAt: time.Unix(1e9, 0)},
		"account": {Topic: "JOB_UPDATE", Account: "acc2", Item: "job", OccurredAt: time.Unix(1e9, 0)},
		"item":    {Topic: "JOB_UPDATE", Account: "acc", Item: "job2", OccurredAt: time.Unix(1e9, 0)},
		"time":    {Topic: "JOB_UPDATE", Account: "acc", Item: "job", OccurredAt: time.Unix(1e9+1, 0)},
	} {
		if fresh, err := db.Receive(t.Context(), other); err != nil || !fresh {
			t.Errorf("another %s is taken for the same: %v, %v", name, fresh, err)
		}
	}
}

// One that fails is put off each time, and given up after ten tries; a person can have it tried anew.
func TestAWebhookIsGivenUp(t *testing.T) {
	db := storetest.Open(t)
	ctx, now := t.Context(), time.Now()
	old := tell(t, db, "JOB_UPDATE", "job", time.Unix(1e9, 0))
	ids := []store.DeliveryID{old}
	for i := range 10 {
		if ds := pending(t, db); len(ds) != len(ids) || ds[0].Tries != i {
			t.Fatalf("before failure %d: %+v", i+1, ds)
		}
		if i == 4 { // the record changes again: one more webhook, worked off with the first from now on
			ids = append(ids, tell(t, db, "JOB_UPDATE", "job", time.Unix(1e9+60, 0)))
		}
		check(t, "fail", db.DeliveryFailed(ctx, ids, now.Add(time.Hour), "Jobber is down"))
	}
	if s, err := db.WebhookStats(ctx, now.Add(-time.Hour)); err != nil || s.Pending != 0 || s.Parked != 2 || s.Today != 2 {
		t.Errorf("stats = %+v, %v", s, err)
	}
	if today, err := db.Today(ctx, now); err != nil || today.PendingWebhooks != 0 || today.ParkedWebhooks != 2 {
		t.Errorf("today: %d wait, %d given up, %v", today.PendingWebhooks, today.ParkedWebhooks, err)
	}
	for range 2 { // the second is a second tap
		check(t, "retry", db.RetryDelivery(ctx, old))
	}
	if ds := pending(t, db); len(ds) != 1 || ds[0].ID != old || ds[0].Tries != 0 || !ds[0].NextAt.IsZero() {
		t.Errorf("after the retry: %+v", ds)
	}
	if n, err := db.RetryDeliveries(ctx); err != nil || n != 1 || len(pending(t, db)) != 2 {
		t.Errorf("retried %d, %v; %+v wait", n, err, pending(t, db))
	}
	check(t, "done", db.DeliveryDone(ctx, ids, store.DeliveryOK, ""))
	if err := db.RetryDelivery(ctx, old); store.CodeOf(err) != store.Conflict {
		t.Errorf("retry of one that is done: %v", err)
	}
	if err := db.RetryDelivery(ctx, 99); store.CodeOf(err) != store.NotFound {
		t.Errorf("retry of none: %v", err)
	}
}

// What a given-up webhook told of is known once a later one of the record is worked off.
func TestALaterWebhookSettlesOneGivenUp(t *testing.T) {
	db := storetest.Open(t)
	ctx := t.Context()
	park := func(item string, sec int64) store.DeliveryID {
		id := tell(t, db, "JOB_UPDATE", item, time.Unix(sec, 0))
		for range 10 {
			check(t, "fail", db.DeliveryFailed(ctx, []store.DeliveryID{id}, time.Now(), "no"))
		}
		return id
	}
	park("job", 1e9)
	other := park("other", 1e9)
	later := tell(t, db, "JOB_CLOSED", "job", time.Unix(1e9+60, 0))
	check(t, "ignore", db.DeliveryDone(ctx, []store.DeliveryID{later}, store.DeliveryIgnored, "no"))
	if got := hooksOf(t, db, store.DeliveryParked); len(got) != 2 {
		t.Errorf("one that was ignored settled another: %v", got)
	}
	last := tell(t, db, "JOB_UPDATE", "job", time.Unix(1e9+90, 0))
	check(t, "done", db.DeliveryDone(ctx, []store.DeliveryID{last}, store.DeliveryOK, ""))
	if got := hooksOf(t, db, store.DeliveryParked); len(got) != 1 || got[0] != other {
		t.Errorf("given up: %v, want %v", got, other)
	}
}

// Two changes in one second look the same. The second must not be lost because the first was fetched already.
func TestATwinOfAWorkedOffWebhook(t *testing.T) {
	db := storetest.Open(t)
	d := store.Delivery{Topic: "JOB_UPDATE", Account: "acc", Item: "job", OccurredAt: time.Unix(1e9, 0)}
	if _, err := db.Receive(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	check(t, "done", db.DeliveryDone(t.Context(), []store.DeliveryID{pending(t, db)[0].ID}, store.DeliveryOK, ""))
	if fresh, err := db.Receive(t.Context(), d); err != nil || fresh || len(pending(t, db)) != 1 {
		t.Errorf("fresh %v, %v, pending %+v", fresh, err, pending(t, db))
	}
}

func TestWebhooksAreListed(t *testing.T) {
	db := storetest.Open(t)
	ctx := t.Context()
	_, err := db.ApplyJobs(ctx, store.FromSweep, []store.JobSnapshot{{Account: "acc", Remote: "job", Number: 12,
		Visits: []store.Visit{{Remote: "visit"}}}})
	check(t, "apply", err)
	a := tell(t, db, "JOB_UPDATE", "job", time.Unix(1e9, 0))
	b := tell(t, db, "VISIT_UPDATE", "visit", time.Unix(1e9, 0))
	c := tell(t, db, "VISIT_UPDATE", "another", time.Unix(1e9, 0))
	check(t, "ignore", db.DeliveryDone(ctx, []store.DeliveryID{b}, store.DeliveryIgnored, "Not of interest here."))
	rows, more, err := db.Deliveries(ctx, "", 0, 2)
	if err != nil || !more || len(rows) != 2 || rows[0].ID != c || rows[0].Job != 0 || rows[1].ID != b || rows[1].Number != 12 {
		t.Errorf("first page: %+v, %v, %v", rows, more, err)
	}
	rows, more, err = db.Deliveries(ctx, "", b, 2)
	if err != nil || more || len(rows) != 1 || rows[0].ID != a || rows[0].Number != 12 {
		t.Errorf("second page: %+v, %v, %v", rows, more, err)
	}
	for status, want := range map[store.DeliveryStatus]string{store.DeliveryPending: fmt.Sprint([]store.DeliveryID{c, a}),
		store.DeliveryIgnored: fmt.Sprint([]store.DeliveryID{b}), store.DeliveryOK: "[]"} {
		if got := fmt.Sprint(hooksOf(t, db, status)); got != want {
			t.Errorf("%s: %v, want %v", status, got, want)
		}
	}
}

// A visit leads to its job as long as the job has it.
func TestJobsOfVisits(t *testing.T) {
	db := storetest.Open(t)
	apply := func(visits ...store.Visit) {
		t.Helper()
		_, err := db.ApplyJobs(t.Context(), store.FromSweep, []store.JobSnapshot{
			{Account: "acc", Remote: "job", Number: 1, Visits: visits}, {Account: "acc", Remote: "other", Number: 2}})
		check(t, "apply", err)
	}
	for _, tt := range []struct {
		visits []store.Visit
		want   string
	}{
		{[]store.Visit{{Remote: "v1"}, {Remote: "v2"}}, "map[v1:job v2:job]"},
		{[]store.Visit{{Remote: "v2"}}, "map[v2:job]"},
		{nil, "map[]"},
	} {
		apply(tt.visits...)
		got, err := db.JobsOfVisits(t.Context(), "acc", []string{"v1", "v2", "v"})
		if err != nil || fmt.Sprint(got) != tt.want {
			t.Errorf("%v, %v; want %s", got, err, tt.want)
		}
	}
	apply(store.Visit{Remote: "v1"})
	if got, err := db.JobsOfVisits(t.Context(), "another", []string{"v1"}); err != nil || len(got) != 0 {
		t.Errorf("another account's: %v, %v", got, err)
	}
	check(t, "delete", db.JobDeleted(t.Context(), store.FromSweep, "acc", "job"))
}

// aged is a database whose clock the test moves.
func aged(t *testing.T, now *time.Time) *store.DB {
	t.Helper()
	db, err := store.Open(filepath.Join(t.TempDir(), "lwc.db"), store.Options{Secret: storetest.Secret(), Passes: 1, Now: func() time.Time { return *now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Check(context.Background()); err != nil {
			t.Error(err)
		}
		check(t, "close", db.Close())
	})
	return db
}

// Old webhooks are forgotten in small steps; what still waits never is, and inside the thirty days a
// webhook that is sent again is still known.
func TestOldWebhooksAreDropped(t *testing.T) {
	now := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
	db := aged(t, &now)
	ctx := t.Context()
	var done []store.DeliveryID
	for i := range 600 {
		done = append(done, tell(t, db, "JOB_UPDATE", fmt.Sprint(i), now))
	}
	check(t, "done", db.DeliveryDone(ctx, done, store.DeliveryOK, ""))
	waits, parked := tell(t, db, "JOB_UPDATE", "waits", now), tell(t, db, "JOB_UPDATE", "parked", now)
	for range 10 {
		check(t, "fail", db.DeliveryFailed(ctx, []store.DeliveryID{parked}, now, "no"))
	}
	again := store.Delivery{Topic: "JOB_UPDATE", Account: "acc", Item: "7", OccurredAt: now}
	for _, tt := range []struct {
		days        int
		more        []bool
		left, fresh int
	}{
		{29, []bool{false}, 602, 0},
		{31, []bool{true, false, false}, 1, 1},
	} {
		now = time.Date(2026, 1, 1+tt.days, 8, 0, 0, 0, time.UTC)
		for i, want := range tt.more {
			if more, err := db.DropDeliveries(ctx); err != nil || more != want {
				t.Errorf("day %d, step %d: more %v, %v", tt.days, i, more, err)
			}
		}
		if got := hooksOf(t, db, ""); len(got) != tt.left || got[len(got)-1] > waits {
			t.Errorf("day %d: %d are left: %v", tt.days, len(got), got)
		}
		if fresh, err := db.Receive(ctx, again); err != nil || fresh != (tt.fresh == 1) {
			t.Errorf("day %d: sent again: fresh %v, %v", tt.days, fresh, err)
		}
	}
}

// receiveMany receives n webhooks, many at a time, so that they share commits, and returns their ids in order.
func receiveMany(t *testing.T, db *store.DB, n int) []store.DeliveryID {
	t.Helper()
	var g errgroup.Group
	g.SetLimit(128)
	ids := make([]store.DeliveryID, n)
	for i := range n {
		ids[i] = store.DeliveryID(i + 1)
		g.Go(func() error {
			_, err := db.Receive(t.Context(), store.Delivery{Topic: "JOB_UPDATE", Account: "acc", Item: fmt.Sprint(i), OccurredAt: db.Now()})
			return err
		})
	}
	check(t, "receive", g.Wait())
	return ids
}

// Of webhooks that came within thirty days the newest 20,000 are kept.
func TestManyWebhooksAreDropped(t *testing.T) {
	now := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
	db := aged(t, &now)
	ids := receiveMany(t, db, 20_010)
	check(t, "done", db.DeliveryDone(t.Context(), ids[1:], store.DeliveryOK, ""))
	if more, err := db.DropDeliveries(t.Context()); err != nil || more {
		t.Errorf("more %v, %v", more, err)
	}
	rows, _, err := db.Deliveries(t.Context(), "", ids[12], 20)
	if err != nil || len(rows) != 3 || rows[0].ID != ids[11] || rows[1].ID != ids[10] || rows[2].ID != ids[0] {
		t.Errorf("%+v, %v; want the one that waits and the newest 20,000", rows, err)
	}
}

func TestHostileWebhooks(t *testing.T) {
	db := storetest.Open(t)
	odd := []store.Delivery{
		{}, {Topic: "a", Account: "b"}, {Topic: "a\x00b"}, {Topic: "a", Account: "\x00b"},
		{Topic: strings.Repeat("t", 60<<10)}, {Account: strings.Repeat("t", 60<<10)}, {Item: "x\x00"},
		{OccurredAt: time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC)}, {OccurredAt: time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -3600*5))},
		{OccurredAt: time.Date(2554, 7, 21, 23, 34, 33, 709551616-0x10000000, time.UTC)},
	}
	for i, d := range odd {
		for _, want := range []bool{true, false} {
			if fresh, err := db.Receive(t.Context(), d); err != nil || fresh != want {
				t.Errorf("%d: fresh %v, %v", i, fresh, err)
			}
		}
	}
}
