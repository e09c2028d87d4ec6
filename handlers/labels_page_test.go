package handlers_test

import (
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// What is ticked stays ticked while others are looked up, and the print is of what is ticked.
func TestLabelsPage(t *testing.T) {
	db := storetest.Open(t)
	elbow, tee := storetest.Item(t, db, "ELB-1", 5, 0), storetest.Item(t, db, "TEE-1", 5, 0)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	page := c.send("GET", "/labels?item="+elbow.ID.String()+"&place=1&q=TEE&sheet=l7160&start=99&copies=2", "")
	for _, want := range []string{
		`name="item" value="` + elbow.ID.String() + `" checked`,
		`name="item" value="` + tee.ID.String() + `">`,
		`name="place" value="1" checked`,
		`value="l7160" selected`, `value="21" checked`, "4 labels on 2 pages",
	} {
		if !strings.Contains(page.body, want) {
			t.Errorf("no %s on the page", want)
		}
	}
	if pdf := c.send("GET", "/labels.pdf?item="+elbow.ID.String()+"&at=1&copies=3", ""); pdf.status != 200 || pdf.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Errorf("the print: %d, %s", pdf.status, pdf.header.Get("Content-Type"))
	}
	nothing := c.send("GET", "/labels.pdf?item=77&item=x&start=-3", "")
	if to := nothing.header.Get("Location"); nothing.status != 303 || !strings.HasPrefix(to, "/labels?") {
		t.Errorf("nothing to print: %d to %q", nothing.status, to)
	}
	if a := c.send("GET", nothing.header.Get("Location"), ""); !strings.Contains(a.body, "Choose what to print first.") {
		t.Error("the page does not say what is missing")
	}
}
