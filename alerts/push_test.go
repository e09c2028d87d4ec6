package alerts

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// A handset is a device that can read what a push service has for it.
type handset struct {
	key  *ecdh.PrivateKey
	auth []byte
}

func newHandset(t *testing.T) handset {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	auth := make([]byte, 16)
	rand.Read(auth)
	return handset{key, auth}
}

// read decrypts a message as RFC 8291 and RFC 8188 say.
func (h handset) read(t *testing.T, body []byte) (b pushBody) {
	t.Helper()
	if len(body) > 4096 || len(body) < 86 {
		t.Fatalf("%d bytes", len(body))
	}
	salt, sender, sealed := body[:16], body[21:21+int(body[20])], body[21+int(body[20]):]
	their, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		t.Fatal(err)
	}
	shared, err := h.key.ECDH(their)
	if err != nil {
		t.Fatal(err)
	}
	derive := func(secret, salt []byte, info string, n int) []byte {
		out, err := hkdf.Key(sha256.New, secret, salt, info, n)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	ikm := derive(shared, h.auth, "WebPush: info\x00"+string(h.key.PublicKey().Bytes())+string(sender), 32)
	block, err := aes.NewCipher(derive(ikm, salt, "Content-Encoding: aes128gcm\x00", 16))
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := gcm.Open(nil, derive(ikm, salt, "Content-Encoding: nonce\x00", 12), sealed, nil)
	if err != nil {
		t.Fatalf("it cannot be decrypted: %v", err)
	}
	text := strings.TrimRight(string(plain), "\x00")
	if err := json.Unmarshal([]byte(strings.TrimSuffix(text, "\x02")), &b); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return b
}

// A pushing is a hooked store with dana, who wants messages on her handset.
type pushing struct {
	hooked
	dana store.User
	set  handset
}

