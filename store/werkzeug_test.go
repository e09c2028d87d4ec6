package store_test

import (
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// Hashes of "the old password", computed outside of this program with Python's hashlib, as werkzeug.security does.
const (
	oldScrypt = "scrypt:32768:8:1$saltsalt$a12f1ebcb5637fbd3769316a98743e647a6f021f0ac4a42ef291e744b9d409b27fd754f0a865551d9fb00f4a51e9b1c951c135fa5a18ef858a90bd7edba6135b"
	oldSHA256 = "pbkdf2:sha256:1000$saltsalt$b27035f84d999ac3acc301b685b06f53451f39c2b8ddae19b6fce445defca2b6"
	oldSHA512 = "pbkdf2:sha512:1000$saltsalt$85c103b144bd890c5bee5cc3a996f6356f2914aee9bc9df4361c8dcd1e567964d55f9714428bfb649c9e9e91cfbf9aecf8e6f031064ffb2da14cf78b10f5fa93"
)

// People of the older application sign in with the password they had; its hash becomes one of ours.
func TestUsersOfTheOlderApplication(t *testing.T) {
	db := storetest.Open(t)
	storetest.User(t, db, "Dana", store.GM)
	file := "username,role,password_hash,email,receive_alerts,active\n" +
		"ana,warehouse_manager," + oldScrypt + ",ana@example.com,1,1\n" +
		"bob,gm," + oldSHA256 + ",,0,\n" +
		"cy,owner," + oldSHA512 + ",,,0\n" +
		"dana,owner," + oldSHA512 + ",,,1\n"
	for _, want := range [][2]int{{3, 1}, {0, 4}} { // the second time it changes nothing
		added, here, err := db.ImportUsers(t.Context(), storetest.Staff, strings.NewReader(file))
		if err != nil || added != want[0] || here != want[1] {
			t.Errorf("%d added, %d here, %v; want %v", added, here, err, want)
		}
	}
	for name, can := range map[string]bool{"ana": true, "bob": true, "cy": false, "dana": false} {
		for range 2 { // by the old hash, and by the one that took its place
			if _, err := db.SignIn(t.Context(), name, "the old password", ""); (err == nil) != can {
				t.Errorf("%s signs in: %v, want %v", name, err, can)
			}
		}
		if _, err := db.SignIn(t.Context(), name, "the old passwort", ""); err == nil {
			t.Errorf("%s signs in with a wrong password", name)
		}
	}
	for _, name := range []string{"ana", "bob"} {
		if hash := db.HashOf(t, name); !strings.HasPrefix(hash, "$argon2id$") {
			t.Errorf("after %s signed in the hash is %.20s", name, hash)
		}
	}
	if u, err := db.UserByName(t.Context(), "ana"); err != nil || u.Role != store.Warehouse || !u.ReceiveAlerts || u.Email != "ana@example.com" {
		t.Errorf("ana is %+v, %v", u, err)
	}
}

// A file with a mistake adds nobody, and the mistake has a line and a column. No hash may cost more than a check should.
func TestUsersThatAreRefused(t *testing.T) {
	sum := strings.Repeat("ab", 64)
	for name, tt := range map[string]struct{ row, says string }{
		"no role":            {"eve,boss," + oldScrypt, "column role"},
		"no name":            {",gm," + oldScrypt, "column username"},
		"twice":              {"BOB,gm," + oldScrypt, "column username"},
		"one of our own":     {"eve,gm,$argon2id$v=19$m=19456$t=2$p=1$AAAA$AAAA", "column password_hash"},
		"plain":              {"eve,gm,secret", "column password_hash"},
		"md5":                {"eve,gm,md5$salt$" + sum, "column password_hash"},
		"no salt":            {"eve,gm,scrypt:32768:8:1$$" + sum, "column password_hash"},
		"half a sum":         {"eve,gm,scrypt:32768:8:1$salt$abab", "column password_hash"},
		"gigabytes":          {"eve,gm,scrypt:16777216:8:1$salt$" + sum, "column password_hash"},
		"no power of two":    {"eve,gm,scrypt:32769:8:1$salt$" + sum, "column password_hash"},
		"for ever":           {"eve,gm,pbkdf2:sha512:2000000000$salt$" + sum, "column password_hash"},
		"overflow":           {"eve,gm,scrypt:9223372036854775807:8:1$salt$" + sum, "column password_hash"},
		"negative":           {"eve,gm,pbkdf2:sha512:-1$salt$" + sum, "column password_hash"},
		"neither yes nor no": {"eve,gm," + oldScrypt + ",,maybe", "column receive_alerts"},
	} {
		t.Run(name, func(t *testing.T) {
			db := storetest.Open(t)
			row := tt.row + strings.Repeat(",", 4-strings.Count(tt.row, ","))
			file := "username,role,password_hash,email,receive_alerts\nbob,gm," + oldSHA256 + ",,\n" + row + "\n"
			_, _, err := db.ImportUsers(t.Context(), storetest.Staff, strings.NewReader(file))
			if store.CodeOf(err) != store.Invalid || !strings.Contains(err.Error(), "Line 3, "+tt.says) {
				t.Errorf("got %v", err)
			}
			if users, err := db.Users(t.Context()); err != nil || len(users) != 0 {
				t.Errorf("%d users, %v", len(users), err)
			}
		})
	}
}
