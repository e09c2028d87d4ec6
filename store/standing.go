package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// A LowRow is how an item stands against a minimum: in total, or at a place that has one of its own.
type LowRow struct {
	Item     Item
	Place    Place    // the zero Place: the item in total
	Severity Severity // "": it has enough
	Level    Level    // at a place nothing is allocated
	Minimum  Qty
	Par      Qty
	Mute     Mute // of the item; zero when it has enough
}

// Scope is what the row is about.
func (r LowRow) Scope() Scope { return Scope{r.Item.ID, r.Place.ID} }

// A Standing is how things stand at one moment.
type Standing struct {
	Low   []LowRow   // all that is out or low, by name; of one item the total before its places
	About []LowRow   // what was asked about and is not archived, as it was asked; low or not
	Short []ShortJob // jobs of the next 7 days that lack something, the next first

	Categories map[ItemID]string // of every item above
}

// Standing returns how things stand. now's location decides when a day begins.
func (db *DB) Standing(ctx context.Context, now time.Time, about []Scope) (Standing, error) {
	var s Standing
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		s = Standing{Categories: map[ItemID]string{}}
		if s.Low, err = lowRows(tx); err != nil {
			return err
		}
		for _, of := range about {
			r, ok, err := lowRow(tx, of)
			if err != nil {
				return err
			}
			if ok {
				s.About = append(s.About, r)
			}
		}
		for _, r := range slices.Concat(s.Low, s.About) {
			s.Categories[r.Item.ID] = r.Item.Category
		}
		s.Short, err = lackingJobs(tx, dayStart(now, 0), dayStart(now, 8), s.Categories)
		return err
	})
	return s, err
}

// A LowPage is one page of what is out or low.
type LowPage struct {
	Rows  []LowRow // out first, then by name
	Out   int      // of all
	Total int
	Page  int
	Pages int // at least 1
}

// LowPage returns a page of what is out or low; a page past the end is the last one. Size 0 means 25 rows.
func (db *DB) LowPage(ctx context.Context, page, size int) (LowPage, error) {
	var p LowPage
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		p = LowPage{}
		rows, err := lowRows(tx)
		if err != nil {
			return err
		}
		slices.SortStableFunc(rows, func(a, b LowRow) int { return cmp.Compare(b.Severity, a.Severity) }) // "out" is after "low"
		for _, r := range rows {
			if r.Severity == Out {
				p.Out++
			}
		}
		p.Total = len(rows)
		from, to := pageOf(page, size, len(rows), &p.Page, &p.Pages)
		p.Rows = rows[from:to]
		return nil
	})
	return p, err
}

// lowRows returns all that is out or low, by name; of one item the total before its places.
func lowRows(tx *bbolt.Tx) ([]LowRow, error) {
	var rows []LowRow
	add := func(of Scope) error {
		r, ok, err := lowRow(tx, of)
		if err == nil && ok && r.Severity != "" {
			rows = append(rows, r)
		}
		return err
	}
	for k := range withPrefix(tx.Bucket(lowBucket), nil) {
		if err := add(Scope{Item: firstID[ItemID](k)}); err != nil {
			return nil, err
		}
	}
	for k := range withPrefix(tx.Bucket(parBucket), nil) {
		if err := add(Scope{firstID[ItemID](k), secondID[PlaceID](k)}); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(rows, func(a, b LowRow) int {
		return cmp.Or(cmp.Compare(fold(a.Item.Name), fold(b.Item.Name)), cmp.Compare(a.Item.ID, b.Item.ID),
			cmp.Compare(fold(a.Place.Name), fold(b.Place.Name)))
	})
	return rows, nil
}

// lowRow returns how a scope stands, and false when its item or its place is archived.
func lowRow(tx *bbolt.Tx, of Scope) (LowRow, bool, error) {
	it, err := getItem(tx, of.Item)
	if err != nil || it.Archived {
		return LowRow{}, false, err
	}
	r := LowRow{Item: it, Level: levelOf(tx, it.ID), Minimum: it.Minimum, Par: it.Par}
	if of.Place != 0 {
		if r.Place, err = getPlace(tx, of.Place); err != nil || r.Place.Archived {
			return LowRow{}, false, err
		}
		par := parAt(tx, of.Item, of.Place)
		r.Level, r.Minimum, r.Par = Level{OnHand: onHandAt(tx, of.Item, of.Place)}, par.Minimum, par.Par
	}
	if r.Severity = r.Level.Severity(r.Minimum); r.Severity != "" {
		r.Mute, err = muteOf(tx, it.ID)
	}
	return r, true, err
}

// Severity judges the level against a minimum: "" when it has enough, or when there is no minimum.
func (l Level) Severity(minimum Qty) Severity {
	switch l.state(minimum) {
	case StateLow:
		return Low
	case StateOut:
		return Out
	}
	return ""
}

// lackingJobs returns the jobs with a date in that time that need more of an item than there is, by date. It adds the
// categories of what they lack.
func lackingJobs(tx *bbolt.Tx, from, to time.Time, categories map[ItemID]string) ([]ShortJob, error) {
	var all []ShortJob
	ids := jobsBetween(tx, from, to)
	short := lacking(tx, ids)
	for _, id := range ids {
		if !short[id] {
			continue
		}
		r, err := getJob(tx, id)
		if err != nil {
			return nil, err
		}
		ws, _ := weigh(tx, id, r)
		job := ShortJob{Job: id}
		for _, at := range r.starts() {
			if !at.Before(from) && (job.At.IsZero() || at.Before(job.At)) {
				job.At = at
			}
		}
		for _, w := range ws {
			if w.State != LineShort {
				continue
			}
			it, err := getItem(tx, w.Item)
			if err != nil {
				return nil, err
			}
			job.lack(it.ID, w.Short)
			categories[it.ID] = it.Category
		}
		all = append(all, job)
	}
	return all, nil
}

// lack adds what the job lacks of an item.
func (j *ShortJob) lack(item ItemID, q Qty) {
	for i := range j.Items {
		if j.Items[i].Item == item {
			j.Items[i].Lack += q
			return
		}
	}
	j.Items = append(j.Items, ShortItem{Item: item, Lack: q})
}
