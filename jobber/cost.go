package jobber

import (
	"encoding/json"
	"math/rand/v2"
	"time"
)

// Page sizes: what most jobs have no more of. A query must wait until the bucket holds what full pages
// would cost; what is then taken from it is what there really was. How many jobs fit on a page of a
// sync follows from these, by [points.page].
const (
	syncLines  = 16  // lines of a job of a sync; with the next two, a job may cost about 370 points
	syncVisits = 10  // its visits
	jobLines   = 50  // lines of a job read by itself
	jobVisits  = 30  // visits of a job read by itself
	crewSize   = 5   // people on a visit
	usedVisits = 10  // visits whose lines are read together
	usedLines  = 20  // lines of each of them
	moreNodes  = 100 // lines or people, where only they are read on
	firstMarks = 50  // jobs in a list of which jobs changed, where few did
	marks      = 50  // jobs of a client
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

// backOff returns first, doubled for each try before the try-th (counted from 0), up to last.
func backOff(try int, first, last time.Duration) time.Duration {
	for range try {
		if first *= 2; first >= last {
			return last
		}
	}
	return min(first, last)
}

// spread returns a wait between half of d and all of it, so that those who failed together do not come
// again together.
func spread(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) }
