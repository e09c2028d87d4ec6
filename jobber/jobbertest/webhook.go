package jobbertest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	hookQueue   = 1000            // webhooks that may wait; more are dropped, and the log says so
	hookTimeout = 5 * time.Second // for one answer
	hookLog     = 20              // deliveries kept for Deliveries
)

// Sign returns the value of the header X-Jobber-Hmac-SHA256 for a webhook's body; the secret is the
// app's client secret.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Event returns the body of a webhook, as apps made since December 2023 get it. Its time is in
// whole seconds, as Jobber's is.
func Event(topic, appID, accountID, itemID string, at time.Time) []byte {
	return marshalEvent(topic, appID, accountID, itemID, at.Format(time.RFC3339), "")
}

// marshalEvent writes an event; of the two spellings of its time one is empty, and left out.
func marshalEvent(topic, appID, accountID, itemID, occurred, occured string) []byte {
	type event struct {
		Topic      string `json:"topic"`
		AppID      string `json:"appId"`
		AccountID  string `json:"accountId"`
		ItemID     string `json:"itemId"`
		OccurredAt string `json:"occurredAt,omitempty"`
		OccuredAt  string `json:"occuredAt,omitempty"`
	}
	type data struct {
		Event event `json:"webHookEvent"`
	}
	b, err := json.Marshal(struct {
		Data data `json:"data"`
	}{data{event{topic, appID, accountID, itemID, occurred, occured}}})
	if err != nil {
		panic(err) // strings always encode
	}
	return b
}

// Delivery tells how a webhook fared.
type Delivery struct {
	Topic  string
	ItemID string
	At     time.Time     // when it was queued
	Tries  int           // so far
	Status int           // of the last answer; 0 when there was none
	Err    string        // why there was none
	Took   time.Duration // the last try
	Done   bool          // delivered or given up
}

// Delivered reports whether the receiver took it.
func (d Delivery) Delivered() bool { return d.Done && d.Status >= 200 && d.Status < 300 }

// hook is a webhook on its way.
type hook struct {
	url  string
	body []byte
	due  time.Time // not sent before
	log  *Delivery // guarded by hooks.mu
}

// hooks sends webhooks one after the other, in the background.
type hooks struct {
	opts   Options
	manner *manner
	client *http.Client
	ctx    context.Context // ends when there is no more time to send
	cancel context.CancelFunc
	queue  chan hook
	done   chan struct{} // closed when the sending loop is over

	mu     sync.Mutex
	closed bool
	log    []*Delivery // the newest last
	bad    int         // answers in a row that were slow or failed
}

func newHooks(o Options, how *manner) *hooks {
	ctx, cancel := context.WithCancel(context.Background())
	h := &hooks{
		opts: o, manner: how, client: &http.Client{Timeout: hookTimeout, Transport: o.Transport},
		ctx: ctx, cancel: cancel, queue: make(chan hook, hookQueue), done: make(chan struct{}),
	}
	go h.run()
	return h
}

func (h *hooks) send(url string, o occurrence, body []byte, delay time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}
	d := &Delivery{Topic: o.topic, ItemID: o.item, At: h.opts.Clock()}
	select {
	case h.queue <- hook{url, body, time.Now().Add(delay), d}:
	default:
		d.Err, d.Done = "too many webhooks are waiting", true
	}
	h.log = append(h.log, d)
	if extra := len(h.log) - hookLog; extra > 0 {
		h.log = slices.Delete(h.log, 0, extra)
	}
}

func (h *hooks) run() {
	defer close(h.done)
	for hk := range h.queue {
		h.pause(time.Until(hk.due))
		if h.manner.is().Hooks.Off { // what waits when they are switched off is never sent
			h.mu.Lock()
			hk.log.Err, hk.log.Done = "webhooks are off", true
			h.mu.Unlock()
			continue
		}
		h.deliver(hk)
	}
}

// pause waits, unless there is no more time to send.
func (h *hooks) pause(wait time.Duration) {
	if wait <= 0 {
		return
	}
	select {
	case <-h.ctx.Done():
	case <-time.After(wait):
	}
}

// deliver tries a webhook until it is taken, given up, or there is no more time.
func (h *hooks) deliver(hk hook) {
	wait := h.opts.RetryWait
	for try := 1; ; try++ {
		begin := time.Now()
		status, err := h.post(hk)
		took := time.Since(begin)
		ok := err == nil && status/100 == 2
		h.answered(took, ok)
		how := h.manner.is().Hooks
		done := ok || try >= how.tries() || how.Off || h.ctx.Err() != nil
		h.mu.Lock()
		hk.log.Tries, hk.log.Status, hk.log.Took, hk.log.Done = try, status, took, done
		hk.log.Err = ""
		if err != nil {
			hk.log.Err = err.Error()
		}
		h.mu.Unlock()
		if done {
			return
		}
		h.pause(wait)
		wait *= 2
	}
}

func (h *hooks) post(hk hook) (int, error) {
	req, err := http.NewRequestWithContext(h.ctx, http.MethodPost, hk.url, bytes.NewReader(hk.body))
	if err != nil {
		return 0, fmt.Errorf("make the request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Jobber-Hmac-SHA256", Sign(h.opts.ClientSecret, hk.body))
	res, err := h.client.Do(req)
	if err != nil {
		return 0, fmt.Errorf("send: %w", err)
	}
	defer res.Body.Close()
	// Read a little so that the connection can be used again; what it says does not matter.
	_, err = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	return res.StatusCode, err
}

func (h *hooks) recent() []Delivery {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]Delivery, 0, len(h.log))
	for _, d := range slices.Backward(h.log) {
		out = append(out, *d)
	}
	return out
}

func (h *hooks) close(ctx context.Context) error {
	h.mu.Lock()
	if !h.closed {
		h.closed = true
		close(h.queue) // under the lock: send checks closed under it, too
	}
	h.mu.Unlock()
	defer h.cancel()
	select {
	case <-h.done:
		return nil
	case <-ctx.Done():
		h.cancel()
		<-h.done
		return ctx.Err()
	}
}
