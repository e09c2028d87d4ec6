package store

import (
	"errors"
	"testing"
	"time"
)

// answerLines answers a line twice, makes a kit of another, and forgets a third.
func answerLines(t *testing.T, db *DB) error {
	ctx := t.Context()
	line := func(name string) SnapshotLine {
		return SnapshotLine{Remote: "line " + name, Name: name, Qty: 2000, Category: CategoryProduct}
	}
	a, err := db.ApplyJobs(ctx, FromSweep, []JobSnapshot{{Account: "acc", Remote: "job-5", Number: 5,
		Lines: []SnapshotLine{line("Twice"), line("Set"), line("Never mind")}}})
	if err != nil {
		return err
	}
	s, err := db.JobSheet(ctx, a[0].Job)
	if err != nil {
		return err
	}
	k, err := db.CreateKit(ctx, frozenBy, KitDraft{Name: "A set", Parts: []Part{{1, 500}, {2, 3000}}})
	for _, ans := range []Answer{{Line: s.Lines[0].ID, NotStock: true}, {Line: s.Lines[0].ID, Item: 1, Factor: 1500},
		{Line: s.Lines[1].ID, Kit: k.ID, RequestID: "set"}, {Line: s.Lines[2].ID, Item: 1}} {
		ans.By = frozenBy
		_, e := db.AnswerLine(ctx, ans)
		err = errors.Join(err, e)
	}
	_, e := db.ForgetAnswer(ctx, Recall{Line: s.Lines[2].ID, By: frozenBy})
	return errors.Join(err, e)
}

func readAnswers(t *testing.T, db *DB) {
	t.Helper()
	ctx := t.Context()
	id, err := db.JobRemote(ctx, "acc", "job-5")
	if err != nil {
		t.Fatal(err)
	}
	s, err := db.JobSheet(ctx, id.ID)
	if err != nil || len(s.Lines) != 4 || s.Lines[0].Required != 3000 || s.Lines[1].Kit != "A set" || s.Lines[1].Required != 1000 ||
		s.Lines[2].Stock.ID != 2 || s.Lines[2].Required != 6000 || s.Lines[3].State != LineUnmatched {
		t.Errorf("job 5 is %+v, %v", s.Lines, err)
	}
	if r, err := db.AnswerLine(ctx, Answer{Line: s.Lines[1].ID, NotStock: true, RequestID: "set"}); err != nil || !r.Repeated || r.Jobs != 1 {
		t.Errorf("the request that answered: %+v, %v", r, err)
	}
	m, err := db.Answer(ctx, 3)
	if err != nil || m.ItemName != "Copper elbow 90°, ½\"" || m.Before != "not stock" {
		t.Errorf("answer 3 is %+v, %v", m, err)
	}
}

// keepProducts reads the price book and skips one of its entries.
func keepProducts(t *testing.T, db *DB) error {
	ctx := t.Context()
	err := db.KeepProducts(ctx, "acc", time.Unix(19e8, 0), []Product{
		{Remote: "p-1", Name: "Ladder", Category: CategoryProduct, Price: 990000, Cost: 450000, Taxable: true, Description: "6 ft"},
		{Remote: "p-2", Name: "Rope", Category: CategoryProduct, SKU: "RP", Hidden: true}})
	return errors.Join(err, db.SkipProducts(ctx, frozenBy, "acc", []string{"p-2"}, true))
}

func readProducts(t *testing.T, db *DB) {
	t.Helper()
	p, err := db.Products(t.Context(), ProductFilter{Account: "acc"})
	want := Product{Remote: "p-1", Name: "Ladder", Description: "6 ft", Category: CategoryProduct, Price: 990000, Cost: 450000, Taxable: true}
	if err != nil || p.Known != 2 || p.Skipped != 1 || p.Total != 1 || p.Rows[0].Product != want || p.Rows[0].Proposed != "LADD" {
		t.Errorf("products %+v, %v", p, err)
	}
}
