package main

import (
	"os"
	"strconv"
	"syscall"
	"testing"

	"lwc-inventory/jobber/jobbertest"
)

// The real binary is told to stop (SIGTERM) while Jobber keeps it waiting for a page of the first sync. It ends by
// itself, leaves a file that was closed, and goes on with the sync at the next start.
func toldToStopInASync(t *testing.T, binary string) {
	const n, first = 60, 8001
	var jobs []jobbertest.Job
	for i := range n {
		jobs = append(jobs, newJob(first+i, i%20, pipe(4)))
	}
	v := newVictim(t, binary, northside(jobs...), jobbertest.Behaviour{Bucket: jobbertest.Bucket{Restore: 20_000}})
	importItems(t, v.person, "sku,name,minimum,quantity", `PIPE-2,"Drain pipe, 2 in",5,5000`)
	kept := v.gate.shut(false, func(string) bool { return v.office.Stats().Operations["JobsByID"] >= 2 })
	v.connect()
	v.caught(kept)
	if err := v.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := v.cmd.Wait(); err != nil {
		t.Errorf("it did not end well: %v\n%s", err, v.log.String())
	}
	if code, out, errs := command(t, v.env, "", "check"); code != 0 {
		t.Errorf("check: %d %s %s", code, out, errs)
	}
	if _, err := os.Stat(databasePath(config{DataDir: v.env["DATA_DIR"]}) + ".sum"); err != nil {
		t.Errorf("the file was not closed: %v", err)
	}
	v.gate.open()
	v.start()
	v.await("connected", "ok")
	here := v.listed()
	for i := range n {
		if here[strconv.Itoa(first+i)] == "" {
			t.Errorf("job %d is in no list", first+i)
		}
	}
	if got := v.itemPage("PIPE-2").total("allocated"); got != strconv.Itoa(4*n) {
		t.Errorf("%s pipes are allocated", got)
	}
	v.whole()
}
