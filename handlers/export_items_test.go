package handlers_test

import (
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestExportItems(t *testing.T) {
	db := storetest.Open(t)
	storetest.Item(t, db, "ELB-1", 12, 3)
	for role, money := range map[store.Role]bool{store.Owner: true, store.GM: true, store.Warehouse: false} {
		c := newClient(t, db)
		c.signIn(role)
		a := c.send("GET", "/items.csv", "", "Accept-Encoding: br, gzip")
		if a.status != 200 || !strings.Contains(a.body, "\nELB-1,Item ELB-1,,ea,,3,0,") || !strings.HasSuffix(a.body, ",12,Warehouse\n") {
			t.Errorf("%s: %d\n%s", role, a.status, a.body)
		}
		if got := strings.Contains(a.body, "cost"); got != money {
			t.Errorf("%s: money is there: %t, want %t", role, got, money)
		}
		if d := a.header.Get("Content-Disposition"); !strings.HasPrefix(d, `attachment; filename="items-2`) {
			t.Errorf("Content-Disposition: %s", d)
		}
	}
}