func newPushing(t *testing.T) pushing {
	p := pushing{hooked: newHooked(t), set: newHandset(t)}
	p.dana = storetest.User(t, p.Store, "dana", store.Warehouse)
	raw := base64.RawURLEncoding
	_, err := p.Store.AddPush(t.Context(), store.Push{User: p.dana.ID, Endpoint: p.to.URL + "/wp/hush",
		P256dh: raw.EncodeToString(p.set.key.PublicKey().Bytes()), Auth: raw.EncodeToString(p.set.auth)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// tell lets the judge tell of a crossing.
func (p pushing) tell(s store.Severity) {
	p.t.Helper()
	people, err := p.Store.Users(p.t.Context())
	devices, err2 := p.Store.Pushes(p.t.Context(), 0)
	if err != nil || err2 != nil {
		p.t.Fatal(err, err2)
	}
	c := store.Crossing{Item: p.item.ID, Severity: s, Event: 7, At: *p.now, Due: *p.now, Available: 9000, Minimum: 10000, By: "Ana"}
	st := state{episodes: map[store.Scope]store.Episode{c.Scope(): {Item: p.item.ID, Severity: s, Crossing: &c}}, people: people, devices: devices}
	after, mails := judge(st, nil, *p.now, p.rules())
	if err := p.Store.FinishAlerts(p.t.Context(), store.AlertStep{Mails: mails}); err != nil || len(after.news) != 1 {
		p.t.Fatal(err)
	}
}

func (p pushing) push() time.Time {
	p.t.Helper()
	next, err := p.pushOutlet().deliver(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return next
}

// last is what became of the newest message to a device.
func (p pushing) last() string {
	p.t.Helper()
	rows, _, err := p.Store.Mails(p.t.Context(), "", 0, 20)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, r := range rows {
		if r.Channel == store.ChannelPush {
			return strings.TrimSpace(string(r.State) + " " + r.Problem)
		}
	}
	return "none"
}

func TestPushIsForTheDeviceAlone(t *testing.T) {
	p := newPushing(t)
	changeUser(t, p.Store, p.dana, func(u *store.UserDraft) { u.Email = "" }) // it takes no address
	p.tell(store.Low)
	p.push()
	got := p.to.requests()
	if len(got) != 1 || p.last() != "sent" {
		t.Fatalf("%d requests; %s", len(got), p.last())
	}
	if strings.Contains(string(got[0].body), "Item A") {
		t.Error("the push service can read it")
	}
	if b := p.set.read(t, got[0].body); b.Title != "1 low" || b.Body != "Item A: 9 of 10 ea" || b.URL != "/items/"+p.item.ID.String() {
		t.Errorf("the device shows %+v", b)
	}
	key, err := p.Store.PushKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h := got[0].header
	if !strings.HasPrefix(h.Get("Authorization"), "vapid t=") || !strings.Contains(h.Get("Authorization"), "k="+key.Public) ||
		h.Get("Content-Encoding") != "aes128gcm" || h.Get("TTL") != "86400" {
		t.Errorf("headers %v", h)
	}
	if again, err := p.Store.PushKey(t.Context()); err != nil || again != key {
		t.Errorf("the key is made twice: %v", err)
	}
}

func TestPushAnswers(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer func(http.ResponseWriter)
		wait   time.Duration
		became string
		stays  bool // the device is still known
	}{
		{"201", status(201, ""), 0, "sent", true},
		{"404", status(404, ""), 0, "refused send to the push service: 404 Not Found", false},
		{"410", status(410, ""), 0, "refused send to the push service: 410 Gone", false},
		{"413", status(413, ""), 0, "refused send to the push service: 413 Request Entity Too Large", true},
		{"403", status(403, "wrong key"), 0, "refused send to the push service: 403 Forbidden: wrong key", true},
		{"429", func(w http.ResponseWriter) { w.Header().Set("Retry-After", "60"); w.WriteHeader(429) }, time.Minute, "queued send to the push service: 429 Too Many Requests", true},
		{"503", status(503, ""), 15 * time.Second, "queued send to the push service: 503 Service Unavailable", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPushing(t)
			p.to.answers = []func(http.ResponseWriter){tt.answer}
			p.tell(store.Out)
			next := p.push()
			if got := p.last(); got != tt.became {
				t.Errorf("it became %q, want %q", got, tt.became)
			}
			if tt.wait == 0 != next.IsZero() || tt.wait > 0 && next.Sub(*p.now) != tt.wait {
				t.Errorf("the next try is at %v", next)
			}
			all, err := p.Store.Pushes(t.Context(), p.dana.ID)
			if err != nil || len(all) == 1 != tt.stays {
				t.Errorf("%d devices, %v", len(all), err)
			}
			if tt.wait > 0 {
				*p.now = next
				p.push()
				if p.last() == tt.became || len(p.to.requests()) != 2 {
					t.Errorf("after the second try: %s", p.last())
				}
			}
		})
	}
}

// A service that hangs is given up in time.
func TestPushServiceHangs(t *testing.T) {
	p := newPushing(t)
	release := make(chan struct{})
	p.to.answers = []func(http.ResponseWriter){func(http.ResponseWriter) { <-release }}
	t.Cleanup(func() { close(release) })
	p.web().Timeout = 200 * time.Millisecond
	p.tell(store.Out)
	if next := p.push(); next.Sub(*p.now) != 15*time.Second || p.last() != "queued send to the push service: the server did not answer in time" {
		t.Errorf("next at %v: %s", next, p.last())
	}
}

// What people chose holds for devices too, when it is told and when it leaves.
func TestPushFollowsThePerson(t *testing.T) {
	chosen := func(p pushing, d store.ProfileDraft) {
		t.Helper()
		d.Email = p.dana.Email
		if _, err := p.Store.ChangeOwnAccount(t.Context(), p.dana.ID, "", d); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name   string
		before func(p pushing)
		later  func(p pushing) // between telling and sending
		want   string
	}{
		{"out only, low", func(p pushing) { chosen(p, store.ProfileDraft{ReceiveAlerts: true, Alerts: store.AlertOut}) }, nil, "none"},
		{"digest only", func(p pushing) { chosen(p, store.ProfileDraft{ReceiveAlerts: true, Alerts: store.AlertDigest}) }, nil, "none"},
		{"none", func(p pushing) { chosen(p, store.ProfileDraft{}) }, nil, "none"},
		{"another category", func(p pushing) { chosen(p, store.ProfileDraft{ReceiveAlerts: true, Categories: []string{"Paint"}}) }, nil, "none"},
		{"none, meanwhile", nil, func(p pushing) { chosen(p, store.ProfileDraft{}) }, "cancelled This person does not want such messages any more."},
		{"switched off, meanwhile", nil, func(p pushing) {
			if err := p.Store.DropPush(t.Context(), p.dana.ID, 1); err != nil {
				t.Fatal(err)
			}
		}, "cancelled The device takes no messages any more."},
		{"too late", nil, func(p pushing) { *p.now = p.now.Add(25 * time.Hour) }, "cancelled It is too old to be of use."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPushing(t)
			if tt.before != nil {
				tt.before(p)
			}
			p.tell(store.Low)
			if tt.later != nil {
				tt.later(p)
			}
			p.push()
			if got := p.last(); got != tt.want || len(p.to.requests()) != 0 {
				t.Errorf("it became %q, want %q", got, tt.want)
			}
		})
	}
}
