package jobber

import (
	"encoding/json"
	"time"
)

// Page sizes. Jobber charges one point for a field and, for a connection, its page size times the
// fields of a node, before it knows how many there are; a query may cost 10,000 at most, and must
// wait while the bucket holds less than that. What is then taken from the bucket is what there
// really was. So pages are as large as leaves the dearest query at half a bucket.
const (
	syncJobs   = 10  // jobs on a page of a full sync; each about 380 points with the sizes below
	syncLines  = 16  // lines of each of them
	syncVisits = 10  // visits of each of them
	jobLines   = 50  // lines of a job read by itself
	jobVisits  = 30  // visits of a job read by itself
	crewSize   = 5   // people on a visit
	usedVisits = 10  // visits whose lines are read together
	usedLines  = 20  // lines of each of them
	moreNodes  = 100 // lines or people, where only they are read on
	marks      = 50  // jobs in a list of which jobs changed
)

// extensions is what stands beside the data in Jobber's answers.
type extensions struct {
	Cost struct {
		Requested int `json:"requestedQueryCost"`
		Throttle  struct {
			Max       int `json:"maximumAvailable"`
			Available int `json:"currentlyAvailable"`
			Restore   int `json:"restoreRate"` // points a second
		} `json:"throttleStatus"`
	} `json:"cost"`
	Versioning struct {
		Version string `json:"version"`
		Warning string `json:"warning"`
	} `json:"versioning"`
}

// readExtensions returns zero for extensions that are missing or of another shape: they help, and
// an answer without them is an answer.
func readExtensions(raw []byte) extensions {
	var x extensions
	if len(raw) == 0 || json.Unmarshal(raw, &x) != nil {
		return extensions{}
	}
	return x
}

// Limits of one wait for points.
const (
	minThrottle = time.Second
	maxThrottle = time.Minute
)

// refill returns how long until the bucket holds what the refused query costs, a little more than
// the points say, since others draw from it too. It is false when the bucket never holds as much.
func (x extensions) refill() (time.Duration, bool) {
	t := x.Cost.Throttle
	if t.Max > 0 && x.Cost.Requested > t.Max {
		return 0, false
	}
	if t.Restore <= 0 {
		return 5 * minThrottle, true
	}
	lacking := x.Cost.Requested - t.Available
	wait := time.Duration(lacking)*time.Second/time.Duration(t.Restore) + minThrottle/4
	return min(max(wait, minThrottle), maxThrottle), true
}

// backOff returns first, doubled for each try before the try-th (counted from 0), up to last.
func backOff(try int, first, last time.Duration) time.Duration {
	for range try {
		if first *= 2; first >= last {
			return last
		}
	}
	return min(first, last)
}
