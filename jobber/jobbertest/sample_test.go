package jobbertest

import (
	"encoding/csv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lwc-inventory/store/sample"
)

// sampleNow is a Monday in the middle of a morning.
var sampleNow = time.Date(2026, 11, 23, 9, 41, 30, 0, time.Local)

func TestSample(t *testing.T) {
	for day := range 7 {
		now := sampleNow.AddDate(0, 0, day)
		t.Run(now.Weekday().String(), func(t *testing.T) {
			d := Sample(now)
			if err := d.Check(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(d, Sample(now)); diff != "" {
				t.Errorf("the same time gives other data:\n%s", diff)
			}
			if n := len(d.Jobs); n < 58 || n > 66 {
				t.Errorf("%d jobs", n)
			}
			numbers := map[int]bool{}
			for _, j := range d.Jobs {
				if numbers[j.Number] {
					t.Errorf("two jobs have the number %d", j.Number)
				}
				numbers[j.Number] = true
				checkSampleJob(t, now, j)
			}
			checkSampleDays(t, d, now)
			checkSampleShort(t, d, now)
		})
	}
}

func checkSampleJob(t *testing.T, now time.Time, j Job) {
	t.Helper()
	if j.Title == "" || len(j.Lines) == 0 || j.UpdatedAt.After(now) || j.CreatedAt.After(j.UpdatedAt) {
		t.Errorf("job %d: %d lines, created %v, updated %v", j.Number, len(j.Lines), j.CreatedAt, j.UpdatedAt)
	}
	for _, l := range sampleLinesOf(j) {
		if l.Name == "" || l.Category == "" || (l.Quantity == 0 && j.Billing != VisitBased) {
			t.Errorf("job %d: line %+v", j.Number, l)
		}
	}
	for _, v := range j.Visits {
		from, to := *v.StartAt, *v.EndAt
		if from.Hour() < 8 || !to.After(from) || to.Hour()*60+to.Minute() > 16*60 ||
			sampleDay(from) != sampleDay(to) || from.Location() != now.Location() {
			t.Errorf("job %d: visit from %v to %v", j.Number, from, to)
		}
		if len(v.Crew) == 0 {
			t.Errorf("job %d: nobody goes on %v", j.Number, from)
		}
	}
}

// sampleLinesOf returns the lines of a job and of its visits.
func sampleLinesOf(j Job) []LineItem {
	lines := slices.Clone(j.Lines)
	for _, v := range j.Visits {
		lines = append(lines, v.Lines...)
	}
	return lines
}

func checkSampleDays(t *testing.T, d Data, now time.Time) {
	t.Helper()
	count := map[string]int{}
	for _, j := range d.Jobs {
		if len(j.Visits) > 1 {
			count["several visits"]++
		}
		days := 0
		if j.StartAt != nil {
			days = sampleDay(*j.StartAt) - sampleDay(now)
		}
		switch {
		case j.Billing == VisitBased:
			count["by visit"]++
		case j.Closed():
			count["closed"]++
		case j.StartAt == nil:
			count["no date"]++
		case days < 0:
			count["late"]++
		case days == 0:
			count["today"]++
		case days == 1:
			count["tomorrow"]++
		case days <= 7:
			count["week"]++
		default:
			count["later"]++
		}
	}
	want := map[string]int{"closed": 17, "late": 3, "today": 4, "tomorrow": 4, "week": 12, "later": 15,
		"no date": 6, "by visit": 2, "several visits": 12}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Errorf("jobs by day (-want +got):\n%s", diff)
	}
}

