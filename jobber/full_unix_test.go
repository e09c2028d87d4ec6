//go:build unix

package jobber_test

import (
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// Tokens that cannot be kept are not asked for: the old ones would be void, and the connection lost.
func TestFullDiskCostsNoTokens(t *testing.T) {
	if !storetest.Alone(t) {
		return
	}
	r := newRig(t, setup{clock: newClock()})
	r.connect()
	r.clock.add(2 * time.Hour)
	room := storetest.FullDisk(t)
	for range 3 {
		if err := r.svc.Ask(t.Context()); store.CodeOf(err) != store.NoRoom {
			t.Errorf("with a full disk: %v", err)
		}
	}
	if n := r.far.Stats().Refreshes; n != 0 {
		t.Errorf("%d refreshes while nothing can be kept", n)
	}
	room()
	if err := r.svc.Ask(t.Context()); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if n := r.far.Stats().Refreshes; n != 1 {
		t.Errorf("%d refreshes", n)
	}
}
