package alerts

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// A received is one request that a receiver got.
type received struct {
	header http.Header
	body   []byte
}

// A receiver is a real server that takes what is posted to it and answers as it is told.
type receiver struct {
	*httptest.Server

	mu      sync.Mutex
	answers []func(http.ResponseWriter) // one a request; then 200
	got     []received
}

func newReceiver(t *testing.T, secure bool) *receiver {
	r := &receiver{}
	handle := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		r.got = append(r.got, received{req.Header, body})
		var answer func(http.ResponseWriter)
		if len(r.answers) > 0 {
			answer, r.answers = r.answers[0], r.answers[1:]
		}
		r.mu.Unlock()
		if answer != nil {
			answer(w)
		}
	})
	if secure {
		r.Server = httptest.NewTLSServer(handle)
	} else {
		r.Server = httptest.NewServer(handle)
	}
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) requests() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// reach reaches the receiver, and this machine because tests may.
func (r *receiver) reach() Reach {
	own := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	if r.Certificate() == nil {
		return Reach{Own: own}
	}
	roots := x509.NewCertPool()
	roots.AddCert(r.Certificate())
	return Reach{Own: own, TLS: &tls.Config{RootCAs: roots}}
}

func status(code int, text string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(code)
		fmt.Fprint(w, text)
	}
}

// A hooked is a store whose webhook leads to a receiver, under a clock that the test turns.
type hooked struct {
	*Service
	t      *testing.T
	to     *receiver
	secret string
	item   store.Item
	now    *time.Time
}

