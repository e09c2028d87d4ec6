package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

// synced presses "Sync now" and waits until a sync has ended well since.
func (v *victim) synced() {
	v.t.Helper()
	since := time.Now().UnixMilli()
	v.post("/jobs/sync")
	eventually(v.t, "a sync", func() bool {
		return v.get(fmt.Sprintf("/jobs/sync?since=%d", since)).one(v.t, "data-sync", "data-sync") == "ok"
	})
}

// The real binary is killed in the middle of a refresh of its tokens, before Jobber has rotated them, once
// the new ones are used, and where nobody ever hears of them.
func killedWhileRefreshing(t *testing.T, binary string) {
	// After a restart, tokens that live for less than a minute are refreshed with the first question.
	v := newVictim(t, binary, northside(newJob(1001, 1, pipe(4))), jobbertest.Behaviour{AccessLifetime: 50 * time.Second})
	v.connect()
	v.await("connected", "ok")
	// killed counts the refreshes of the process that it kills.
	killed := func(path string, done bool) int {
		t.Helper()
		v.kill()
		before := v.office.Stats().Refreshes
		kept := v.gate.shut(done, func(p string) bool { return p == path })
		v.start()
		v.post("/jobs/sync")
		v.caught(kept)
		v.kill()
		n := v.office.Stats().Refreshes - before
		v.gate.open()
		v.start()
		return n
	}
	const token, graphql = "/api/oauth/token", "/api/graphql"

	// Before the rotation: the old one is good.
	if n := killed(token, false); n != 0 {
		t.Errorf("%d refreshes, and none was answered", n)
	}
	v.synced()
	if n := v.office.Stats().Refreshes; n < 1 {
		t.Errorf("%d refreshes", n)
	}

	// The new one is used for the first time: it was stored before.
	if n := killed(graphql, false); n != 1 {
		t.Errorf("%d refreshes before it was killed", n)
	}
	v.synced()

	killed(token, true) // the rotated one never arrives: an owner must connect again, and nothing tries for ever
	v.await("needs-reconnect", "")
	calls := v.office.Stats()
	for range 3 {
		if a := v.post("/jobs/sync"); a.status != 409 {
			t.Errorf("sync without a connection: %d", a.status)
		}
		v.kill()
		v.start()
	}
	if after := v.office.Stats(); after.TokenCalls != calls.TokenCalls || after.Requests != calls.Requests {
		t.Errorf("Jobber was asked on: %+v, before %+v", after, calls)
	}
	v.whole()
	if raw, err := os.ReadFile(filepath.Join(v.env["DATA_DIR"], "lwc.db")); err != nil || bytes.Contains(raw, []byte(appSecret)) {
		t.Errorf("the secret lies open in the file: %v", err)
	}
}
