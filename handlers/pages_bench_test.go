package handlers_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// BenchmarkPages asks for the pages of a day's work through everything but the network, beside 10,000 items and 1,000
// open jobs of twenty lines, twenty a day. Cold is after an item got other words, which is taken in before.
func BenchmarkPages(b *testing.B) {
	db := storetest.Open(b)
	stockHouse(b, db, 10_000)
	fillCalendar(b, db, 1000, 20, 10_000)
	job := storetest.Job(b, db, 1042, time.Now().Add(24*time.Hour), officeLines(8)...)
	for n := range 12 {
		storetest.Job(b, db, 1100+n, time.Now().AddDate(0, 0, n), officeLines(len(phrases))[3*n:3*n+3]...)
	}
	shelf, err := db.CreatePlace(b.Context(), storetest.Staff, store.PlaceDraft{Name: "Bay 7", Kind: store.KindShelf, Parent: 1})
	if err != nil {
		b.Fatal(err)
	}
	for n := range store.ItemID(30) {
		storetest.Book(b, db, store.Entry{Item: 1 + 200*n, Kind: store.Receive, Qty: 5000, To: shelf.ID})
	}
	c := newClient(b, db)
	c.signIn(store.Owner)
	if err := c.server.Index.CatchUp(b.Context()); err != nil {
		b.Fatal(err)
	}
	answer, changes := c.app.Handler(), 0
	change := func(b *testing.B) {
		changes++
		it, err := db.Item(b.Context(), store.ItemID(1+changes%9000))
		if err != nil {
			b.Fatal(err)
		}
		d := store.ItemDraft{SKU: it.SKU, Name: fmt.Sprint("Garden hose ", changes), Unit: it.Unit}
		if _, err := db.UpdateItem(b.Context(), storetest.Staff, it.ID, it.Version, d); err != nil {
			b.Fatal(err)
		}
		if err := c.server.Index.CatchUp(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name, path string
		cold       bool
	}{
		{"dashboard", "/dashboard", false},
		{"match", "/match", false},
		{"match-cold", "/match", true},
		{"job", "/jobs/" + job.String(), false},
		{"job-cold", "/jobs/" + job.String(), true},
		{"scan", "/scan?code=419283027015", false},
		{"counts", "/counts", false},
		{"count", "/count?place=1", false},
		{"count-shelf", "/count?place=" + shelf.ID.String(), false},
		{"place", "/places/1", false},
		{"items-there", "/items?place=1", false},
	} {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if tt.cold {
					b.StopTimer()
					change(b)
					b.StartTimer()
				}
				var ctx fasthttp.RequestCtx
				ctx.Request.SetRequestURI(tt.path)
				ctx.Request.Header.SetHost(host)
				for name, value := range c.cookies {
					ctx.Request.Header.SetCookie(name, value)
				}
				answer(&ctx)
				if ctx.Response.StatusCode() != 200 {
					b.Fatal(ctx.Response.StatusCode())
				}
			}
		})
	}
}

// phrases are lines as an office writes them, of which none is an item.
var phrases = []string{
	"1/2\" copper 90 elbow sweat", "Romex 12-2 per ft", "Drain pipe 4 in, perforated, with sock", "Ground rod 5/8 in x 8 ft",
	"Ground clamp 5/8 in, acorn", "Pea gravel 3/8 in", "Fabric pin 6 in, steel", "Odd bracket", "Wire nut, yellow",
	"Shower valve trim, chrome", "Install ball valve brass 3/4", "Deck screws 2-1/2 box of 350", "Cedar fence pickets 6 ft",
	"Drip tubing 100 ft coil", "Rain sensor wireless", "Breaker 20 A", "Outlet weatherproof cover", "Copper tee 1 in",
	"PEX coupling brass 3/4", "Toggle switch white", "Load center 200A", "Carriage bolts 1/2 x 6", "Threaded rod zinc",
	"Spray head pop-up 4 in", "Zone valve 1 in", "Junction box steel", "Conduit 3/4 EMT", "Stud douglas fir 2x4x8",
	"Composite decking boards", "Handrail bracket black", "Wedge anchors 3/8 x 4", "Union galvanized 2 in", "P-trap 1-1/2",
	"Cast iron coupling", "Nozzle adjustable 8", "Swing joint 12 in",
}

func officeLines(n int) []store.SnapshotLine {
	lines := make([]store.SnapshotLine, n)
	for i := range lines {
		lines[i] = storetest.Line(phrases[i], int64(1+i))
	}
	return lines
}

// stockHouse imports n items with names as contractors give them, some of them low.
func stockHouse(b *testing.B, db *store.DB, n int) {
	r := rand.New(rand.NewPCG(2026, 7))
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	var file strings.Builder
	file.WriteString("sku,name,category,unit,minimum,supplier,quantity\n")
	for i := range n {
		name := strings.Join([]string{pick("Copper", "Brass", "PEX-A", "Galvanized", "Cast Iron", "Weatherproof", "Heavy Duty", "Douglas Fir", "Cedar",
			"Composite", "Zinc", "Stainless", "Adjustable", "Pop-Up"), pick("Elbow 90", "Tee", "Coupling", "Ball Valve", "Union", "P-Trap", "Romex Cable",
			"Junction Box", "Toggle Switch", "Circuit Breaker", "Conduit", "Wire Nuts", "Ground Rod", "Stud", "Fence Picket", "Handrail", "Deck Screws",
			"Wedge Anchor", "Threaded Rod", "Rotor", "Spray Head", "Drip Tubing", "Zone Valve", "Nozzle"), pick("1/2 in", "3/4 in", "1 in", "1-1/4 in",
			"2 in", "12/2", "20A", "2x4x8", "#8 x 2-1/2", "3/8 x 4", "4 in", "1 gph"), pick("White", "Bronze", "Threaded", "Push-Fit", "Lead Free", "10-Pack")}, " ")
		fmt.Fprintf(&file, "PL-%06d,\"%s, %s %d\",%s,ea,%d,%s,%d\n", i, name, pick("Ridgeline", "Oakmoor", "Summit", "Marlow"), i,
			pick("Plumbing", "Electrical", "Lumber", "Irrigation"), r.IntN(20), pick("Valley Supply", "Delta Pipe & Valve"), 15+r.IntN(400))
	}
	if _, err := db.ImportItems(b.Context(), storetest.Staff, strings.NewReader(file.String())); err != nil {
		b.Fatal(err)
	}
}

// fillCalendar adds open jobs from tomorrow on, twenty a day, whose lines are items of the first quarter.
func fillCalendar(b *testing.B, db *store.DB, jobs, lines, items int) {
	r := rand.New(rand.NewPCG(3, 4))
	var lot []store.JobSnapshot
	for n := range jobs {
		s := storetest.Snapshot(5000+n, time.Now().Truncate(time.Hour).AddDate(0, 0, 1+n/20))
		for l := range lines {
			line := storetest.Line(fmt.Sprintf("PL-%06d", r.IntN(items/4)), int64(1+r.IntN(30)))
			line.Remote = fmt.Sprint("line-", n, "-", l)
			s.Lines = append(s.Lines, line)
		}
		if lot = append(lot, s); len(lot) == 50 {
			if _, err := db.ApplyJobs(b.Context(), store.FromSweep, lot); err != nil {
				b.Fatal(err)
			}
			lot = nil
		}
	}
}
