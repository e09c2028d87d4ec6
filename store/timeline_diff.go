package store

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A FieldChange is a fact of the job that changed: as text, or as a time where it is one.
type FieldChange struct {
	Field string    `json:"field"` // as people call it: "Customer", "Starts"
	Old   string    `json:"old,omitempty"`
	New   string    `json:"new,omitempty"`
	OldAt time.Time `json:"old_at,omitzero"` // zero: no date
	NewAt time.Time `json:"new_at,omitzero"`
}

// A LineEvent says what happened to a line.
type LineEvent string

const (
	LineAdded    LineEvent = "added"
	LineGone     LineEvent = "removed"
	LineBack     LineEvent = "back" // it was removed, and is there again
	LineQty      LineEvent = "quantity"
	LineRenamed  LineEvent = "renamed"
	LineText     LineEvent = "text" // its description, category, product or price
	LineAnswered LineEvent = "answered"
)

// A LineChange is what happened to one line of the job, and what follows from it for the stock.
type LineChange struct {
	Line LineID    `json:"line"`
	Name string    `json:"name"`
	What LineEvent `json:"what"`
	Was  string    `json:"was,omitempty"` // its name before, when renamed
	Old  Qty       `json:"old,omitempty"` // Jobber's quantity before
	New  Qty       `json:"new,omitempty"` // and now
	Why  string    `json:"why,omitempty"` // why it is needed from stock now, or is not: a sentence
}

// A DemandChange is an item of which the job needs another quantity than before.
type DemandChange struct {
	Item   ItemID `json:"item"`
	Before Qty    `json:"before"`
	After  Qty    `json:"after"`
}

// compare fills in what changed from old to r.
func (e *SyncEntry) compare(old, r jobRecord) {
	if old.Remote != "" { // of a new job all of it is news
		e.Fields = append(jobChanges(old, r), visitChanges(old.Visits, r.Visits)...)
	}
	e.Lines = lineChanges(old, r)
	for _, item := range union(old.items(), r.items()) {
		if c := (DemandChange{item, old.needs(item), r.needs(item)}); c.Before != c.After {
			e.Demand = append(e.Demand, c)
		}
	}
}

// needs is what the job needs of an item while it is open.
func (r jobRecord) needs(item ItemID) Qty {
	if r.State != JobOpen {
		return 0
	}
	return r.required(item)
}

func jobChanges(old, r jobRecord) []FieldChange {
	return slices.DeleteFunc([]FieldChange{
		{Field: "State here", Old: string(old.State), New: string(r.State)},
		{Field: "Status", Old: old.Status, New: r.Status},
		{Field: "Title", Old: old.Title, New: r.Title},
		{Field: "Notes", Old: old.Instructions, New: r.Instructions},
		{Field: "Type", Old: old.Type, New: r.Type},
		{Field: "Billing", Old: old.Billing, New: r.Billing},
		{Field: "Customer", Old: old.Client.Name, New: r.Client.Name},
		{Field: "Company", Old: old.Client.Company, New: r.Client.Company},
		{Field: "Phone", Old: old.Client.Phone, New: r.Client.Phone},
		{Field: "Email", Old: old.Client.Email, New: r.Client.Email},
		{Field: "Address", Old: strings.Join(old.Address.Lines(), ", "), New: strings.Join(r.Address.Lines(), ", ")},
		{Field: "Starts", OldAt: old.StartAt, NewAt: r.StartAt},
		{Field: "Ends", OldAt: old.EndAt, NewAt: r.EndAt},
		{Field: "Completed", OldAt: old.CompletedAt, NewAt: r.CompletedAt},
	}, FieldChange.none)
}

func (c FieldChange) none() bool { return c.Old == c.New && c.OldAt.Equal(c.NewAt) }

