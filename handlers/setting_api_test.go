package handlers_test

import (
	"testing"
	"time"

	"lwc-inventory/store"
)

// TestSettingsTellOfTheAPI shows the owner which version of Jobber's API answers, how old it is, what
// Jobber warns of, and which fields are left out.
func TestSettingsTellOfTheAPI(t *testing.T) {
	db, noon := noonDB(t)
	linkJobber(t, db)
	c := newClient(t, db)
	c.signIn(store.Owner)
	wantTexts(t, bodyOf(c.get("/admin/settings")), "!API version", "!Left out")

	served := noon.AddDate(0, -7, -3).Format(time.DateOnly)
	st := store.APIStatus{Asked: served, Served: served, Since: noon}
	if err := db.SaveAPIStatus(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	wantTexts(t, bodyOf(c.get("/admin/settings")), "API version", served+", 7 months old", "!was asked for", "!Jobber warns", "!Left out")

	st.Asked, st.Warning = "2025-04-16", "API Version <b>X</b> is no longer supported"
	st.Missing = []store.MissingField{{Name: "Job.instructions", Since: noon}, {Name: "Visit.assignedUsers", Since: noon}}
	if err := db.SaveAPIStatus(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	wantTexts(t, bodyOf(c.get("/admin/settings")), "2025-04-16 was asked for", "API Version &lt;b&gt;X", "Job.instructions, since", "Visit.assignedUsers, since",
		"Jobs come in without them. They are")
	st.Missing = st.Missing[:1]
	if err := db.SaveAPIStatus(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	wantTexts(t, bodyOf(c.get("/admin/settings")), "Jobs come in without it. It is")
}
