package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lwc-inventory/store"
)

const secret = "a secret for the bench, long enough"

// A material is one item of a catalogue that is the same at every run. Its id is its place in it, from 1.
type material struct{ sku, name, category, supplier string }

// trades are what the catalogue is made of.
var trades = []struct {
	category, code       string
	things, makes, sizes []string
}{
	{"Plumbing", "PL", []string{"Elbow 90", "Elbow 45", "Tee", "Coupling", "Ball Valve", "Gate Valve", "Union", "Reducing Bushing", "P-Trap", "Pipe Strap", "Backflow Preventer"},
		[]string{"Copper", "Brass", "PEX-A", "CPVC", "Galvanized", "Cast Iron"}, []string{"1/2 in", "3/4 in", "1 in", "1-1/4 in", "1-1/2 in", "2 in", "3 in"}},
	{"Electrical", "EL", []string{"Romex Cable", "Junction Box", "Receptacle", "Toggle Switch", "Circuit Breaker", "Conduit", "Wire Nuts", "Ground Rod", "Load Center"},
		[]string{"Commercial", "Weatherproof", "Tamper-Resistant", "Heavy Duty", "Arc-Fault"}, []string{"14/2", "12/2", "12/3", "10/3", "15A", "20A", "30A", "120V"}},
	{"Lumber", "LU", []string{"Stud", "Joist", "Plywood", "Decking", "Fence Picket", "Post", "Trim Board", "Handrail"},
		[]string{"Douglas Fir", "Cedar", "Treated Pine", "Redwood", "Composite"}, []string{"2x4x8", "2x4x10", "2x6x12", "4x4x8", "1x6x6", "5/4x6x16"}},
	{"Fasteners", "FA", []string{"Deck Screws", "Lag Bolts", "Carriage Bolt", "Wedge Anchor", "Framing Nails", "Flat Washers", "Threaded Rod"},
		[]string{"Zinc", "Stainless", "Hot-Dipped", "Black Oxide", "Coated"}, []string{"#6 x 1", "#8 x 2-1/2", "#10 x 3", "1/4 x 2", "3/8 x 4", "1/2 x 6"}},
	{"Irrigation", "IR", []string{"Rotor", "Spray Head", "Drip Tubing", "Zone Valve", "Controller", "Rain Sensor", "Swing Joint", "Nozzle"},
		[]string{"Adjustable", "Full-Circle", "Pressure Compensating", "Pop-Up", "Battery"}, []string{"4 in", "6 in", "12 in", "0.5 gph", "1 gph", "4 zone", "8 zone"}},
}

var (
	labels    = []string{"Ridgeline", "Oakmoor", "Blackwater", "Summit", "Ferro", "Kestler", "Marlow", "Novak", "Greyfield", "Pellam", "Quarrion", "Tolland"}
	extras    = []string{"", "Contractor Pack", "10-Pack", "Low Profile", "Lead Free", "White", "Bronze", "Left Hand", "Threaded", "Push-Fit", "UV Stable"}
	suppliers = []string{"Valley Supply", "Harbor Wholesale", "Northside Electric", "Delta Pipe & Valve"}
)

// catalogue makes n materials as contractors name them.
func catalogue(n int) []material {
	r := rand.New(rand.NewPCG(2026, 7))
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	all := make([]material, 0, n)
	for seen := map[string]bool{}; len(all) < n; {
		t := trades[r.IntN(len(trades))]
		thing := pick(t.things)
		name := strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s", pick(t.makes), thing, pick(t.sizes), pick(extras))), " ") + ", " + pick(labels)
		sku := fmt.Sprintf("%s-%s-%06d", t.code, strings.ToUpper(strings.ReplaceAll(thing, " ", "")[:3]), r.IntN(1_000_000))
		if seen[name] || seen[sku] {
			continue
		}
		seen[name], seen[sku] = true, true
		all = append(all, material{sku, name, t.category, pick(suppliers)})
	}
	return all
}

// seed fills the data folder as an owner would, by the program's own commands, and returns how long the last
// import of ten thousand items, or less, took.
func (r *rig) seed() (time.Duration, error) {
	if err := r.command(password, "user", "add", "--username", "bench", "--role", "owner", "--password-stdin"); err != nil {
		return 0, err
	}
	var took time.Duration
	random := rand.New(rand.NewPCG(1, 2))
	for lot := range slices.Chunk(r.goods, 10_000) {
		var b strings.Builder
		b.WriteString("sku,name,category,unit,minimum,supplier,quantity\n")
		for _, m := range lot {
			fmt.Fprintf(&b, "%s,\"%s\",%s,ea,%d,%s,%d\n", m.sku, m.name, m.category, random.IntN(20), m.supplier, 15+random.IntN(400))
		}
		file := filepath.Join(r.dir, "items.csv")
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			return 0, err
		}
		began := time.Now()
		if err := r.command("", "import", "items", file); err != nil {
			return 0, err
		}
		took = time.Since(began)
	}
	return took, nil
}

// open opens the database while no server runs.
func (r *rig) open() (*store.DB, error) {
	return store.Open(filepath.Join(r.dir, "data", "lwc.db"), store.Options{Secret: []byte(secret)})
}

// seedJobs adds open jobs from tomorrow on, some twenty a day, each with so many lines that are items.
func (r *rig) seedJobs(jobs, lines int) error {
	db, err := r.open()
	if err != nil {
		return err
	}
	defer db.Close()
	random := rand.New(rand.NewPCG(3, 4))
	var all []store.JobSnapshot
	for n := range jobs {
		start := time.Now().Truncate(time.Hour).AddDate(0, 0, 1+n/20)
		s := store.JobSnapshot{Account: "bench", Remote: fmt.Sprint("job-", n), Number: 5000 + n, Title: "Kitchen remodel", Status: "upcoming",
			Type: "ONE_OFF", Billing: "FIXED_PRICE", Client: store.Client{Name: fmt.Sprint("Client ", n%300)}, StartAt: start, EndAt: start.Add(4 * time.Hour),
			CreatedAt: start.AddDate(0, -1, 0), UpdatedAt: start.AddDate(0, -1, 0)}
		for l := range lines {
			s.Lines = append(s.Lines, store.SnapshotLine{Remote: fmt.Sprint("line-", n, "-", l), Name: r.goods[random.IntN(len(r.goods)/4)].sku,
				Qty: store.Qty(1000 * (1 + random.IntN(30))), Category: store.CategoryProduct})
		}
		all = append(all, s)
	}
	for lot := range slices.Chunk(all, 50) {
		if _, err := db.ApplyJobs(context.Background(), store.FromSweep, lot); err != nil {
			return err
		}
	}
	return nil
}

// seedMovements books until the ledger has n movements.
func (r *rig) seedMovements(n int) error {
	db, err := r.open()
	if err != nil {
		return err
	}
	defer db.Close()
	acts, err := db.LastActs(context.Background(), 1)
	if err != nil {
		return err
	}
	there := 0
	if len(acts) > 0 {
		there = int(acts[0].ID)
	}
	kinds := []store.Kind{store.Receive, store.Issue, store.Receive, store.ScrapKind}
	for there < n {
		a := store.Act{RequestID: fmt.Sprint("seed-", there), By: store.Actor{Name: "bench"}, Confirmed: true}
		for len(a.Entries) < 2000 && there < n {
			a.Entries = append(a.Entries, store.Entry{Item: store.ItemID(1 + there%len(r.goods)), Kind: kinds[there/len(r.goods)%len(kinds)], Qty: 1000})
			there++
		}
		if _, err := db.Book(context.Background(), a); err != nil {
			return err
		}
	}
	return nil
}
