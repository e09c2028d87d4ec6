package store

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"go.etcd.io/bbolt"
)

// resolve turns what a person said into a movement of it, the entry's item: it fills the ends that were left out
// and refuses what cannot be. Fields in its errors are the movement form's.
func resolve(tx *bbolt.Tx, it Item, e Entry) (Movement, error) {
	m := Movement{Item: e.Item, Kind: e.Kind, Qty: e.Qty, From: e.From, To: e.To, Job: e.Job, Line: e.Line,
		Reason: oneLine(e.Reason), Note: oneLine(e.Note), UnitCost: it.Cost}
	bad := problems{}
	if utf8.RuneCountInString(m.Reason) > 200 {
		bad.add("reason", "At most 200 characters.")
	}
	if utf8.RuneCountInString(m.Note) > 1000 {
		bad.add("note", "At most 1,000 characters.")
	}
	switch {
	case m.Qty < 0:
		bad.add("quantity", "Write an amount above 0. The kind says which way it goes.")
	case m.Qty == 0 && m.Kind != Count:
		bad.add("quantity", "Write an amount above 0.")
	case m.Qty > maxQty:
		bad.add("quantity", "That is too much.")
	}
	err := bad.err()
	if err != nil {
		return Movement{}, err
	}
	if m.Qty, m.Pack, err = it.Amount(e.Qty, e.Pack); err != nil {
		return Movement{}, err
	}
	if err := fillJob(tx, &m); err != nil {
		return Movement{}, err
	}
	if err := fillEnds(tx, it, &m); err != nil {
		return Movement{}, err
	}
	if err := realEnds(tx, m); err != nil {
		return Movement{}, err
	}
	return m, nil
}

// fillJob checks m's job and line, and finds the line a movement for a job belongs to when it names none.
func fillJob(tx *bbolt.Tx, m *Movement) error {
	if m.Job == 0 {
		m.Line = 0
		return nil
	}
	if !slices.Contains([]Kind{Issue, Return, ScrapKind, Transfer}, m.Kind) {
		return invalidField("job", "Only what is taken, set aside, brought back or scrapped belongs to a job.")
	}
	r, err := getJob(tx, m.Job)
	if err != nil {
		return fieldError(err, "job")
	}
	if (m.Kind == Issue || m.Kind == Transfer) && r.State == JobDeleted {
		return invalidField("job", fmt.Sprintf("Jobber deleted job #%d. Nothing more is taken for it.", r.Number))
	}
	if m.Line != 0 {
		for _, l := range r.Lines {
			if l.ID == m.Line && l.is(m.Item) {
				return nil
			}
		}
		return invalidField("job", fmt.Sprintf("The line is not on job #%d, or is another item.", r.Number))
	}
	m.Line = r.lineFor(tx, m.Job, m.Item)
	return nil
}

func invalidField(field, sentence string) error {
	return &Error{Code: Invalid, Message: sentence, Fields: map[string]string{field: sentence}}
}

// fillEnds decides the ends that were left out, and refuses ends that do not go with the kind.
func fillEnds(tx *bbolt.Tx, it Item, m *Movement) (err error) {
	home := it.Place
	switch m.Kind {
	case Receive:
		return m.ends(Supplier, home)
	case Issue:
		if m.From == 0 {
			if m.From, _, err = sourceFor(tx, it, m.Qty, m.Job, m.Line); err != nil {
				return err
			}
		}
		return m.ends(0, JobEnd)
	case Return:
		return m.ends(JobEnd, home)
	case Transfer:
		if m.From == 0 {
			if m.From, _, err = sourceOf(tx, it, m.Qty); err != nil {
				return err
			}
		}
		if m.To == 0 {
			return invalidField("to", "Choose where it goes.")
		}
		return m.ends(0, 0)
	case ScrapKind:
		if m.From == 0 && m.Job != 0 {
			m.From = JobEnd
		} else if m.From == 0 {
			m.From = home
		}
		if m.From == JobEnd {
			if m.To == 0 {
				m.To = Scrap
			}
			return m.ends(JobEnd, Scrap)
		}
		return m.ends(0, Scrap)
	case Adjust:
		return adjustEnds(m)
	case Count:
		return countEnds(tx, home, m)
	}
	return invalidField("kind", "Choose what happens: receive, issue, return, transfer, adjust, count or scrap.")
}

// ends fills m's open ends from the defaults. A virtual default is the only virtual end allowed on its side.
func (m *Movement) ends(from, to PlaceID) error {
	if m.From == 0 {
		m.From = from
	}
	if m.To == 0 {
		m.To = to
	}
	if m.From != from && (from.Virtual() || m.From.Virtual()) {
		return invalidField("from", fmt.Sprintf("A %s does not come from %s.", m.Kind, m.From))
	}
	if m.To != to && (to.Virtual() || m.To.Virtual()) {
		return invalidField("to", fmt.Sprintf("A %s does not go to %s.", m.Kind, m.To))
	}
	if m.From == m.To {
		return invalidField("to", "It stands there already. Choose another place.")
	}
	return nil
}

// adjustEnds: to a place adds, from a place subtracts.
func adjustEnds(m *Movement) error {
	if m.Reason == "" {
		return invalidField("reason", "Write why the books were wrong.")
	}
	if (m.From == 0 || m.From == Adjustment) && m.To != 0 {
		return m.ends(Adjustment, 0)
	}
	if m.From != 0 && (m.To == 0 || m.To == Adjustment) {
		return m.ends(0, Adjustment)
	}
	return invalidField("to", "Choose one place: to it adds, from it subtracts.")
}

// countEnds turns what was counted at a place into the movement that makes the books agree with it.
func countEnds(tx *bbolt.Tx, home PlaceID, m *Movement) error {
	for field, end := range map[string]PlaceID{"from": m.From, "to": m.To} {
		if end.Virtual() && end != Adjustment {
			return invalidField(field, "Only what stands in a place can be counted.")
		}
	}
	at := home
	for _, end := range []PlaceID{m.From, m.To} { // to decides, when both are places
		if end != 0 && !end.Virtual() {
			at = end
		}
	}
	m.Counted, m.Was = m.Qty, onHandAt(tx, m.Item, at)
	if m.Counted < m.Was {
		m.From, m.To, m.Qty = at, Adjustment, m.Was-m.Counted
	} else {
		m.From, m.To, m.Qty = Adjustment, at, m.Counted-m.Was
	}
	return nil
}

// realEnds refuses places that do not exist, or are archived.
func realEnds(tx *bbolt.Tx, m Movement) error {
	for field, p := range map[string]PlaceID{"from": m.From, "to": m.To} {
		if p.Virtual() {
			continue
		}
		place, err := getPlace(tx, p)
		if err != nil {
			return fieldError(err, field)
		}
		if place.Archived {
			return invalidField(field, place.Name+" is archived. Choose another place.")
		}
	}
	return nil
}