// sampleDay numbers the days of the calendar.
func sampleDay(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// checkSampleShort holds the jobs against the sample stock: which are short, what no item matches.
func checkSampleShort(t *testing.T, d Data, now time.Time) {
	t.Helper()
	stock := readSampleStock(t)
	needs, unmatched := map[string]float64{}, map[string]bool{}
	users := map[string][]int{} // numbers of open dated jobs by SKU
	for _, j := range d.Jobs {
		for _, l := range sampleLinesOf(j) {
			sku := stock.match(d, l)
			switch {
			case j.Closed() || l.Category == CategoryService:
			case sku == "":
				unmatched[l.Name] = true
			case j.StartAt != nil:
				needs[sku] += l.Quantity
				users[sku] = append(users[sku], j.Number)
			}
		}
	}
	var short, low []string
	jobs := map[int]bool{}
	for sku, n := range needs {
		it := stock.bySKU[sku]
		switch {
		case it.quantity < n:
			short = append(short, sku)
			for _, number := range users[sku] {
				jobs[number] = true
			}
		case it.quantity-n < it.minimum && it.quantity >= it.minimum:
			low = append(low, sku)
		}
	}
	shortItems := []string{"GFCI-20-W", "LED-UC-24", "SOD", "TNK-EXP-2", "VLV-SH-12"}
	for what, c := range map[string]struct{ got, want any }{
		"short items":         {sorted(short), shortItems},
		"short jobs":          {slices.Sorted(maps.Keys(jobs)), []int{1042, 1045, 1051, 1053}},
		"low by allocation":   {sorted(low), []string{"BRK-20-1P", "NM-12-2", "PVC-EL-2"}},
		"jobs with a breaker": {users["BRK-20-1P"], []int{1042}},
		"lines without item":  {len(unmatched), 8},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}

func sorted(s []string) []string {
	slices.Sort(s)
	return s
}

// sampleStock is the sample's items, for finding the one that a line means.
type sampleStock struct {
	bySKU  map[string]sampleItem
	byName map[string]string // SKU by lower-case name
}

type sampleItem struct{ quantity, minimum float64 }

func readSampleStock(t *testing.T) sampleStock {
	t.Helper()
	f, err := sample.Files.Open("items.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	col := map[string]int{}
	for i, name := range rows[0] {
		col[name] = i
	}
	s := sampleStock{bySKU: map[string]sampleItem{}, byName: map[string]string{}}
	for _, r := range rows[1:] {
		sku := r[col["sku"]]
		s.byName[strings.ToLower(r[col["name"]])] = sku
		s.bySKU[sku] = sampleItem{number64(t, r[col["quantity"]]), number64(t, r[col["minimum"]])}
	}
	return s
}

func number64(t *testing.T, s string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// match finds a line's item by the product's SKU, a SKU in the name, or the name.
func (s sampleStock) match(d Data, l LineItem) string {
	i := slices.IndexFunc(d.Products, func(p Product) bool { return p.ID == l.ProductID })
	if i >= 0 && d.Products[i].SKU != "" {
		return d.Products[i].SKU
	}
	for word := range strings.FieldsSeq(l.Name) {
		sku := strings.Trim(word, "()")
		if _, ok := s.bySKU[sku]; ok {
			return sku
		}
	}
	return s.byName[strings.ToLower(l.Name)]
}

func TestSamplePriceBook(t *testing.T) {
	stock := readSampleStock(t)
	d := Sample(sampleNow)
	how := map[string]int{}
	for _, p := range d.Products {
		line := LineItem{Name: p.Name, ProductID: p.ID}
		switch {
		case p.Category == CategoryService:
			how["service"]++
		case p.SKU != "":
			if _, ok := stock.bySKU[p.SKU]; !ok {
				t.Errorf("product %q: there is no item %q", p.Name, p.SKU)
			}
			how["SKU field"]++
		case stock.byName[strings.ToLower(p.Name)] != "":
			how["name"]++
		case stock.match(d, line) != "":
			how["SKU in the name"]++
		default:
			how["none"]++
		}
	}
	want := map[string]int{"service": 10, "SKU field": 50, "name": 18, "SKU in the name": 5, "none": 2}
	if diff := cmp.Diff(want, how); diff != "" {
		t.Errorf("products by how they match (-want +got):\n%s", diff)
	}
}

func TestSampleJob1042(t *testing.T) {
	d := Sample(sampleNow)
	i := slices.IndexFunc(d.Jobs, func(j Job) bool { return j.Number == 1042 })
	j := d.Jobs[i]
	client := d.Clients[slices.IndexFunc(d.Clients, func(c Client) bool { return c.ID == j.ClientID })]
	place := d.Properties[slices.IndexFunc(d.Properties, func(p Property) bool { return p.ID == j.PropertyID })]
	got := []any{j.Title, client.First + " " + client.Last, client.Phone,
		place.Street1, place.City, place.PostalCode, len(j.Lines), len(j.Visits), j.StartAt.Format(time.DateTime), j.EndAt.Format(time.DateTime)}
	want := []any{"Bathroom rough-in", "Karen Miller", "319 555 0142", "418 Alder Street", "Cedar Falls", "50613",
		12, 2, "2026-11-24 08:00:00", "2026-11-25 15:00:00"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("job 1042 (-want +got):\n%s", diff)
	}
}
