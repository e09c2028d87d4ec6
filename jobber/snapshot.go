package jobber

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"lwc-inventory/store"
)

// Jobber's words that decide something here.
const (
	visitBased        = "VISIT_BASED"
	archived          = "archived"
	requiresInvoicing = "requires_invoicing"
)

// snapshot turns a job that was read to the end into what the store keeps of it. It fails for a
// quantity that is no amount: a wrong number would be worse than an old one.
func snapshot(account string, j remoteJob) (store.JobSnapshot, error) {
	visits := unique(j.Visits.Nodes, func(v remoteVisit) string { return v.ID })
	lines := unique(j.Lines.Nodes, func(l remoteLine) string { return l.ID })
	s := store.JobSnapshot{
		Account: account, Remote: j.ID, Number: j.Number,
		Title: j.Title, Instructions: j.Instructions,
		Status: j.Status, Type: j.Type, Billing: j.Billing, URL: j.URL,
		Client: store.Client{Name: j.Client.Name, Company: j.Client.Company,
			Phone: j.Client.Phone, Email: j.Client.Email},
		Address: address(j.Property.Address),
		StartAt: at(j.StartAt), EndAt: at(j.EndAt), CompletedAt: at(j.CompletedAt),
		CreatedAt: j.CreatedAt.UTC(), UpdatedAt: j.UpdatedAt.UTC(),
		Closed: closed(j.Status, j.CompletedAt),
		Visits: visitsOf(visits),
	}
	if j.Billing == visitBased {
		lines = usedBy(visits, lines)
	}
	for _, l := range lines {
		sl, err := snapshotLine(l)
		if err != nil {
			return store.JobSnapshot{}, fmt.Errorf("job %d, line %q: %w", j.Number, short(l.Name), err)
		}
		s.Lines = append(s.Lines, sl)
	}
	return s, nil
}

// closed reports whether a job is done with. Jobber has no such status: an archived job is; one that
// requires invoicing is when it was completed, since an open job whose invoice is due says the same.
// A completion date alone decides nothing, a reopened job may keep it.
func closed(status string, completedAt *time.Time) bool {
	return status == archived || status == requiresInvoicing && completedAt != nil
}

func snapshotLine(l remoteLine) (store.SnapshotLine, error) {
	qty, err := store.QtyFromFloat(l.Quantity)
	if err != nil {
		return store.SnapshotLine{}, err
	}
	sl := store.SnapshotLine{Remote: l.ID, Name: l.Name, Description: l.Description, Qty: qty,
		Category: store.Category(l.Category), UnitPrice: money(l.UnitPrice)}
	if p := l.Product; p != nil {
		sl.Product, sl.ProductName, sl.ProductSKU = p.ID, p.Name, skuOf(p)
	}
	return sl, nil
}

// usedBy adds up what the visits of a visit-billed job use into one line per job line. What the job's
// own lines say of quantities is not added: on such a job it is a default for new visits, and 0
// there does not mean 1. What no job line accounts for becomes a line of its own.
func usedBy(visits []remoteVisit, jobLines []remoteLine) []remoteLine {
	lines := slices.Clone(jobLines)
	for i := range lines {
		lines[i].Quantity = 0
	}
	credits := map[int]float64{} // less than nothing is no demand, and takes nothing from what other visits need
	for _, used := range usesOf(visits) {
		i := accountFor(used, lines)
		if i < 0 {
			i = len(lines)
			own := used
			own.ID, own.Quantity = visitLineID(used), 0
			lines = append(lines, own)
		}
		if used.Quantity < 0 {
			credits[i] += used.Quantity
		} else {
			lines[i].Quantity += used.Quantity
		}
	}
	for i, q := range credits {
		if lines[i].Quantity == 0 {
			lines[i].Quantity = q // told as it is
		}
	}
	return lines
}

// usesOf returns the lines of all visits, those of a product first and whatever order the visits
// came in, so that lines that only visits have come out the same each time.
func usesOf(visits []remoteVisit) []remoteLine {
	visits = slices.SortedFunc(slices.Values(visits), func(a, b remoteVisit) int { return strings.Compare(a.ID, b.ID) })
	var linked, named []remoteLine
	for _, v := range visits {
		for _, l := range unique(v.Lines.Nodes, func(l remoteLine) string { return l.ID }) {
			if l.Product != nil {
				linked = append(linked, l)
			} else {
				named = append(named, l)
			}
		}
	}
	return append(linked, named...)
}

// accountFor returns the line that a visit's line is the use of: the one with its id (whether visits
// have the job's ids is not known), or of its product, the same name first, or of its name. It is -1 for none.
func accountFor(used remoteLine, lines []remoteLine) int {
	best, rank := -1, 0
	for i, l := range lines {
		r := 0
		sameName := normal(l.Name) == normal(used.Name)
		switch {
		case l.ID == used.ID:
			r = 4
		case used.Product != nil && l.Product != nil && l.Product.ID == used.Product.ID:
			r = 2
			if sameName {
				r = 3
			}
		case sameName && (used.Product == nil || l.Product == nil):
			r = 1
		}
		if r > rank {
			best, rank = i, r
		}
	}
	return best
}

// visitLineID names a line that only visits have by what it is, so that it stays the same line
// whichever visits there are.
func visitLineID(l remoteLine) string {
	if l.Product != nil {
		return "visits/product/" + l.Product.ID
	}
	return "visits/name/" + normal(l.Name)
}

// normal makes names equal that differ in case and spaces only.
func normal(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// skuOf returns the value of a product's custom field "SKU". Jobber itself has no such thing.
func skuOf(p *remoteProduct) string {
	for _, f := range p.CustomFields {
		if normal(f.Label) == "sku" {
			return strings.TrimSpace(f.Value)
		}
	}
	return ""
}

func visitsOf(visits []remoteVisit) []store.Visit {
	out := make([]store.Visit, 0, len(visits))
	for _, v := range visits {
		sv := store.Visit{Remote: v.ID, Title: v.Title, StartAt: at(v.StartAt), EndAt: at(v.EndAt), Complete: v.Complete}
		for _, u := range v.Crew.Nodes {
			if u.Name.Full != "" && !slices.Contains(sv.Crew, u.Name.Full) {
				sv.Crew = append(sv.Crew, u.Name.Full)
			}
		}
		out = append(out, sv)
	}
	// Jobber's order is not promised, and another order would look like a change.
	slices.SortFunc(out, func(a, b store.Visit) int {
		if c := a.StartAt.Compare(b.StartAt); c != 0 {
			return c
		}
		return strings.Compare(a.Remote, b.Remote)
	})
	return out
}

func address(a remoteAddress) store.Address {
	if a.Street1 == "" && a.Street2 == "" {
		a.Street1 = a.Street
	}
	return store.Address{Street1: a.Street1, Street2: a.Street2, City: a.City,
		Province: a.Province, PostalCode: a.PostalCode, Country: a.Country}
}

// unique drops what came twice: a list that changes while it is read shows a record on two pages.
func unique[T any](list []T, id func(T) string) []T {
	seen := make(map[string]bool, len(list))
	var out []T
	for _, x := range list {
		if !seen[id(x)] {
			seen[id(x)] = true
			out = append(out, x)
		}
	}
	return out
}

func at(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// money rounds a price, once. What does not fit is no price.
func money(f float64) store.Money {
	x := math.Round(f * 10_000)
	if math.IsNaN(x) || math.Abs(x) > 1e15 {
		return 0
	}
	return store.Money(x)
}
