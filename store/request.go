package store

import (
	"encoding/json"
	"iter"
	"time"

	"go.etcd.io/bbolt"
)

// requestRecord is what an act booked, kept so that it can be answered again.
type requestRecord struct {
	At        time.Time `json:"at"`
	Movements idRuns    `json:"movements"`
	Short     int       `json:"short,omitempty"` // lines that IssueRemaining left short

	Answer *AnswerResult `json:"answer,omitempty"` // of an act that booked nothing and answered a line
}

// idRuns are movements in runs: what is booked together bears numbers that follow each other. An import of ten thousand items
// is one run, and each row of a history asks how many entries its act has.
type idRuns []idRun

type idRun struct {
	First MovementID
	Count int
}

// runsOf returns the runs of movements in the order they were booked.
func runsOf(ms []Movement) (runs idRuns) {
	for _, m := range ms {
		if n := len(runs); n > 0 && m.ID == runs[n-1].First+MovementID(runs[n-1].Count) {
			runs[n-1].Count++
			continue
		}
		runs = append(runs, idRun{m.ID, 1})
	}
	return runs
}

// all yields each movement's id.
func (rs idRuns) all() iter.Seq[MovementID] {
	return func(yield func(MovementID) bool) {
		for _, r := range rs {
			for i := range r.Count {
				if !yield(r.First + MovementID(i)) {
					return
				}
			}
		}
	}
}

// MarshalJSON writes a movement alone as its number, and a run as its first number and how many there are.
func (r idRun) MarshalJSON() ([]byte, error) {
	if r.Count == 1 {
		return json.Marshal(uint64(r.First))
	}
	return json.Marshal([]uint64{uint64(r.First), uint64(r.Count)})
}

// UnmarshalJSON reads what MarshalJSON wrote, and with it the lists of numbers that layout 1 has.
func (r *idRun) UnmarshalJSON(data []byte) error {
	var run [2]uint64
	if len(data) > 0 && data[0] == '[' {
		if err := decode(data, &run); err != nil {
			return err
		}
	} else {
		run[1] = 1
		if err := decode(data, &run[0]); err != nil {
			return err
		}
	}
	r.First, r.Count = MovementID(run[0]), int(run[1])
	return nil
}

// actOf returns all that was booked together with m.
func actOf(tx *bbolt.Tx, m Movement) (idRuns, error) {
	if m.RequestID == "" {
		return idRuns{{m.ID, 1}}, nil
	}
	var act requestRecord
	_, err := get(tx.Bucket(requestBucket), []byte(m.RequestID), &act)
	return act.Movements, err
}
