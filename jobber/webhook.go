package jobber

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"lwc-inventory/store"
)

// maxName is how long a topic or an id of a webhook may be. Jobber's are under 60.
const maxName = 512

// Verify reports whether signature, the header X-Jobber-Hmac-SHA256, is that of body, the bytes as
// they came, under the app's client secret. It takes the same time wherever the two differ. Without
// a secret nothing is right.
func Verify(secret string, body []byte, signature string) bool {
	given, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || secret == "" {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hmac.Equal(given, mac.Sum(nil))
}

// ParseEvent reads the body of a webhook. The item may be empty: it is not known what Jobber sends
// there when an account connects or disconnects. It fails with [store.Invalid] for a body that is no event.
func ParseEvent(body []byte) (store.Delivery, error) {
	var b struct {
		Data struct {
			Event struct {
				Topic      string `json:"topic"`
				AppID      string `json:"appId"`
				AccountID  string `json:"accountId"`
				ItemID     string `json:"itemId"`
				OccurredAt string `json:"occurredAt"`
				OccuredAt  string `json:"occuredAt"` // how Jobber spells it for older apps
			} `json:"webHookEvent"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &b); err != nil {
		return store.Delivery{}, noEvent()
	}
	ev := b.Data.Event
	for _, name := range []string{ev.Topic, ev.AppID, ev.AccountID, ev.ItemID} {
		if len(name) > maxName {
			return store.Delivery{}, noEvent()
		}
	}
	if ev.OccurredAt == "" {
		ev.OccurredAt = ev.OccuredAt
	}
	at, err := parseTime(ev.OccurredAt)
	if err != nil || ev.Topic == "" || ev.AccountID == "" {
		return store.Delivery{}, noEvent()
	}
	return store.Delivery{Topic: ev.Topic, App: ev.AppID, Account: ev.AccountID, Item: ev.ItemID, OccurredAt: at}, nil
}

func noEvent() error { return store.Errorf(store.Invalid, "This is no event of Jobber's.") }

// parseTime reads Jobber's times, with Z or an offset, in UTC. An offset can lead out of the years
// that can be stored again.
func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04:05Z0700", s) // an offset without a colon
	}
	t = t.UTC()
	if y := t.Year(); err == nil && (y < 1 || y > 9999) {
		err = fmt.Errorf("the year %d", y)
	}
	return t, err
}
