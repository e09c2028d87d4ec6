package store

import (
	"context"
	"errors"
	"strconv"
	"time"

	"go.etcd.io/bbolt"
)

// rulesKey is the setting that holds the rules of counting, as JSON countRules.
const rulesKey = "count_rules"

// CountRules say how counting goes in this company.
type CountRules struct {
	Value Money `json:"value"` // a difference worth more than this waits for a manager
	Units Qty   `json:"units"` // likewise one of more units, of an item without a cost
	Off   bool  `json:"off"`   // no difference ever waits
	Blind bool  `json:"blind"` // what the books say is not shown to whoever counts
	Days  int   `json:"days"`  // what was not counted for so long is due
}

// usualRules are in force until somebody changes them.
var usualRules = CountRules{Value: 100_0000, Units: 20 * one, Days: 90}

// CountRules returns the rules of counting.
func (db *DB) CountRules(ctx context.Context) (CountRules, error) {
	var r CountRules
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		r, err = countRules(tx)
		return err
	})
	return r, err
}

func countRules(tx *bbolt.Tx) (CountRules, error) {
	r := usualRules
	_, err := get(tx.Bucket(settingBucket), []byte(rulesKey), &r)
	return r, err
}

// SaveCountRules changes the rules. What waits for a manager goes on waiting. It fails with [Invalid].
func (db *DB) SaveCountRules(ctx context.Context, by Actor, r CountRules) error {
	bad := problems{}
	if r.Value < 0 || r.Value > maxMoney {
		bad.add("value", "Write an amount of money, 0 or more.")
	}
	if r.Units < 0 || r.Units > maxQty {
		bad.add("units", "Write an amount, 0 or more.")
	}
	if r.Days < 1 || r.Days > 3650 {
		bad.add("days", "Write 1 to 3,650 days.")
	}
	if err := bad.err(); err != nil {
		return err
	}
	return db.update(ctx, func(tx *bbolt.Tx) error {
		old, err := countRules(tx)
		if err != nil || old == r {
			return err
		}
		return errors.Join(put(tx.Bucket(settingBucket), []byte(rulesKey), r), db.audit(tx, AuditEntry{By: by, Kind: AuditSetting,
			What: "changed the rules of counting", About: "/counts/rules", Changes: old.changes(r)}))
	})
}

// changes tells r from old.
func (old CountRules) changes(r CountRules) []AuditChange {
	return changed([3]string{"a difference waits from this value", old.Value.String(), r.Value.String()},
		[3]string{"or this many units", old.Units.String(), r.Units.String()},
		[3]string{"differences wait", yesNo(!old.Off), yesNo(!r.Off)}, [3]string{"counted blind", yesNo(old.Blind), yesNo(r.Blind)},
		[3]string{"days until a count is due", strconv.Itoa(old.Days), strconv.Itoa(r.Days)})
}

// worth is what an amount of it costs.
func (it Item) worth(q Qty) Money { return Money(Qty(it.Cost).times(q)) }

// wait reports whether a difference is so large that a manager must look at it.
func (r CountRules) wait(it Item, differs Qty) bool {
	q := max(differs, -differs)
	switch {
	case r.Off || q == 0:
		return false
	case it.Cost > 0:
		return it.worth(q) > r.Value
	}
	return q > r.Units
}

// stale reports whether a count at this time is so old that it is due again; zero: never counted.
func (r CountRules) stale(counted int64, now time.Time) bool {
	return counted < now.AddDate(0, 0, -r.Days).Unix()
}
