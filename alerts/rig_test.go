package alerts

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// A postman is a Sender that fails the first n times and keeps the rest.
type postman struct {
	n       int
	failure error
	during  func() // runs while a mail is under way

	mu    sync.Mutex
	calls int
	sent  []Message
}

func (p *postman) Send(ctx context.Context, m Message) error {
	if p.during != nil {
		p.during()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls++
	if err := ctx.Err(); err != nil {
		return err
	}
	if p.n > 0 {
		p.n--
		return p.failure
	}
	p.sent = append(p.sent, m)
	return nil
}

// fail makes p fail n times from now on, for a reason.
func (p *postman) fail(n int, why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n, p.failure = n, why
}

// tries counts the mails that came, sent or not.
func (p *postman) tries() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls
}

// mails returns what was sent, in turn.
func (p *postman) mails() []Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sent)
}

// to lists who got a mail, in turn.
func (p *postman) to() string {
	var all []string
	for _, m := range p.mails() {
		all = append(all, m.To)
	}
	return strings.Join(all, " ")
}

// subjects lists what was sent, in turn.
func (p *postman) subjects() string {
	var all []string
	for _, m := range p.mails() {
		all = append(all, m.Subject)
	}
	return strings.Join(all, "; ")
}

// service returns a Service with the default windows. A nil sender is mail that is not configured.
func service(t *testing.T, db *store.DB, send Sender) *Service {
	return &Service{Store: db, Send: send, BaseURL: "https://stock.lwc.example/", Location: time.UTC,
		Window: 10 * time.Minute, OutWindow: 2 * time.Minute, Recross: 24 * time.Hour, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
}

// running runs s. The function it returns stops it and waits for it.
func running(t *testing.T, s *Service) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	synctest.Wait()
	return func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

// take takes qty units of an item off the shelf, for nobody in particular.
func take(t *testing.T, db *store.DB, it store.Item, qty int) store.Movement {
	t.Helper()
	return storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.ScrapKind, Qty: store.Qty(qty * 1000)})
}

func put(t *testing.T, db *store.DB, it store.Item, qty int) {
	t.Helper()
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: store.Qty(qty * 1000)})
}

// after lets time pass, and everything happen that is due by then.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func changeUser(t *testing.T, db *store.DB, u store.User, change func(*store.UserDraft)) {
	t.Helper()
	d := store.UserDraft{Username: u.Username, Email: u.Email, Role: u.Role, ReceiveAlerts: u.ReceiveAlerts, Active: u.Active}
	change(&d)
	if _, err := db.UpdateUser(t.Context(), storetest.Staff, u.ID, u.Version, d); err != nil {
		t.Fatal(err)
	}
}

func stats(t *testing.T, db *store.DB) store.MailStats {
	t.Helper()
	s, err := db.MailStats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A day is what happens at one warehouse with the items a and b, 12 of each and a minimum of 10,
// and the user dana who wants to know.
type day struct {
	t    *testing.T
	db   *store.DB
	post *postman
	a, b store.Item
	dana store.User
}

func newDay(t *testing.T) day {
	t.Helper()
	db := storetest.Open(t) // in the bubble, so that its channels keep the bubble's time
	return day{t: t, db: db, post: &postman{}, a: storetest.Item(t, db, "A", 12, 10), b: storetest.Item(t, db, "B", 12, 10),
		dana: storetest.User(t, db, "dana", store.GM)}
}
