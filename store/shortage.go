package store

import (
	"cmp"
	"slices"

	"go.etcd.io/bbolt"
)

// A want is what one open job with a date still needs of an item.
type want struct {
	job  JobID
	when int64
	need Qty
}

// lacking returns those of the jobs that need more of an item than there is when earlier jobs have had theirs: what
// weigh calls short. It goes through what open jobs need, once, and reads no job: a thousand of them are a few
// milliseconds.
func lacking(tx *bbolt.Tx, of []JobID) map[JobID]bool {
	asked, short := map[JobID]bool{}, map[JobID]bool{}
	for _, id := range of {
		asked[id] = true
	}
	var item ItemID
	var wants []want
	stock := tx.Bucket(stockBucket)
	judge := func() {
		if slices.ContainsFunc(wants, func(w want) bool { return asked[w.job] && !short[w.job] }) {
			tooLate(wants, levelIn(stock, item).OnHand, func(id JobID) {
				if asked[id] {
					short[id] = true
				}
			})
		}
		wants = wants[:0]
	}
	for k, v := range withPrefix(tx.Bucket(demandBucket), nil) {
		if id := firstID[ItemID](k); id != item {
			judge()
			item = id
		}
		if d := demandOf(v); d.When != 0 {
			wants = append(wants, want{secondID[JobID](k), d.When, d.remaining()})
		}
	}
	judge()
	return short
}

// tooLate calls for each job that lacks some of an item of which so much is there. It sorts wants.
func tooLate(wants []want, there Qty, lacks func(JobID)) {
	slices.SortFunc(wants, func(a, b want) int { return cmp.Or(cmp.Compare(a.when, b.when), cmp.Compare(a.job, b.job)) })
	for _, w := range wants {
		if w.need > max(there, 0) {
			lacks(w.job)
		}
		there -= w.need
	}
}
