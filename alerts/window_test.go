package alerts

import (
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestRestartsKeepTheDueTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		stop := running(t, service(t, d.db, d.post))
		take(t, d.db, d.a, 3)
		after(3 * minute)
		stop()
		after(3 * minute)
		take(t, d.db, d.b, 12) // nobody looks
		after(minute)
		stop = running(t, service(t, d.db, d.post))
		after(minute - time.Second)
		if got := d.diary(d.dana); got != "" {
			t.Errorf("told %q before the earlier of both was due", got)
		}
		after(time.Second) // two minutes after the second
		if got := d.diary(d.dana); got != "out B low A" {
			t.Errorf("told %q", got)
		}
		stop()
	})
}

func TestAnUndoWhileNobodyLooksCancels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		stop := running(t, service(t, d.db, d.post))
		m := take(t, d.db, d.a, 3)
		after(3 * minute)
		stop()
		d.undo(m)
		after(hour)
		stop = running(t, service(t, d.db, d.post))
		after(hour)
		if got := d.diary(d.dana); got != "" {
			t.Errorf("told %q", got)
		}
		stop()
	})
}

// A place with a minimum of its own is judged beside the total, and named.
func TestPlacesAreJudged(t *testing.T) {
	for _, tt := range []struct {
		name string
		act  func(d day, truck store.Place, move func(qty int64, from, to store.PlaceID))
		want string
	}{
		{"a truck below its minimum, the total being right", func(d day, truck store.Place, move func(int64, store.PlaceID, store.PlaceID)) {
			move(3, truck.ID, storetest.Home)
		}, "low A@Truck 1"},
		{"back on the truck in the window: none", func(d day, truck store.Place, move func(int64, store.PlaceID, store.PlaceID)) {
			move(3, truck.ID, storetest.Home)
			after(minute)
			move(3, storetest.Home, truck.ID)
		}, ""},
		{"nothing left on the truck", func(d day, truck store.Place, move func(int64, store.PlaceID, store.PlaceID)) {
			move(5, truck.ID, storetest.Home)
		}, "out A@Truck 1"},
		{"truck and total", func(d day, truck store.Place, _ func(int64, store.PlaceID, store.PlaceID)) {
			storetest.Book(d.t, d.db, store.Entry{Item: d.a.ID, Kind: store.ScrapKind, Qty: 3000, From: truck.ID})
		}, "low A@Truck 1 low A"},
		{"elsewhere: none", func(d day, truck store.Place, _ func(int64, store.PlaceID, store.PlaceID)) {
			take(d.t, d.db, d.a, 2)
		}, ""},
		{"raising the truck's minimum: digest only", func(d day, truck store.Place, _ func(int64, store.PlaceID, store.PlaceID)) {
			d.par(truck, 9)
			after(hour)
			if got := d.diary(d.dana); got != "" {
				d.t.Errorf("told %q at once", got)
			}
			until(4, 9, 0)
		}, "digest: low A@Truck 1"},
		{"forgetting the truck's minimum in the window: none", func(d day, truck store.Place, move func(int64, store.PlaceID, store.PlaceID)) {
			move(3, truck.ID, storetest.Home)
			d.par(truck, 0)
		}, ""},
		{"archiving the item in the window: none", func(d day, truck store.Place, move func(int64, store.PlaceID, store.PlaceID)) {
			move(3, truck.ID, storetest.Home)
			if _, err := d.db.ArchiveItem(d.t.Context(), storetest.Staff, d.a.ID, true); err != nil {
				d.t.Fatal(err)
			}
		}, ""},
		{"archiving the place in the window: none", func(d day, truck store.Place, move func(int64, store.PlaceID, store.PlaceID)) {
			move(5, truck.ID, storetest.Home)
			if _, err := d.db.ArchivePlace(d.t.Context(), storetest.Staff, truck.ID, true); err != nil {
				d.t.Fatal(err)
			}
			until(4, 9, 0)
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDay(t)
				until(3, 9, 0)
				truck, err := d.db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: "Truck 1", Kind: store.KindTruck})
				if err != nil {
					t.Fatal(err)
				}
				move := func(qty int64, from, to store.PlaceID) {
					storetest.Book(t, d.db, store.Entry{Item: d.a.ID, Kind: store.Transfer, Qty: store.Qty(qty * 1000), From: from, To: to})
				}
				move(5, storetest.Home, truck.ID)
				d.par(truck, 4)
				s := service(t, d.db, d.post)
				s.Digest = seven
				stop := running(t, s)
				tt.act(d, truck, move)
				after(hour)
				if got := d.diary(d.dana); got != tt.want {
					t.Errorf("told %q, want %q", got, tt.want)
				}
				stop()
			})
		})
	}
}

// par gives item a a minimum at a place.
func (d day) par(p store.Place, minimum int64) {
	d.t.Helper()
	par := store.PlacePar{Item: d.a.ID, Place: p.ID, Minimum: store.Qty(minimum * 1000)}
	if err := d.db.SetPlacePar(d.t.Context(), storetest.Staff, par); err != nil {
		d.t.Fatal(err)
	}
}

// What a copy that is put back says is of the past: no crossing of it is told, and no digest before the next hour for one.
func TestRestoreTellsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		until(3, 9, 0)
		s := service(t, d.db, d.post)
		s.Digest = seven
		stop := running(t, s)
		take(t, d.db, d.a, 3)
		after(5 * minute)
		stop()
		until(4, 9, 0)
		if err := d.db.DropWaitingMails(t.Context()); err != nil {
			t.Fatal(err)
		}
		stop = running(t, s)
		after(10 * hour)
		if got := d.diary(d.dana); got != "" {
			t.Errorf("told %q", got)
		}
		take(t, d.db, d.a, 9)
		until(5, 9, 0)
		if got, want := d.diary(d.dana), "out A; digest: out A"; got != want {
			t.Errorf("and later %q, want %q", got, want)
		}
		stop()
	})
}
