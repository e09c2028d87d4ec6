package handlers_test

import (
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// Scan on a job's page and on its pick list takes for this job, and puts back when it is over: the chip is set at once.
func TestScanForAJob(t *testing.T) {
	db, noon := noonDB(t)
	storetest.Item(t, db, "AB-1", 10, 0)
	id := storetest.Job(t, db, 1042, noon, storetest.Line("AB-1", 6)).String()
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	take, put := "/scan?verb=take&job="+id, "/scan?verb=put&job="+id
	link := func(to string) string { return `href="` + strings.ReplaceAll(to, "&", "&amp;") + `" aria-label="Scan"` }
	check{name: "to take", path: "/jobs/" + id, status: 200, has: []string{link(take)}}.run(t, c)
	check{name: "its list", path: "/jobs/" + id + "/pick", status: 200, has: []string{link(take)}}.run(t, c)
	check{name: "the day's list", path: "/pick", status: 200, has: []string{link("/scan?verb=take")}}.run(t, c)
	check{name: "the chip", path: take, status: 200, has: []string{"for #1042 Karen Miller", `aria-current="true"`}}.run(t, c)
	if _, _, err := db.IssueRemaining(t.Context(), store.JobAct{RequestID: "all", By: storetest.Staff, Job: 1}); err != nil {
		t.Fatal(err)
	}
	closed := storetest.Snapshot(1042, noon, storetest.Line("AB-1", 6))
	closed.Closed, closed.CompletedAt = true, noon
	applyJobs(t, db, closed)
	check{name: "to put back", path: "/jobs/" + id, status: 200, has: []string{link(put)}}.run(t, c)
	check{name: "the chip", path: put, status: 200, has: []string{"for #1042 Karen Miller"}}.run(t, c)
}
