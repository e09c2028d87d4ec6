package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestContractSearchFindsWhatPeopleType(t *testing.T) {
	lee := company(t, env(t))
	importItems(t, lee, "sku,name,category,supplier,barcode,unit",
		`CU-EL-34,"Copper elbow 90°, 3/4"" sweat",Plumbing,Ferguson,785901447120,ea`,
		`CU-EL-12,"Copper elbow 90°, 1/2"" sweat",Plumbing,Ferguson,785901447121,ea`,
		"NM-12-2,Romex NM-B cable 12/2 with ground,Electrical,Graybar,032886000123,ft",
		"NM-14-2,Romex NM-B cable 14/2 with ground,Electrical,Graybar,032886000124,ft",
		"LUM-2X4-8,Lumber 2x4x8 pressure treated,Lumber,Menards,,ea",
		"LUM-2X6-8,Lumber 2x6x8 pressure treated,Lumber,Menards,,ea",
		"GFCI-20-W,\"Receptacle GFCI 20 A, white\",Electrical,Graybar,078477000001,ea",
		"VLV-BALL-34,\"Ball valve 3/4 in, brass\",Plumbing,Winsupply,,ea",
		"BOX-1G-OW,Old work box single gang,Electrical,Graybar,,ea",
		"MUL-HW,Hardwood mulch,Landscape,Green Acres,,yd³",
		"OLD-BALL,Ball valve 3/4 in brass discontinued,Plumbing,Winsupply,,ea")
	old := lee.get("/items").one(t, "data-item", "data-item", "data-sku=OLD-BALL")
	lee.post("/items/"+old+"/archive", "archived", "1")
	for _, tt := range []struct{ what, query, first string }{
		{"exact SKU", "CU-EL-34", "CU-EL-34"}, {"SKU in another case", "gfci-20-w", "GFCI-20-W"},
		{"part of a SKU", "EL-12", "CU-EL-12"}, {"a SKU without dashes", "nm122", "NM-12-2"},
		{"prefix", "recep", "GFCI-20-W"}, {"a word in the middle", "gang", "BOX-1G-OW"}, {"the middle of a word", "wood", "MUL-HW"},
		{"several words in any order", "cable romex 14/2", "NM-14-2"}, {"one typo", "receptacel", "GFCI-20-W"},
		{"a letter missing", "hardwod", "MUL-HW"}, {"plural", "old work boxes", "BOX-1G-OW"}, {"barcode", "785901447121", "CU-EL-12"},
		{"supplier", "green acres", "MUL-HW"}, {"a fraction", `elbow 3/4"`, "CU-EL-34"}, {"a fraction in words", "elbow 1/2 in", "CU-EL-12"},
		{"a cable", "12/2", "NM-12-2"}, {"a size", "2x4", "LUM-2X4-8"}, {"a size with spaces", "2 x 6", "LUM-2X6-8"},
		{"one letter", "m", ""}, {"archived last", "ball valve", "VLV-BALL-34"},
	} {
		var got string
		eventually(t, tt.what, func() bool {
			got = skus(lee.get("/items?q=" + url.QueryEscape(tt.query)))
			return got != ""
		})
		if !strings.HasPrefix(got, tt.first) {
			t.Errorf("%s: %q finds %s, want %s first", tt.what, tt.query, got, tt.first)
		}
	}
	if got := strings.Fields(skus(lee.get("/items?q=ball+valve"))); got[len(got)-1] != "OLD-BALL" {
		t.Errorf("archived items come last: %v", got)
	}
	if got := skus(lee.get("/items?q=zzzzqqq")); got != "" {
		t.Errorf("nonsense finds %s", got)
	}
}

func TestContractTheListFiltersAndPages(t *testing.T) {
	lee := company(t, env(t))
	rows := []string{"sku,name,category,minimum,quantity",
		"OK-1,Fine,Pipe,2,5", "LOW-1,Low,Pipe,6,5", "OUT-1,Out,Wire,1,0", "NONE-1,No minimum,Wire,0,0"}
	for i := range 60 {
		rows = append(rows, "FILL-"+string(rune('A'+i/26))+string(rune('A'+i%26))+",Filler,Filler,0,1")
	}
	importItems(t, lee, rows...)
	for query, want := range map[string]string{
		"low=1": "LOW-1 OUT-1", "category=Pipe": "OK-1 LOW-1", "category=pipe&low=1": "LOW-1", "category=Nothing": "",
		"q=OUT-1&low=1": "OUT-1", "q=OK-1&low=1": "", "place=1&category=Pipe": "OK-1 LOW-1",
	} {
		if got := skus(lee.get("/items?" + query)); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	seen := map[string]bool{}
	for _, page := range []string{"1", "2", "3"} {
		for sku := range strings.FieldsSeq(skus(lee.get("/items?page=" + page))) {
			seen[sku] = true
		}
	}
	if len(seen) != 64 {
		t.Errorf("three pages have %d of 64 items", len(seen))
	}
	row := lee.get("/items?q=LOW-1")
	for name, want := range map[string]string{"on-hand": "5", "allocated": "0", "available": "5", "minimum": "6"} {
		if got := row.total(name); got != want {
			t.Errorf("%s in the row: %s, want %s", name, got, want)
		}
	}
	for _, query := range []string{"page=0", "page=-3", "page=abc", "page=99999", "low=banana", "q=" + strings.Repeat("%22(", 500), "q=%ff%00*~^:"} {
		if a := lee.get("/items?" + query); a.status != 200 {
			t.Errorf("/items?%s: %d", query, a.status)
		}
	}
	fragment := lee.get("/items?q=LOW-1", "HX-Request: true")
	if strings.Contains(fragment.body, "<html") || skus(fragment) != "LOW-1" {
		t.Errorf("htmx gets %.100s", fragment.body)
	}
}

func importItems(t *testing.T, p person, rows ...string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "items.csv")
	if err := os.WriteFile(file, []byte(strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := command(t, p.env, "", "import", "items", file); code != 0 {
		t.Fatalf("import: %s", errs)
	}
}

// skus are the items of a list, in order of the page, fillers apart.
func skus(a answer) string {
	var all []string
	for _, e := range a.find("data-item") {
		all = append(all, e.attr["data-sku"])
	}
	return strings.Join(all, " ")
}
