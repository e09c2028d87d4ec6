package store_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// A material is one item of a made-up catalogue.
type material struct {
	id                                     store.ItemID
	sku, name, category, supplier, barcode string
}

// catalogue makes n materials as contractors name them, the same at every run.
func catalogue(n int) []material {
	trades := []struct {
		category, code string
		things         []string
		makes          []string
		sizes          []string
	}{
		{"Plumbing", "PL", []string{"Elbow 90", "Elbow 45", "Tee", "Coupling", "Ball Valve", "Gate Valve", "Union", "Reducing Bushing", "Drop Ear Elbow", "P-Trap", "Pipe Strap", "Backflow Preventer"},
			[]string{"Copper", "Brass", "PEX-A", "CPVC", "Galvanized", "Cast Iron"}, []string{`1/2"`, `3/4"`, `1"`, `1-1/4"`, `1-1/2"`, `2"`, `3"`}},
		{"Electrical", "EL", []string{"Romex Cable", "Junction Box", "Receptacle", "Toggle Switch", "Circuit Breaker", "Conduit", "Wire Nuts", "Ground Rod", "Load Center", "LED Downlight"},
			[]string{"Commercial", "Weatherproof", "Tamper-Resistant", "Heavy Duty", "Arc-Fault"}, []string{"14/2", "12/2", "12/3", "10/3", "15A", "20A", "30A", "50 A", "120V", "240 V"}},
		{"Lumber", "LU", []string{"Stud", "Joist", "Plywood", "Decking", "Fence Picket", "Post", "Trim Board", "Handrail"},
			[]string{"Douglas Fir", "Cedar", "Treated Pine", "Redwood", "Composite"}, []string{"2x4x8", "2x4x10", "2x6x12", "4x4x8", "1x6x6", "5/4x6x16"}},
		{"Fasteners", "FA", []string{"Deck Screws", "Lag Bolts", "Carriage Bolt", "Wedge Anchor", "Framing Nails", "Flat Washers", "Threaded Rod"},
			[]string{"Zinc", "Stainless", "Hot-Dipped", "Black Oxide", "Coated"}, []string{"#6 x 1", "#8 x 2-1/2", "#10 x 3", "1/4 x 2", "3/8 x 4", "1/2 x 6", "5/8 x 8"}},
		{"Irrigation", "IR", []string{"Rotor", "Spray Head", "Drip Tubing", "Zone Valve", "Controller", "Rain Sensor", "Swing Joint", "Nozzle"},
			[]string{"Adjustable", "Full-Circle", "Pressure Compensating", "Pop-Up", "Battery"}, []string{"4 in", "6 in", "12 in", "0.5 gph", "1 gph", "4 zone", "8 zone", "3/4 in"}},
		{"Paint & Finish", "PA", []string{"Interior Paint", "Primer", "Caulk", "Roller Covers", "Masking Tape", "Deck Stain", "Brushes"},
			[]string{"Acrylic", "Oil-Based", "Low-Odor", "Elastomeric", "Mildew Proof"}, []string{"1 gal", "5 gal", "1 qt", "10 oz", "9 in", "1-1/2 in", "2.5 in"}},
	}
	labels := []string{"Ridgeline", "Oakmoor", "Tern & Sons", "Blackwater", "Summit", "Ferro", "Kestler", "Marlow", "Novak", "Greyfield", "Pellam", "Quarrion"}
	extras := []string{"", "", "Contractor Pack", "10-Pack", "Low Profile", "Lead Free", "White", "Bronze", "Left Hand", "Threaded", "Push-Fit", "UV Stable"}
	suppliers := []string{"Valley Supply", "Harbor Wholesale", "Northside Electric", "Delta Pipe & Valve"}
	r := rand.New(rand.NewPCG(2026, 7))
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	var all []material
	for seen := map[string]bool{}; len(all) < n; {
		t := trades[r.IntN(len(trades))]
		thing := pick(t.things)
		name := strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s", pick(t.makes), thing, pick(t.sizes), pick(extras))), " ") + ", " + pick(labels)
		sku := fmt.Sprintf("%s-%s-%05d", t.code, strings.ToUpper(strings.ReplaceAll(thing, " ", "")[:3]), r.IntN(100000))
		if seen[name] || seen[sku] {
			continue
		}
		seen[name], seen[sku] = true, true
		all = append(all, material{sku: sku, name: name, category: t.category, supplier: pick(suppliers),
			barcode: fmt.Sprintf("%012d", 400000000000+r.Int64N(1e11))})
	}
	return all
}

