package store

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// A PickScope says which jobs a pick list is for: one, or the open jobs with a visit in [From, To),
// of one of the crew when Crew names somebody.
type PickScope struct {
	Job      JobID
	From, To time.Time
	Crew     string
}

// A PickLine is one material to be fetched for a job. A line that is a kit stands there once for each.
type PickLine struct {
	SheetLine
	Job       JobHead
	Shelf     Place     // below which it stands in the list: where it is taken from, or was
	NotFound  string    // why somebody gave up; "" if nobody did
	NotFounds Actor     // who
	Last      *Movement // the newest of the line that stands; nil: none yet
}

// Ref names the line.
func (l PickLine) Ref() PickRef { return PickRef{Job: l.Job.ID, Line: l.ID, Item: l.Stock.ID} }

// Done reports whether nothing is left to fetch.
func (l PickLine) Done() bool { return l.ToPick() == 0 }

// A PickList is what is to be fetched for some jobs, in the order in which one walks along the shelves.
type PickList struct {
	Jobs  []JobHead
	Lines []PickLine
	Crews []string // of the day's jobs, whoever was asked for; by name
	Mark  string   // changes with what the list says
}

// PickList returns the pick list of a scope. It fails with [NotFound] for a job that is not here.
func (db *DB) PickList(ctx context.Context, sc PickScope) (PickList, error) {
	var list PickList
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		jobs, crews, err := sc.jobs(tx)
		if err != nil {
			return err
		}
		list.Crews = crews
		walk, err := walkRanks(tx)
		if err != nil {
			return err
		}
		for _, id := range jobs {
			s, err := sheetOf(tx, id)
			if err != nil {
				return err
			}
			list.Jobs = append(list.Jobs, s.JobHead)
			ls, err := pickLines(tx, s)
			if err != nil {
				return err
			}
			list.Lines = append(list.Lines, ls...)
		}
		slices.SortStableFunc(list.Lines, func(a, b PickLine) int {
			return cmp.Or(cmp.Compare(walk[a.Shelf.ID], walk[b.Shelf.ID]),
				cmp.Compare(fold(a.Stock.Name), fold(b.Stock.Name)), cmp.Compare(a.Stock.ID, b.Stock.ID))
		})
		list.Mark, err = markOf(tx, jobs)
		return err
	})
	return list, err
}

// PickMark returns the Mark that the pick list of a scope has now.
func (db *DB) PickMark(ctx context.Context, sc PickScope) (string, error) {
	var mark string
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		jobs, _, err := sc.jobs(tx)
		if err != nil {
			return err
		}
		mark, err = markOf(tx, jobs)
		return err
	})
	return mark, err
}

// jobs returns the jobs of the scope, by time, and the crews of all that are on then.
func (sc PickScope) jobs(tx *bbolt.Tx) ([]JobID, []string, error) {
	if sc.Job != 0 {
		_, err := getJob(tx, sc.Job)
		return []JobID{sc.Job}, nil, err
	}
	var ids []JobID
	var crews []string
	for _, id := range jobsBetween(tx, sc.From, sc.To) {
		r, err := getJob(tx, id)
		if err != nil {
			return nil, nil, err
		}
		names := r.crewBetween(sc.From, sc.To)
		crews = append(crews, names...)
		if sc.Crew == "" || slices.Contains(names, sc.Crew) {
			ids = append(ids, id)
		}
	}
	slices.Sort(crews)
	return ids, slices.Compact(crews), nil
}

// crewBetween returns who goes on the job's visits in [from, to).
func (r jobRecord) crewBetween(from, to time.Time) []string {
	var names []string
	for _, v := range r.Visits {
		if !v.StartAt.Before(from) && v.StartAt.Before(to) {
			names = append(names, v.Crew...)
		}
	}
	return names
}

// pickLines returns the lines of a sheet that somebody has to fetch, or has fetched.
func pickLines(tx *bbolt.Tx, s JobSheet) ([]PickLine, error) {
	last, err := lastByLine(tx, s.ID)
	if err != nil {
		return nil, err
	}
	var ls []PickLine
	for _, l := range s.Lines {
		if l.Stock.ID == 0 || l.State == LineNotStock || l.Removed && l.Issued == 0 {
			continue
		}
		p := PickLine{SheetLine: l, Job: s.JobHead, Shelf: l.Source.Place}
		r, err := getPick(tx, s.ID, l.ID, l.Stock.ID)
		if err != nil {
			return nil, err
		}
		if m, ok := last[p.Ref()]; ok {
			p.Last = &m
		}
		if err := p.stand(tx); err != nil {
			return nil, err
		}
		if r.Short != "" && !p.Done() {
			p.NotFound, p.NotFounds = r.Short, Actor{Name: r.By}
		}
		ls = append(ls, p)
	}
	return ls, nil
}

// stand puts a line that is done where it was taken from.
func (l *PickLine) stand(tx *bbolt.Tx) (err error) {
	if l.Last != nil && l.Done() && !l.Last.From.Virtual() {
		l.Shelf, err = getPlace(tx, l.Last.From)
	}
	return err
}

// lastByLine returns the newest movement of each material of a job, of those that stand.
func lastByLine(tx *bbolt.Tx, job JobID) (map[PickRef]Movement, error) {
	last := map[PickRef]Movement{}
	for id := range jobMovements(tx, job) {
		m, err := getMovement(tx, id)
		if err != nil {
			return nil, err
		}
		ref := PickRef{job, m.Line, m.Item}
		if _, seen := last[ref]; !seen && stands(tx, m) {
			last[ref] = m
		}
	}
	return last, nil
}

// markOf sums up what a pick list of the jobs depends on: their facts, what was booked, what was said.
func markOf(tx *bbolt.Tx, jobs []JobID) (string, error) {
	h := fnv.New64a()
	for _, id := range jobs {
		r, err := getJob(tx, id)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(h, id, r.SyncedAt.UnixNano())
		for newest := range jobMovements(tx, id) {
			fmt.Fprintln(h, newest)
			break
		}
		for k, v := range withPrefix(tx.Bucket(pickBucket), idKey(id)) {
			h.Write(k)
			h.Write(v)
		}
	}
	return fmt.Sprintf("%016x", h.Sum64()), nil
}
