package store

import (
	"errors"
	"strings"
	"testing"
)

// Whatever a file of items holds, it is read, or refused with a sentence that names its line.
func FuzzReadItems(f *testing.F) {
	f.Add("sku,name,quantity,place\nA-1,\"Elbow, 3/4\"\"\",12,Warehouse\n")
	f.Add("\ufeffSKU;Name\nA;B\n")
	f.Add("sku,name,packs,barcode,cost\r\nA-1,B,\"box 50, case 200\",4012 4013,1.2345\r\n")
	f.Add("sku,name\n\"unfinished")
	f.Add("sku,name\n=1+1,@x\n")
	f.Fuzz(func(t *testing.T, file string) {
		rows, err := readItems(strings.NewReader(file))
		refusedWithLine(t, file, err)
		for _, row := range rows {
			if err == nil && (row.draft.check() != nil || row.quantity < 0 || row.quantity > maxQty || row.line < 2) {
				t.Errorf("%q: read as %+v", file, row)
			}
		}
	})
}

// The same for users: no hash is taken that cannot be checked, or costs more than a check may.
func FuzzReadUsers(f *testing.F) {
	f.Add("username,role,password_hash\nana,gm,scrypt:32768:8:1$salt$" + strings.Repeat("ab", 64) + "\n")
	f.Add("username,role,password_hash,active\nana,gm,pbkdf2:sha256:600000$salt$" + strings.Repeat("ab", 32) + ",maybe\n")
	f.Fuzz(func(t *testing.T, file string) {
		rows, err := readUsers(strings.NewReader(file))
		refusedWithLine(t, file, err)
		for _, row := range rows {
			if err != nil {
				continue
			}
			h, bad := parseWerkzeug(row.hash)
			if bad != nil || h.digest == nil && 128*h.rounds*h.r > mostScrypt || h.digest != nil && h.rounds > mostIterations {
				t.Errorf("%q: %+v, %v", file, h, bad)
			}
		}
	})
}

func refusedWithLine(t *testing.T, file string, err error) {
	t.Helper()
	if e, ok := errors.AsType[*Error](err); err != nil && (!ok || e.Code != Invalid || !strings.HasPrefix(e.Message, "Line ")) {
		t.Errorf("%q: %v", file, err)
	}
}
