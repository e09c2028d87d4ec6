package store

import (
	"testing"
	"time"
)

// muteThings is what layout 2 keeps of alerts: mutes, a place's own episode, and how far digests are.
func muteThings(t *testing.T, db *DB) error {
	ctx := t.Context()
	act := MuteAct{Item: 1, Verb: MuteSnooze, RequestID: "snooze", By: frozenBy, Date: "2031-04-01", Today: "2031-03-03"}
	if _, err := db.SetMute(ctx, act); err != nil {
		return err
	}
	act = MuteAct{Item: 1, Verb: MuteOrder, RequestID: "order", By: frozenBy, Qty: 50000, Date: "2031-03-10", Today: "2031-03-03"}
	if _, err := db.SetMute(ctx, act); err != nil {
		return err
	}
	at := time.Unix(19e8, 0).UTC()
	return db.FinishAlerts(ctx, AlertStep{
		Episodes: []Episode{{Item: 1, Place: 3, Severity: Low, OpenedAt: at, ToldAt: at}},
		Digest:   &DigestMark{Day: "2031-03-03", At: at, Listed: []Scope{{1, 3}}}})
}

func readMutes(t *testing.T, db *DB) {
	t.Helper()
	m, err := db.Mute(t.Context(), 1)
	if err != nil || m.Version != 2 || m.Snooze == nil || m.Snooze.Until != "2031-04-01" || m.Order == nil || m.Order.Left != 50000 ||
		m.Before == nil || m.Before.Order != nil {
		t.Errorf("item 1 is muted by %+v, %v", m, err)
	}
	ep, err := db.Episode(t.Context(), Scope{1, 3})
	if err != nil || ep.Severity != Low || ep.Place != 3 || ep.ToldAt.IsZero() {
		t.Errorf("the episode at the place is %+v, %v", ep, err)
	}
	if mark, err := db.DigestMark(t.Context()); err != nil || mark.Day != "2031-03-03" || len(mark.Listed) != 1 {
		t.Errorf("the digest's mark is %+v, %v", mark, err)
	}
}
