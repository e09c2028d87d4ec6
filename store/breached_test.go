package store_test

import (
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// What a password may be, for somebody named Kim.
func TestPasswordRules(t *testing.T) {
	db := storetest.Open(t)
	u := storetest.User(t, db, "Kim", store.GM)
	for _, tt := range []struct{ name, password, complaint string }{
		{"ten characters", "hammer-lip", ""},
		{"ten characters that are more bytes", "hämmer-lüp", ""},
		{"words with spaces", "correct horse battery", ""},
		{"small letters only", "nothingbutletters", ""},
		{"digits only", "7302958146", ""},
		{"spaces at the ends", "  hammer  lip  ", ""},
		{"emoji", strings.Repeat("🔨", 10), "Everybody would try"},
		{"sixty-four characters", strings.Repeat("hammer-l", 8), ""},
		{"as long as may be", strings.Repeat("hammer-lip", 20), ""},
		{"too long", strings.Repeat("hammer-lip", 20) + "s", "At most 200 characters"},
		{"too short", "hammer-li", "At least 10 characters. This has 9."},
		{"none", "", "At least 10"},
		{"a stolen one", "1qaz2wsx3edc", "stolen"},
		{"a stolen one in capitals", "BasketBall", "stolen"},
		{"the first of the list", "!!estresado!!", "stolen"},
		{"part of a stolen one", "1qaz2wsx3e lip", ""},
		{"two stolen ones, one a line", "basketball\nqwertyuiop", ""},
		{"the product", "LWC-Inventory-2026", "Everybody would try"},
		{"the role", "warehouse!1", "Everybody would try"},
		{"the product twice", "jobberjobber12", "Everybody would try"},
		{"the own name and digits", "kim20262026", "Everybody would try"},
		{"the own name among others", "kim likes hammers", ""},
		{"one sign", "----------", "Everybody would try"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := db.SetPassword(t.Context(), storetest.Staff, u.ID, tt.password)
			if tt.complaint == "" && err == nil {
				_, err = db.SignIn(t.Context(), "kim", tt.password, "") // just as it was typed
			}
			switch {
			case tt.complaint == "" && err != nil:
				t.Errorf("%q: %v", tt.password, err)
			case tt.complaint != "" && (store.CodeOf(err) != store.Invalid || !strings.Contains(err.Error(), tt.complaint)):
				t.Errorf("%q: %v, want a complaint with %q", tt.password, err, tt.complaint)
			}
		})
	}
}