func newHooked(t *testing.T) hooked {
	now := time.Date(2026, 11, 23, 9, 41, 0, 0, time.UTC)
	db, err := store.Open(filepath.Join(t.TempDir(), "lwc.db"), store.Options{Secret: storetest.Secret(), Passes: 1, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	to := newReceiver(t, true)
	s := service(t, db, nil)
	s.Reach = to.reach()
	h := hooked{Service: s, t: t, to: to, now: &now}
	if h.secret, err = db.SaveHook(t.Context(), storetest.Staff, to.URL+"/in?token=hush", true); err != nil || h.secret == "" {
		t.Fatal(err)
	}
	h.item = storetest.Item(t, db, "A", 12, 10)
	return h
}

// post posts that the item ran low, by an act of Ana's.
func (h hooked) post() {
	h.t.Helper()
	m := take(h.t, h.Store, h.item, 3)
	c := store.Crossing{Item: h.item.ID, Place: storetest.Home, Severity: store.Low, Event: 7, At: *h.now, Available: 9500, OnHand: 9500,
		Minimum: 10000, By: "Ana", Movement: m.ID}
	if err := h.Store.FinishAlerts(h.t.Context(), store.AlertStep{News: []store.News{{Crossing: &c}}}); err != nil {
		h.t.Fatal(err)
	}
}

// deliver lets what is due leave, and says when the next is.
func (h hooked) deliver() time.Time {
	h.t.Helper()
	next, err := h.hookOutlet().deliver(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return next
}

// became is what became of the messages, the oldest first.
func (h hooked) became() string {
	h.t.Helper()
	mails, err := h.Store.HookMails(h.t.Context(), 10)
	if err != nil {
		h.t.Fatal(err)
	}
	var all []string
	for _, m := range slices.Backward(mails) {
		all = append(all, strings.TrimSpace(string(m.State)+" "+m.Problem))
	}
	return strings.Join(all, "; ")
}

func TestHookSaysWhatIsLow(t *testing.T) {
	h := newHooked(t)
	h.post()
	h.deliver()
	got := h.to.requests()
	if len(got) != 1 || h.became() != "sent" {
		t.Fatalf("%d requests; %s", len(got), h.became())
	}
	mac := hmac.New(sha256.New, []byte(h.secret))
	mac.Write(got[0].body)
	if sum := base64.StdEncoding.EncodeToString(mac.Sum(nil)); got[0].header.Get("X-LWC-Hmac-SHA256") != sum {
		t.Errorf("signed %q, want %q", got[0].header.Get("X-LWC-Hmac-SHA256"), sum)
	}
	var b struct {
		ID, Type, URL string
		Items         []map[string]any
	}
	if err := json.Unmarshal(got[0].body, &b); err != nil {
		t.Fatal(err)
	}
	if b.ID == "" || b.ID != got[0].header.Get("X-LWC-Delivery") || b.Type != "stock" || len(b.Items) != 1 || got[0].header.Get("Content-Type") != "application/json" {
		t.Fatalf("%s with %v", got[0].body, got[0].header)
	}
	for field, want := range map[string]any{"state": "low", "sku": "A", "name": "Item A", "unit": "ea", "place": "Warehouse", "available": 9.5,
		"minimum": 10.0, "by": "Ana", "cause": "Ana scrapped 3 ea at 9:41", "event": 7.0, "url": "https://stock.lwc.example/items/1"} {
		if b.Items[0][field] != want {
			t.Errorf("%s is %v, want %v", field, b.Items[0][field], want)
		}
	}
}

// A delivery keeps its id and its body over all tries, and each answer decides whether there is another.
func TestHookAnswers(t *testing.T) {
	hang := func(w http.ResponseWriter) { panic(http.ErrAbortHandler) }
	for _, tt := range []struct {
		name   string
		answer func(http.ResponseWriter)
		wait   time.Duration // until the next try; 0: there is none
		became string
	}{
		{"200", status(200, "ok"), 0, "sent"},
		{"204", status(204, ""), 0, "sent"},
		{"400", status(400, "no such field\n<b>"), 0, "refused send to the webhook: 400 Bad Request: no such field <b>"},
		{"404", status(404, ""), 0, "refused send to the webhook: 404 Not Found"},
		{"410", status(410, "gone"), 0, "refused send to the webhook: 410 Gone: gone"},
		{"a redirect", func(w http.ResponseWriter) { w.Header().Set("Location", "http://169.254.169.254/"); w.WriteHeader(302) }, 0, "refused send to the webhook: 302 Found"},
		{"429", func(w http.ResponseWriter) { w.Header().Set("Retry-After", "3600"); w.WriteHeader(429) }, time.Hour, "queued send to the webhook: 429 Too Many Requests"},
		{"429 for ever", func(w http.ResponseWriter) { w.Header().Set("Retry-After", "99999999"); w.WriteHeader(429) }, 24 * time.Hour, "queued send to the webhook: 429 Too Many Requests"},
		{"500", status(500, "oops"), 15 * time.Second, "queued send to the webhook: 500 Internal Server Error: oops"},
		{"503", status(503, ""), 15 * time.Second, "queued send to the webhook: 503 Service Unavailable"},
		{"hangs up", hang, 15 * time.Second, "queued send to the webhook: the server closed the connection"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHooked(t)
			h.to.answers = []func(http.ResponseWriter){tt.answer}
			h.post()
			next := h.deliver()
			if got := h.became(); got != tt.became {
				t.Errorf("it became %q, want %q", got, tt.became)
			}
			if tt.wait == 0 {
				if !next.IsZero() || len(h.to.requests()) != 1 {
					t.Errorf("there will be another try at %v", next)
				}
				return
			}
			if wait := next.Sub(*h.now); wait != tt.wait {
				t.Errorf("the next try is in %v, want %v", wait, tt.wait)
			}
			h.deliver()
			*h.now = next
			h.deliver()
			got := h.to.requests()
			if len(got) != 2 || string(got[0].body) != string(got[1].body) || got[0].header.Get(hookDelivery) != got[1].header.Get(hookDelivery) {
				t.Errorf("the tries differ: %+v", got)
			}
			if h.became() == tt.became {
				t.Errorf("after the second try it is %q", h.became())
			}
		})
	}
}

// A receiver that is away puts all off, and is asked once.
func TestHookReceiverIsAway(t *testing.T) {
	h := newHooked(t)
	h.to.answers = []func(http.ResponseWriter){status(503, "")}
	h.post()
	h.post()
	h.deliver()
	if n := len(h.to.requests()); n != 1 {
		t.Errorf("%d requests while it is away", n)
	}
	h.post()
	*h.now = h.now.Add(time.Minute)
	h.deliver()
	if got := h.became(); got != "sent send to the webhook: 503 Service Unavailable; sent send to the webhook: 503 Service Unavailable; sent" {
		t.Error(got)
	}
}

// Off is off, also for what waits; and a secret that was made anew signs what waits.
func TestHookIsTurnedOff(t *testing.T) {
	h := newHooked(t)
	h.post()
	if secret, err := h.Store.SaveHook(t.Context(), storetest.Staff, h.to.URL, false); err != nil || secret != "" {
		t.Fatalf("the secret is shown again: %q, %v", secret, err)
	}
	h.deliver()
	h.post()
	h.deliver()
	if n := len(h.to.requests()); n != 0 || h.became() != "cancelled The webhook is off." {
		t.Errorf("%d requests; %s", n, h.became())
	}
	if err := h.TestHook(t.Context()); err != nil || len(h.to.requests()) != 1 || !strings.HasPrefix(h.became(), "cancelled The webhook is off.; sent") {
		t.Errorf("a test while it is off: %v, %s", err, h.became())
	}
}

// Where an address leads is judged when it is dialled; what is told of it names no address.
func TestHookReachesNothingInside(t *testing.T) {
	plain, secure := newReceiver(t, false), newReceiver(t, true)
	for _, tt := range []struct {
		name, url, says string
		own             []netip.Prefix
	}{
		{"this machine", secure.URL, errInside.Error(), nil},
		{"this machine by name", "https://localhost:1/x?token=hush", errInside.Error(), nil},
		{"the cloud's", "https://169.254.169.254/latest", errInside.Error(), nil},
		{"the office's network", "https://192.168.1.20/x", errInside.Error(), nil},
		{"the same in IPv6", "https://[fd00::1]/x", errInside.Error(), nil},
		{"mapped", "https://[::ffff:10.0.0.1]/x", errInside.Error(), nil},
		{"without TLS", "http://93.184.216.34/x", errOpen.Error(), nil},
		{"without TLS in another network", plain.URL, errOpen.Error(), []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}},
		{"without TLS in ours", plain.URL, "", []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, tt.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := Reach{Own: tt.own}.client().Do(req)
			says := ""
			if failure := posted("send", resp, err); failure != nil {
				says = strings.TrimPrefix(failure.Error(), "send: ")
			}
			if says != tt.says {
				t.Errorf("it says %q, want %q", says, tt.says)
			}
		})
	}
	if n := len(secure.requests()); n != 0 {
		t.Errorf("%d requests came through", n)
	}
}

// A receiver that hangs is given up in time, and may have taken it: the next try has the same id.
func TestHookReceiverHangs(t *testing.T) {
	h := newHooked(t)
	release := make(chan struct{})
	h.to.answers = []func(http.ResponseWriter){func(http.ResponseWriter) { <-release }}
	t.Cleanup(func() { close(release) })
	h.web().Timeout = 200 * time.Millisecond
	h.post()
	if next := h.deliver(); next.Sub(*h.now) != 15*time.Second || h.became() != "queued send to the webhook: the server did not answer in time" {
		t.Errorf("next at %v; %s", next, h.became())
	}
	mails, err := h.Store.HookMails(t.Context(), 1)
	if err != nil || !mails[0].Doubtful {
		t.Errorf("%+v, %v", mails, err)
	}
}
