package alerts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lwc-inventory/store"
)

// mostRows is how many items and jobs a mail shows: Gmail cuts mails off at 102 kB.
const mostRows = 40

// A stockLetter tells of items.
type stockLetter struct {
	frame
	Sections []section
}

func (*stockLetter) template() string { return "stock" }

// A section is a part of a stockLetter.
type section struct {
	Heading string // "" for the only one
	Items   []itemRow
	Jobs    []jobRow
	More    string // what it does not show
}

// A jobRow is a job that needs more than there is.
type jobRow struct {
	Name, URL, When string
	Lacks           []lack
}

type lack struct{ Amount, Name string }

// A teller gathers what a stockLetter says.
type teller struct {
	*Service
	now    time.Time // of which it tells, in the reader's zone
	use    map[store.ItemID]store.Qty
	jobs   map[store.JobID]store.JobHead
	places map[store.PlaceID]string
	rows   int

	counts  tally
	names   []string // for the subject
	figures []string // for the preview
}

// stockLetter writes what the mail m says: what ran low, what an import brought, and the digest, whichever it has.
func (s *Service) stockLetter(ctx context.Context, m store.Mail) (*stockLetter, error) {
	t, err := s.teller(ctx, m)
	if err != nil {
		return nil, err
	}
	l := &stockLetter{frame: frame{URL: s.link("/items?low=1"), Button: "See what to order", Why: whyStock(m)}}
	for _, part := range partsOf(m) {
		sec, err := t.section(ctx, part)
		if err != nil {
			return nil, err
		}
		l.Sections = append(l.Sections, sec)
	}
	if len(l.Sections) == 1 && len(m.Crossings) > 0 {
		l.Sections[0].Heading = ""
	}
	l.Title = titleOf(m, t.counts)
	l.Subject = subjectOf(l.Title, t.names)
	if l.Preview = listed(t.figures, 200); l.Preview == "" && len(l.Sections) > 0 {
		l.Preview = l.Sections[0].More
	}
	l.Note = noteOf(m)
	return l, nil
}

// whyStock says why somebody gets m.
func whyStock(m store.Mail) string {
	switch m.Kind {
	case store.MailDigest:
		return "The digest comes on weekdays, when there is something to tell."
	case store.MailImport:
		return "An import is told of once, with all that it left low."
	}
	return "You get this because alerts are on for you. Each item is reported once until it is back at its minimum."
}

// lateAfter is how late a mail may be without saying so.
const lateAfter = 15 * time.Minute

// noteOf says what is unusual about the mail itself.
func noteOf(m store.Mail) string {
	switch {
	case m.Again != 0:
		return "Sent again because somebody asked. The figures are of that time."
	case m.Merged > 0 || m.Told().Sub(m.CreatedAt) > lateAfter:
		return "Mail could not be sent for a while. This is what happened meanwhile."
	}
	return ""
}

// titleOf is the heading of m.
func titleOf(m store.Mail, counts tally) string {
	switch {
	case m.Kind == store.MailDigest:
		return "Digest: " + counts.String()
	case m.Kind == store.MailImport && m.Import != nil:
		return fmt.Sprintf("Import: %s of %s", counts, plural(m.Import.Items, "item", "items"))
	}
	return counts.String()
}

// A part is what a section is made of.
type part struct {
	heading   string
	crossings []store.Crossing
	short     []store.ShortJob
	more      int // that are in neither list
	out, low  int // of an import: how many there are in all
}

// partsOf cuts m into sections; empty ones are left out. What just crossed is not told again in the digest.
func partsOf(m store.Mail) []part {
	told := func(c store.Crossing) bool {
		return slices.ContainsFunc(m.Crossings, func(o store.Crossing) bool { return o.Scope() == c.Scope() })
	}
	rest := func(cs []store.Crossing) []store.Crossing { return slices.DeleteFunc(slices.Clone(cs), told) }
	parts := []part{{heading: "New", crossings: m.Crossings}}
	if i := m.Import; i != nil {
		parts = append(parts, part{heading: "Imported by " + oneLine(i.By), more: i.Out + i.Low, out: i.Out, low: i.Low})
	}
	if d := m.Digest; d != nil {
		back := rest(d.Back)
		for i := range back {
			back[i].Back = true
		}
		parts = append(parts, part{heading: "Out", crossings: rest(d.Out), more: d.More.Out},
			part{heading: "Low, not ordered", crossings: rest(d.Low), more: d.More.Low},
			part{heading: "Low, on order", crossings: rest(d.Ordered), more: d.More.Ordered},
			part{heading: "Jobs short in the next 7 days", short: d.Short, more: d.More.Short},
			part{heading: "Back at the minimum", crossings: back, more: d.More.Back})
	}
	return slices.DeleteFunc(parts, func(p part) bool { return len(p.crossings)+len(p.short)+p.more <= 0 })
}