// indexed puts a catalogue into a database and an index.
func indexed(t testing.TB, all []material) (*store.DB, *store.Index) {
	t.Helper()
	db := storetest.Open(t)
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	if err := w.Write([]string{"sku", "name", "category", "supplier", "barcode"}); err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		if err := w.Write([]string{m.sku, m.name, m.category, m.supplier, m.barcode}); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	if _, err := db.ImportItems(t.Context(), storetest.Staff, &file); err != nil {
		t.Fatal(err)
	}
	for i := range all {
		it, err := db.ItemByCode(t.Context(), all[i].sku)
		if err != nil {
			t.Fatal(err)
		}
		all[i].id = it.ID
	}
	x := openIndex(t, db, t.TempDir())
	catchUp(t, x)
	return db, x
}

// shown is how many hits a person looks at.
const shown = 10

// A searcher makes up what people type who look for one of the materials.
type searcher struct {
	*rand.Rand
	texts []string // SKU and name of each, in lower case
}

func newSearcher(all []material) searcher {
	s := searcher{Rand: rand.New(rand.NewPCG(1, 2))}
	for _, m := range all {
		s.texts = append(s.texts, strings.ToLower(m.sku+"\x00"+m.name))
	}
	return s
}

// specific reports whether so few materials have all the pieces that one screen can show them.
func (s searcher) specific(pieces ...string) bool {
	n := 0
	for _, text := range s.texts {
		if !slices.ContainsFunc(pieces, func(p string) bool { return !strings.Contains(text, p) }) {
			n++
		}
	}
	return n <= shown
}

// from returns text from its start on, as far as is needed to be specific; "" if it never is.
func (s searcher) from(text string, start, least int) string {
	for end := start + least; end <= len(text); end++ {
		if q := text[start:end]; !strings.HasSuffix(q, " ") && s.specific(q) {
			return q
		}
	}
	return ""
}

// someWords returns up to four words of a name in any order, "" if they are not specific.
func (s searcher) someWords(name string) []string {
	ws := slices.DeleteFunc(strings.Fields(strings.ReplaceAll(strings.ToLower(name), ",", "")), func(w string) bool { return len(w) < 2 || w == "in" })
	s.Shuffle(len(ws), func(i, j int) { ws[i], ws[j] = ws[j], ws[i] })
	ws = ws[:min(len(ws), 4)]
	if len(ws) < 3 || !s.specific(ws...) {
		return nil
	}
	return ws
}

// slip returns w with one wrong, missing, added or swapped character from place from on.
func (s searcher) slip(w string, from int) string {
	const letters, figures = "abcdefghijklmnopqrstuvwxyz", "0123456789"
	i := from + s.IntN(len(w)-from)
	other := string(letters[s.IntN(len(letters))])
	if strings.Contains(figures, w[i:i+1]) {
		other = string(figures[s.IntN(len(figures))])
	}
	switch s.IntN(4) {
	case 0:
		return w[:i] + w[i+1:]
	case 1:
		return w[:i] + other + w[i:]
	case 2:
		if i+1 < len(w) {
			return w[:i] + w[i+1:i+2] + w[i:i+1] + w[i+2:]
		}
	}
	return w[:i] + other + w[i+1:]
}

