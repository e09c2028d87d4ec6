package alerts

import (
	"fmt"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// A shop is a warehouse on a Monday in November, and Ana who works there.
type shop struct {
	t   *testing.T
	db  *store.DB
	ana store.Actor
	n   int
}

func newShop(t *testing.T) *shop {
	t.Helper()
	morning := time.Date(2026, 11, 23, 15, 38, 0, 0, time.UTC)
	time.Sleep(time.Until(morning)) // in a bubble: the clock jumps there
	db := storetest.Open(t)
	return &shop{t: t, db: db, ana: storetest.User(t, db, "Ana", store.Warehouse).Actor()}
}

// item adds an item with its first stock. Quantities are in thousandths.
func (s *shop) item(sku, name, unit string, onHand, minimum store.Qty) store.Item {
	s.t.Helper()
	it, err := s.db.CreateItem(s.t.Context(), s.ana, store.ItemDraft{SKU: sku, Name: name, Unit: unit, Minimum: minimum})
	if err != nil {
		s.t.Fatal(err)
	}
	s.book(store.Entry{Item: it.ID, Kind: store.Receive, Qty: onHand})
	return it
}

// book books an entry as Ana, a minute after the one before.
func (s *shop) book(e store.Entry) store.Movement {
	s.t.Helper()
	s.n++
	r, err := s.db.Book(s.t.Context(), store.Act{RequestID: fmt.Sprint("book ", s.n), By: s.ana, Confirmed: true,
		Entries: []store.Entry{e}})
	if err != nil {
		s.t.Fatal(err)
	}
	time.Sleep(minute)
	return r.Movements[0]
}

// mail judges what happened, lets the windows pass, and writes the mail that comes of it.
func (s *shop) mail(base string) Message {
	s.t.Helper()
	service := service(s.t, s.db, nil)
	service.BaseURL, service.Location = base, time.FixedZone("CST", -6*60*60)
	stop := running(s.t, service)
	after(10 * minute)
	stop()
	due, _, err := s.db.QueuedMails(s.t.Context(), store.ChannelMail, s.db.Now(), 10)
	if err != nil || len(due) != 1 {
		s.t.Fatalf("%d mails, error %v", len(due), err)
	}
	to, err := s.db.User(s.t.Context(), due[0].To)
	if err != nil {
		s.t.Fatal(err)
	}
	m, err := service.message(s.t.Context(), due[0], to)
	if err != nil {
		s.t.Fatal(err)
	}
	time.Sleep(3 * hour)
	if again, err := service.message(s.t.Context(), due[0], to); err != nil || again != m {
		s.t.Errorf("a later try says something else: %+v, error %v", again, err)
	}
	return m
}