// teller reads what all the items of m need told.
func (s *Service) teller(ctx context.Context, m store.Mail) (*teller, error) {
	t := &teller{Service: s, now: m.Told().In(s.Location), places: map[store.PlaceID]string{}}
	var items []store.ItemID
	var jobs []store.JobID
	for _, p := range partsOf(m) {
		for _, c := range p.crossings {
			items = append(items, c.Item)
			if c.Job != 0 {
				jobs = append(jobs, c.Job)
			}
		}
		for _, j := range p.short {
			jobs = append(jobs, j.Job)
		}
	}
	var err error
	if t.use, err = s.Store.UsePerWeek(ctx, items[:min(len(items), mostRows)], m.Told()); err != nil {
		return nil, fmt.Errorf("read use: %w", err)
	}
	if t.jobs, err = s.jobsOf(ctx, jobs); err != nil {
		return nil, err
	}
	places, err := s.Store.Places(ctx)
	if err != nil {
		return nil, fmt.Errorf("read places: %w", err)
	}
	for _, p := range places {
		t.places[p.ID] = oneLine(p.Name)
	}
	return t, nil
}

// section writes one part, as far as there is room.
func (t *teller) section(ctx context.Context, p part) (section, error) {
	sec := section{Heading: p.heading}
	for _, c := range p.crossings[:min(len(p.crossings), mostRows-t.rows)] {
		row, err := t.itemRow(ctx, c)
		if err != nil {
			return sec, err
		}
		sec.Items = append(sec.Items, row)
		t.names = append(t.names, row.Name)
		t.figures = append(t.figures, fmt.Sprintf("%s %s of %s", row.Name, row.Available, amount(c.Minimum, row.Unit)))
	}
	for _, j := range p.short[:min(len(p.short), mostRows-t.rows)] {
		row, err := t.jobRow(ctx, j)
		if err != nil {
			return sec, err
		}
		sec.Jobs = append(sec.Jobs, row)
		t.figures = append(t.figures, row.Name+" is short")
	}
	shown := len(sec.Items) + len(sec.Jobs)
	t.rows += shown
	t.counts = t.counts.plus(countsOf(p))
	switch hidden := len(p.crossings) + len(p.short) - shown + p.more; {
	case hidden > 0 && shown == 0:
		sec.More = plural(hidden, "is", "are") + " in the list."
	case hidden > 0:
		sec.More = "And " + thousands(fmt.Sprint(hidden)) + " more in the list."
	}
	return sec, nil
}

// countsOf counts what a part is about, what it does not list too.
func countsOf(p part) tally {
	if p.out+p.low > 0 {
		return tally{out: p.out, low: p.low}
	}
	n := tally{short: len(p.short)}
	for _, c := range p.crossings {
		switch wordOf(c) {
		case "BACK":
			n.back++
		case "OUT":
			n.out++
		default:
			n.low++
		}
	}
	switch { // a list that was cut is of one sort
	case len(p.short) > 0:
		n.short += p.more
	case n.back > 0:
		n.back += p.more
	case n.low > 0:
		n.low += p.more
	default:
		n.out += p.more
	}
	return n
}

func (t *teller) jobRow(ctx context.Context, j store.ShortJob) (jobRow, error) {
	row := jobRow{Name: "A job", When: "on " + dayOf(j.At.In(t.now.Location())) + " at " + clock(j.At.In(t.now.Location()))}
	if head, ok := t.jobs[j.Job]; ok {
		row.Name, row.URL = jobLabel(head), t.link("/jobs/", j.Job.String())
	}
	for _, i := range j.Items {
		it, err := t.Store.Item(ctx, i.Item)
		if err != nil {
			return row, fmt.Errorf("item %d: %w", i.Item, err)
		}
		row.Lacks = append(row.Lacks, lack{amount(i.Lack, oneLine(it.Unit)), oneLine(it.Name)})
	}
	return row, nil
}

// jobsOf reads jobs. One that is gone is left out.
func (s *Service) jobsOf(ctx context.Context, ids []store.JobID) (map[store.JobID]store.JobHead, error) {
	slices.Sort(ids)
	rows, err := s.Store.JobRows(ctx, slices.Compact(ids))
	if err != nil {
		return nil, fmt.Errorf("read jobs: %w", err)
	}
	jobs := make(map[store.JobID]store.JobHead, len(rows))
	for _, r := range rows {
		jobs[r.ID] = r.JobHead
	}
	return jobs, nil
}
