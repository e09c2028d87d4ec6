package alerts

import (
	"context"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"lwc-inventory/alerts/mailbox"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// From a shelf to a mailbox, by real SMTP and real time.
func TestFromShelfToMailbox(t *testing.T) {
	box := mailbox.New(slog.New(slog.NewTextHandler(t.Output(), nil)))
	addr, err := box.Listen()
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	db := storetest.Open(t)
	s := service(t, db, SMTP{Server: host, Port: n, From: "LWC Inventory <stock@lwc.example>"})
	s.Window, s.OutWindow = 0, 0
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()

	it := storetest.Item(t, db, "NM-12-2", 12, 10)
	ana := storetest.User(t, db, "Ana", store.Warehouse)
	if _, err := db.Book(ctx, store.Act{RequestID: "take", By: ana.Actor(), Confirmed: true,
		Entries: []store.Entry{{Item: it.ID, Kind: store.Issue, Qty: 3000}}}); err != nil {
		t.Fatal(err)
	}
	for {
		changed := db.Changed()
		if !stats(t, db).LastSent.IsZero() {
			break
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("no mail: %+v", stats(t, db))
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	mails := box.Mails()
	if len(mails) != 1 {
		t.Fatalf("%d mails", len(mails))
	}
	m := mails[0]
	if m.To != "Ana@example.com" || m.From != "stock@lwc.example" || m.Subject != "1 low: Item NM-12-2" {
		t.Errorf("to %q, from %q, subject %q", m.To, m.From, m.Subject)
	}
	for _, want := range []string{"9 ea available", "Minimum 10", "Ana took 3 ea"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("the text lacks %q:\n%s", want, m.Text)
		}
	}
	for _, want := range []string{">9</span>", "ea available", "Ana took 3 ea", `href="https://stock.lwc.example/items/` + it.ID.String() + `"`} {
		if !strings.Contains(m.HTML, want) {
			t.Errorf("the HTML lacks %q:\n%s", want, m.HTML)
		}
	}
}
