package store

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// pickThings sets something aside, marks a line short, and closes a job with something out.
func pickThings(t *testing.T, db *DB) error {
	ctx := t.Context()
	ref := PickRef{Job: 1, Line: 2, Item: 2}
	_, err := db.Book(ctx, Act{RequestID: "aside", By: frozenBy, Confirmed: true,
		Entries: []Entry{{Item: 2, Kind: Transfer, Qty: 250, From: 1, To: 2, Job: 1, Line: 2}}})
	err = errors.Join(err, db.ChooseSource(ctx, ref, 1), db.MarkShort(ctx, frozenBy, ref, "Not there"))
	snap := JobSnapshot{Account: "acc", Remote: "picked", Number: 77}
	job, e := db.ApplyJobs(ctx, FromSweep, []JobSnapshot{snap})
	if e != nil {
		return e
	}
	r, e2 := db.Book(ctx, Act{RequestID: "last", By: frozenBy, Confirmed: true, Entries: []Entry{{Item: 2, Kind: Issue, Qty: 250, Job: job[0].Job}}})
	if err := errors.Join(err, e2); err != nil {
		return err
	}
	snap.Closed, snap.CompletedAt = true, time.Date(2031, 3, 4, 9, 0, 0, 0, time.UTC)
	_, e = db.ApplyJobs(ctx, FromSweep, []JobSnapshot{snap})
	_, e2 = db.Undo(ctx, Undo{Movement: r.Movements[0].ID, RequestID: "undo last", By: frozenBy})
	return errors.Join(e, e2)
}

func readPicks(t *testing.T, db *DB) {
	t.Helper()
	ctx := t.Context()
	job, err := db.JobSheet(ctx, 1)
	if err != nil || job.Lines[1].Aside() != 250 || job.Lines[1].Source.Place.ID != 1 || job.Lines[1].Rule != SourceChosen {
		t.Errorf("the line's source is %+v, %v", job.Lines[1], err)
	}
	if list, err := db.PickList(ctx, PickScope{Job: 1}); err != nil || fmt.Sprint(list.Lines[1].NotFound, list.Lines[1].NotFounds.Name) != "Not therelee" {
		t.Errorf("the pick list is %+v, %v", list, err)
	}
	if all, err := db.Closeouts(ctx, 1, 9); err != nil || all.Total != 1 || all.Cards[0].Job.Number != 77 {
		t.Errorf("the cards are %+v, %v", all, err)
	}
}