// classes are the ways to search, each with the share that must be found among the first ten.
// A query of "" is none, and another item is tried.
var classes = []struct {
	name  string
	least float64
	query func(s searcher, m material) string
}{
	{"sku", 1, func(_ searcher, m material) string { return m.sku }},
	{"sku-bare", 1, func(_ searcher, m material) string { return strings.ToLower(strings.ReplaceAll(m.sku, "-", "")) }},
	{"sku-prefix", 1, func(s searcher, m material) string { return s.from(strings.ToLower(m.sku), 0, 4) }},
	{"sku-part", 1, func(s searcher, m material) string { return s.from(strings.ToLower(m.sku), 1+s.IntN(6), 4) }},
	{"barcode", 1, func(_ searcher, m material) string { return m.barcode }},
	{"barcode-prefix", 1, func(_ searcher, m material) string { return m.barcode[:9] }},
	{"name-prefix", 1, func(s searcher, m material) string { return s.from(strings.ToLower(m.name), 0, 5) }},
	{"mid-word", 1, func(s searcher, m material) string {
		name := strings.ToLower(m.name)
		start := 1 + s.IntN(len(name)/2)
		if name[start] == ' ' || name[start-1] == ' ' {
			return ""
		}
		return s.from(name, start, 4)
	}},
	{"words", 0.99, func(s searcher, m material) string { return strings.Join(s.someWords(m.name), " ") }},
	{"typo-sku", 0.97, func(s searcher, m material) string {
		q := s.slip(strings.ToLower(m.sku), 3)
		if slices.ContainsFunc(s.texts, func(text string) bool { return strings.HasPrefix(text, q) }) {
			return ""
		}
		return q
	}},
	{"typo-name", 0.97, func(s searcher, m material) string {
		ws := s.someWords(m.name)
		if ws == nil {
			return ""
		}
		longest := slices.MaxFunc(ws, func(a, b string) int { return len(a) - len(b) })
		i := slices.Index(ws, longest)
		if ws[i] = s.slip(longest, 1); len(longest) < 5 || !s.specific(ws[i]) {
			return ""
		}
		return strings.Join(ws, " ")
	}},
}

func TestItemsRecall(t *testing.T) {
	all := catalogue(2000)
	_, x := indexed(t, all)
	s := newSearcher(all)
	for _, class := range classes {
		t.Run(class.name, func(t *testing.T) {
			const asked = 150
			found := 0
			for n, tries := 0, 0; n < asked; tries++ {
				if tries > 100*asked {
					t.Fatalf("only %d queries", n)
				}
				m := all[s.IntN(len(all))]
				q := class.query(s, m)
				if q == "" {
					continue
				}
				n++
				ids, err := x.Items(t.Context(), q, shown)
				if err != nil {
					t.Fatal(err)
				}
				if slices.Contains(ids, m.id) {
					found++
				} else {
					t.Logf("%q does not find %s %q", q, m.sku, m.name)
				}
			}
			if share := float64(found) / asked; share < class.least {
				t.Errorf("%d of %d found, %.1f %%; want %.0f %%", found, asked, 100*share, 100*class.least)
			}
		})
	}
}

func BenchmarkSearch(b *testing.B) {
	all := catalogue(10000)
	db, x := indexed(b, all)
	s := newSearcher(all)
	const page = 25
	run := func(name string, queries []string) {
		b.Run(name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if _, err := x.Items(b.Context(), queries[i%len(queries)], page); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	var keys []string
	for _, class := range classes {
		var queries []string
		for len(queries) < 100 {
			if q := class.query(s, all[s.IntN(len(all))]); q != "" {
				queries = append(queries, q)
			}
		}
		run(class.name, queries)
		if class.name == "sku" || class.name == "name-prefix" {
			for _, q := range queries[:40] {
				for n := 1; n <= min(len(q), 14); n++ {
					keys = append(keys, strings.ToLower(q[:n]))
				}
			}
		}
	}
	run("keystrokes", keys)
	b.Run("just-written", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			sku := fmt.Sprintf("NEW-%07d", i)
			b.StopTimer()
			it := addItem(b, db, store.ItemDraft{SKU: sku, Name: "Just written " + sku})
			b.StartTimer()
			if ids, err := x.Items(b.Context(), sku, page); err != nil || len(ids) == 0 || ids[0] != it.ID {
				b.Fatalf("%s: found %v (%v)", sku, ids, err)
			}
		}
	})
}