// visitChanges pairs visits by Jobber's ids.
func visitChanges(old, now []Visit) []FieldChange {
	var cs []FieldChange
	for _, v := range now {
		i := slices.IndexFunc(old, func(o Visit) bool { return o.Remote == v.Remote })
		if i < 0 {
			cs = append(cs, FieldChange{Field: "New visit", New: cmp.Or(v.Title, "A visit"), NewAt: v.StartAt})
			continue
		}
		o := old[i]
		cs = append(cs, slices.DeleteFunc([]FieldChange{
			{Field: "Visit", OldAt: o.StartAt, NewAt: v.StartAt},
			{Field: "Visit ends", OldAt: o.EndAt, NewAt: v.EndAt},
			{Field: "Visit", Old: done(o), New: done(v)},
			{Field: "Crew", Old: strings.Join(o.Crew, ", "), New: strings.Join(v.Crew, ", ")},
			{Field: "Visit", Old: o.Title, New: v.Title},
		}, FieldChange.none)...)
	}
	for _, o := range old {
		if !slices.ContainsFunc(now, func(v Visit) bool { return v.Remote == o.Remote }) {
			cs = append(cs, FieldChange{Field: "Visit removed", Old: cmp.Or(o.Title, "A visit"), OldAt: o.StartAt})
		}
	}
	return cs
}

func done(v Visit) string {
	if v.Complete {
		return "done"
	}
	return "not done"
}

func lineChanges(old, r jobRecord) []LineChange {
	var cs []LineChange
	was := make(map[string]lineRecord, len(old.Lines))
	for _, l := range old.Lines {
		was[l.Remote] = l
	}
	for _, l := range r.Lines {
		c := LineChange{Line: l.ID, Name: l.Name, New: l.Qty, Why: r.why(l), What: LineAdded}
		if o, here := was[l.Remote]; here {
			c.Old = o.Qty
			c.What, c.Was = lineEvent(o, l)
		}
		if c.What != "" {
			cs = append(cs, c)
		}
	}
	return cs
}

// lineEvent says what happened to a line; "" for nothing. Of several things it names the one that counts most.
func lineEvent(o, l lineRecord) (what LineEvent, was string) {
	switch {
	case l.Removed && !o.Removed:
		return LineGone, ""
	case o.Removed && !l.Removed:
		return LineBack, ""
	case l.Qty != o.Qty:
		return LineQty, ""
	case l.Name != o.Name:
		return LineRenamed, o.Name
	case l.How != o.How || l.Kit != o.Kit || l.NotStock != o.NotStock || !slices.Equal(l.parts(), o.parts()):
		return LineAnswered, ""
	case l.Description != o.Description || l.Category != o.Category || l.Product != o.Product ||
		l.ProductName != o.ProductName || l.ProductSKU != o.ProductSKU || l.UnitPrice != o.UnitPrice:
		return LineText, ""
	}
	return "", ""
}

// why says in a sentence why a line is needed from stock, or is not.
func (r jobRecord) why(l lineRecord) string {
	switch {
	case l.Removed:
		return "Not needed: Jobber does not have this line any more."
	case r.Foreign != "":
		return "Not needed: the job is another Jobber account's."
	case r.State == JobClosed:
		return "Not needed any more: the job is closed."
	case r.State == JobDeleted:
		return "Not needed: Jobber deleted the job."
	case l.NotStock:
		return "Not needed from stock: " + lowerFirst(cmp.Or(l.How, "it is not stock")) + "."
	case len(l.parts()) == 0:
		return "Not needed yet: nobody said which item it is."
	case l.Qty < 0:
		return "Not needed: less than nothing is no demand."
	case l.Qty == 0 && r.Billing == "VISIT_BASED":
		return "Not needed: the job is billed by visit, and no visit uses it."
	case l.Qty == 0:
		return "Not needed: the quantity is 0."
	}
	switch l.How {
	case "Its SKU":
		return "Needed: the line or its product has the item's SKU."
	case "The same name":
		return "Needed: the line or its product has the item's name."
	}
	if l.Kit != 0 {
		return "Needed: the parts of the kit " + shorten(l.KitName) + ", since " + l.How + "."
	}
	return "Needed: " + l.How + "."
}

// lowerFirst is for a sentence that goes on inside another.
func lowerFirst(s string) string {
	for _, word := range []string{"A service", "Less than"} {
		if strings.HasPrefix(s, word) {
			return strings.ToLower(s[:1]) + s[1:]
		}
	}
	return s // it may begin with somebody's name
}
