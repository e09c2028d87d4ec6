package handlers_test

import (
	"bytes"
	"compress/gzip"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func sign(secret, body string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(body))
	return "X-Jobber-Hmac-SHA256: " + base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func event(topic, app, account, item string) string {
	return fmt.Sprintf(`{"data":{"webHookEvent":{"topic":%q,"appId":%q,"accountId":%q,"itemId":%q,"occurredAt":"2026-11-23T09:00:00-06:00"}}}`,
		topic, app, account, item)
}

func packed(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		panic(err) // a buffer takes everything
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

func TestWebhook(t *testing.T) {
	good := event("JOB_UPDATE", clientID, storetest.Account, "job-1")
	big := strings.Repeat(" ", 64<<10-len(good)) + good
	for _, tt := range []struct {
		name    string
		body    string
		header  []string
		status  int
		today   int // deliveries stored
		pending int
	}{
		{"good", good, []string{sign(clientSecret, good)}, 200, 1, 1},
		{"as large as may be", big, []string{sign(clientSecret, big)}, 200, 1, 1},
		{"larger", big + " ", []string{sign(clientSecret, big+" ")}, 413, 0, 0},
		{"no signature", good, nil, 401, 0, 0},
		{"empty signature", good, []string{"X-Jobber-Hmac-SHA256: "}, 401, 0, 0},
		{"signature that is no text of ours", good, []string{"X-Jobber-Hmac-SHA256: §"}, 401, 0, 0},
		{"signature of another body", good, []string{sign(clientSecret, good+" ")}, 401, 0, 0},
		{"signature under another secret", good, []string{sign("another", good)}, 401, 0, 0},
		{"no event", `{"data":{}}`, []string{sign(clientSecret, `{"data":{}}`)}, 400, 0, 0},
		{"no JSON", `hello`, []string{sign(clientSecret, `hello`)}, 400, 0, 0},
		{"packed", packed(good), []string{sign(clientSecret, packed(good)), "Content-Encoding: gzip"}, 400, 0, 0},
		{"packed, signed unpacked", packed(good), []string{sign(clientSecret, good), "Content-Encoding: gzip"}, 401, 0, 0},
		{"another account", event("JOB_UPDATE", clientID, "other", "job-1"),
			[]string{sign(clientSecret, event("JOB_UPDATE", clientID, "other", "job-1"))}, 200, 1, 0},
		{"another app", event("JOB_UPDATE", "other", storetest.Account, "job-1"),
			[]string{sign(clientSecret, event("JOB_UPDATE", "other", storetest.Account, "job-1"))}, 200, 1, 0},
		{"a topic that says nothing to us", event("INVOICE_UPDATE", clientID, storetest.Account, "invoice-1"),
			[]string{sign(clientSecret, event("INVOICE_UPDATE", clientID, storetest.Account, "invoice-1"))}, 200, 1, 0},
		{"a topic that nobody knows", event("TEA_READY", clientID, storetest.Account, "pot-1"),
			[]string{sign(clientSecret, event("TEA_READY", clientID, storetest.Account, "pot-1"))}, 200, 1, 0},
		{"the topic that the older application had", event("JOB_COMPLETE", clientID, storetest.Account, "job-1"),
			[]string{sign(clientSecret, event("JOB_COMPLETE", clientID, storetest.Account, "job-1"))}, 200, 1, 1},
		{"from a page of another site", good, []string{sign(clientSecret, good), "Sec-Fetch-Site: cross-site", "Origin: https://x"}, 200, 1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			connect(t, db)
			c := newClient(t, db)
			a := c.send("POST", "/jobs/jobber/webhook", tt.body, tt.header...)
			if a.status != tt.status {
				t.Errorf("status = %d, want %d: %s", a.status, tt.status, a.body)
			}
			if len(c.cookies) != 0 || strings.Contains(a.body, "<html") {
				t.Errorf("a program gets cookies %v and %q", c.cookies, a.body)
			}
			checkHooks(t, db, tt.today, tt.pending)
		})
	}
}

func checkHooks(t *testing.T, db *store.DB, today, pending int) {
	t.Helper()
	got, err := db.WebhookStats(t.Context(), db.Now().Add(-time.Hour))
	if err != nil || got.Today != today || got.Pending != pending {
		t.Errorf("stored %d, %d of them wait, %v; want %d, %d", got.Today, got.Pending, err, today, pending)
	}
}

func TestWebhookTwice(t *testing.T) {
	db := storetest.Open(t)
	connect(t, db)
	c := newClient(t, db)
	body := event("JOB_UPDATE", clientID, storetest.Account, "job-1")
	for range 3 {
		if a := c.send("POST", "/jobs/jobber/webhook", body, sign(clientSecret, body)); a.status != 200 {
			t.Errorf("status %d", a.status)
		}
	}
	checkHooks(t, db, 1, 1)
}

func TestWebhookBeforeSetUp(t *testing.T) {
	db := storetest.Open(t)
	body := event("JOB_UPDATE", clientID, storetest.Account, "job-1")
	if a := newClient(t, db).send("POST", "/jobs/jobber/webhook", body, sign("", body)); a.status != 401 {
		t.Errorf("status %d, want 401", a.status)
	}
	checkHooks(t, db, 0, 0)
}
