package sample

import (
	"encoding/csv"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// table reads a file into rows by column name.
func table(t *testing.T, name string, header ...string) []map[string]string {
	t.Helper()
	f, err := Files.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(all[0], header) {
		t.Fatalf("%s: header is %q, want %q", name, all[0], header)
	}
	var rows []map[string]string
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, cell := range cells {
			if cell != strings.TrimSpace(cell) {
				t.Errorf("%s: blanks around %q", name, cell)
			}
			row[header[i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

func items(t *testing.T) []map[string]string {
	return table(t, "items.csv", "sku", "name", "category", "unit", "minimum", "par", "cost", "price",
		"supplier", "barcode", "notes", "quantity", "place", "packs")
}

// taken reports a value that was there before, without regard to case.
type taken map[string]bool

func (s taken) add(t *testing.T, what, value string) {
	t.Helper()
	key := strings.ToLower(value)
	if s[key] {
		t.Errorf("%s %q stands twice", what, value)
	}
	s[key] = true
}

func TestItems(t *testing.T) {
	skus, names, barcodes, categories := taken{}, taken{}, taken{}, taken{}
	rows := items(t)
	for _, r := range rows {
		sku := r["sku"]
		skus.add(t, "SKU", sku)
		names.add(t, "name", r["name"])
		categories[r["category"]] = true
		if !regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{0,59}$`).MatchString(sku) {
			t.Errorf("odd SKU %q", sku)
		}
		if n := utf8.RuneCountInString(r["name"]); n < 3 || n > 200 {
			t.Errorf("%s: name of %d characters", sku, n)
		}
		for _, must := range []string{"category", "unit", "supplier"} {
			if r[must] == "" {
				t.Errorf("%s: no %s", sku, must)
			}
		}
		for code := range strings.FieldsSeq(r["barcode"]) {
			barcodes.add(t, "barcode", code)
			if !validGTIN(code) {
				t.Errorf("%s: %q is no EAN-13 or UPC-A", sku, code)
			}
		}
	}
	if len(rows) < 300 || len(categories) < 12 || len(barcodes) < 150 {
		t.Errorf("%d items, %d categories, %d barcodes: too few", len(rows), len(categories), len(barcodes))
	}
}

func TestNumbers(t *testing.T) {
	var out, low int
	for _, r := range items(t) {
		v := map[string]float64{}
		for _, col := range []string{"minimum", "par", "cost", "price", "quantity"} {
			if !regexp.MustCompile(`^\d{1,6}(\.\d{1,3})?$`).MatchString(r[col]) {
				t.Errorf("%s: %s is %q", r["sku"], col, r[col])
			}
			n, err := strconv.ParseFloat(r[col], 64)
			if err != nil {
				t.Error(err)
			}
			v[col] = n
		}
		if v["minimum"] > 0 && v["par"] <= v["minimum"] {
			t.Errorf("%s: par %v is not above the minimum %v", r["sku"], v["par"], v["minimum"])
		}
		if v["price"] <= v["cost"] {
			t.Errorf("%s: price %v is not above the cost %v", r["sku"], v["price"], v["cost"])
		}
		switch {
		case v["minimum"] == 0:
		case v["quantity"] == 0:
			out++
		case v["quantity"] < v["minimum"]:
			low++
		}
	}
	if out != 2 || low != 4 {
		t.Errorf("opens with %d out and %d low, want 2 and 4", out, low)
	}
}

func TestPlaces(t *testing.T) {
	known := taken{"warehouse": true}
	for _, r := range table(t, "places.csv", "name", "kind", "parent") {
		known.add(t, "place", r["name"])
		switch {
		case r["kind"] == "truck" && r["parent"] == "":
		case r["kind"] == "shelf" && known[strings.ToLower(r["parent"])] && r["parent"] != r["name"]:
		default:
			t.Errorf("place %s: kind %q under %q", r["name"], r["kind"], r["parent"])
		}
	}
	for _, r := range items(t) {
		if !known[strings.ToLower(r["place"])] {
			t.Errorf("%s stands at %q, which is no place", r["sku"], r["place"])
		}
	}
}

// validGTIN reports whether a code has the length and check digit of an EAN-13 or UPC-A.
func validGTIN(code string) bool {
	if len(code) != 12 && len(code) != 13 {
		return false
	}
	sum := 0
	for i := range len(code) {
		d := int(code[len(code)-1-i] - '0')
		if d < 0 || d > 9 {
			return false
		}
		sum += d * (1 + 2*(i%2))
	}
	return sum%10 == 0
}

func TestValidGTIN(t *testing.T) {
	for code, want := range map[string]bool{
		"4006381333931": true, "036000291452": true,
		"4006381333932": false, "036000291453": false, "03600029145": false, "03600029145x": false,
	} {
		if validGTIN(code) != want {
			t.Errorf("validGTIN(%q) = %v", code, !want)
		}
	}
}
