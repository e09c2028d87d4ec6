package store_test

import (
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// Silence ends with the first webhook about a job of the account, whatever a sweep that runs meanwhile found out.
func TestHeartbeat(t *testing.T) {
	at := time.Now().Add(-time.Hour)
	for _, tt := range []struct {
		name   string
		d      store.Delivery
		silent bool // afterwards
	}{
		{"a job", store.Delivery{Topic: "JOB_UPDATE", Account: "acc"}, false},
		{"a visit", store.Delivery{Topic: "VISIT_COMPLETE", Account: "acc"}, false},
		{"an invoice", store.Delivery{Topic: "INVOICE_UPDATE", Account: "acc"}, true},
		{"a stranger's job", store.Delivery{Topic: "JOB_UPDATE", Account: "other", Status: store.DeliveryIgnored}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			silent := store.Heartbeat{Account: "acc", MissedSince: at, Missed: 3, Sweeps: 2, Silent: true}
			check(t, "save", db.SaveHeartbeat(t.Context(), silent))
			_, err := db.Receive(t.Context(), tt.d)
			check(t, "receive", err)
			check(t, "save what a sweep found before that", db.SaveHeartbeat(t.Context(), silent))
			h, err := db.Heartbeat(t.Context())
			if err != nil || h.Silent != tt.silent || h.HeardAt.IsZero() != tt.silent {
				t.Errorf("%+v, %v", h, err)
			}
		})
	}
}

func TestSilentOn(t *testing.T) {
	at := time.Now()
	h := store.Heartbeat{Account: "acc", MissedSince: at, Silent: true}
	link := store.JobberLink{State: store.Connected, AccountID: "acc", ConnectedAt: at.Add(-time.Minute)}
	for _, tt := range []struct {
		name   string
		change func(*store.Heartbeat, *store.JobberLink)
		want   bool
	}{
		{"silent", func(*store.Heartbeat, *store.JobberLink) {}, true},
		{"heard", func(h *store.Heartbeat, _ *store.JobberLink) { h.Silent = false }, false},
		{"not connected", func(_ *store.Heartbeat, l *store.JobberLink) { l.State = store.NeedsReconnect }, false},
		{"another account", func(_ *store.Heartbeat, l *store.JobberLink) { l.AccountID = "other" }, false},
		{"connected anew", func(_ *store.Heartbeat, l *store.JobberLink) { l.ConnectedAt = at.Add(time.Minute) }, false},
	} {
		h, l := h, link
		tt.change(&h, &l)
		if got := h.SilentOn(l); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
