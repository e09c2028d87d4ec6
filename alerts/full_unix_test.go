//go:build unix

package alerts

import (
	"testing"
	"testing/synctest"

	"lwc-inventory/store/storetest"
)

// The disk is full from the moment on in which a mail is under way, for three hours. It went out, and is not sent
// again because that could not be noted; the next waits for room.
func TestFullDiskAfterTheMailWasSent(t *testing.T) {
	if !storetest.Alone(t) {
		return
	}
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		var room func()
		d.post.during = func() {
			if room == nil {
				room = storetest.FullDisk(t)
			}
		}
		storetest.User(t, d.db, "erin", "gm")
		stop := running(t, service(t, d.db, d.post))
		take(t, d.db, d.a, 3)
		after(3 * hour)
		if got := d.post.to(); got != "dana@example.com" {
			t.Errorf("mails to %q while the disk was full", got)
		}
		room()
		after(2 * minute)
		if got := d.post.to(); got != "dana@example.com erin@example.com" {
			t.Errorf("mails to %q once there was room", got)
		}
		stop()
		if s := stats(t, d.db); s.Unsent != 0 {
			t.Errorf("stats %+v", s)
		}
	})
}
