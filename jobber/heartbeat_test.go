package jobber

import (
	"testing"
	"time"

	"lwc-inventory/store"
)

func TestListen(t *testing.T) {
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	type sweep struct {
		now     int // minutes after noon, as are the changes
		changes []int
	}
	for _, tt := range []struct {
		name      string
		heard     int // before all sweeps; 0: never
		connected int // likewise
		running   int
		sweeps    []sweep
		want      store.Heartbeat // Missed, Sweeps, Silent
	}{
		{"three in two sweeps", -600, -600, -600, []sweep{{15, []int{1, 2}}, {30, []int{20}}}, store.Heartbeat{Missed: 3, Sweeps: 2, Silent: true}},
		{"never heard of any", 0, -600, -600, []sweep{{15, []int{1, 2}}, {30, []int{20}}}, store.Heartbeat{Missed: 3, Sweeps: 2, Silent: true}},
		{"three in one sweep", -600, -600, -600, []sweep{{15, []int{1, 2, 3}}}, store.Heartbeat{Missed: 3, Sweeps: 1}},
		{"two in two sweeps", -600, -600, -600, []sweep{{15, []int{1}}, {30, []int{20}}}, store.Heartbeat{Missed: 2, Sweeps: 2}},
		{"nothing changed", -600, -600, -600, []sweep{{15, nil}, {30, nil}, {45, nil}}, store.Heartbeat{}},
		{"sweeps without finds between", -600, -600, -600, []sweep{{15, []int{1}}, {30, nil}, {45, []int{31, 32}}}, store.Heartbeat{Missed: 3, Sweeps: 2, Silent: true}},
		{"their webhooks may be on their way", -600, -600, -600, []sweep{{15, []int{14, 14, 14}}, {30, []int{29}}}, store.Heartbeat{}},
		{"changed before the last that was heard", 25, -600, -600, []sweep{{30, []int{1, 2, 26}}, {45, []int{3, 26}}}, store.Heartbeat{}},
		{"changed while we were down", -600, -600, 14, []sweep{{30, []int{1, 2, 3}}, {45, []int{4, 15}}}, store.Heartbeat{}},
		{"changed while we were not connected", -600, 14, -600, []sweep{{30, []int{1, 2, 3}}, {45, []int{4, 15}}}, store.Heartbeat{}},
		{"the first that counts", -600, -600, 14, []sweep{{30, []int{1, 2, 3}}, {45, []int{16}}}, store.Heartbeat{Missed: 1, Sweeps: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			link := store.JobberLink{AccountID: "acc", ConnectedAt: at(tt.connected)}
			h := store.Heartbeat{Account: "acc"}
			if tt.heard != 0 {
				h.HeardAt = at(tt.heard)
			}
			for _, s := range tt.sweeps {
				var changes []time.Time
				for _, m := range s.changes {
					changes = append(changes, at(m))
				}
				h = listen(h, link, changes, at(tt.running), at(s.now))
			}
			got := store.Heartbeat{Missed: h.Missed, Sweeps: h.Sweeps, Silent: h.Silent}
			if got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// A silence is that of one connection: another account, and connecting anew, begin without one.
func TestListenToAnotherConnection(t *testing.T) {
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	old := store.Heartbeat{Account: "acc", HeardAt: noon.Add(-time.Hour), MissedSince: noon, Missed: 5, Sweeps: 3, Silent: true}
	now := noon.Add(time.Hour)
	for name, link := range map[string]store.JobberLink{
		"another account": {AccountID: "other", ConnectedAt: noon.Add(-2 * time.Hour)},
		"connected anew":  {AccountID: "acc", ConnectedAt: noon.Add(time.Minute)},
	} {
		if h := listen(old, link, nil, noon.Add(-3*time.Hour), now); h.Missed != 0 || h.Silent || h.Account != link.AccountID {
			t.Errorf("%s: %+v", name, h)
		}
	}
	same := store.JobberLink{AccountID: "acc", ConnectedAt: noon.Add(-2 * time.Hour)}
	if h := listen(old, same, nil, noon.Add(-3*time.Hour), now); h != old {
		t.Errorf("a sweep without finds changed it: %+v", h)
	}
}
