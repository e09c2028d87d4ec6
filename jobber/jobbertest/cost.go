package jobbertest

import (
	"strings"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// defaultPage is how many nodes a connection has, and is charged for, when the query names no number.
const defaultPage = 100

// costCap keeps absurd page sizes from overflowing; it is above every bucket.
const costCap = 1 << 31

// weight returns what one field costs by itself. Connections and the fields that only wrap their
// nodes are free; what paging says about itself is taken as free too.
func weight(f *ast.Field) int {
	if isConnection(f) {
		return 0
	}
	if f.ObjectDefinition == nil {
		return 1
	}
	parent := f.ObjectDefinition.Name
	switch {
	case parent == "PageInfo":
		return 0
	case strings.HasSuffix(parent, "Connection"):
		return 0
	case strings.HasSuffix(parent, "Edge") && f.Name == "node":
		return 0
	}
	return 1
}

func isConnection(f *ast.Field) bool {
	return f.Definition != nil && strings.HasSuffix(f.Definition.Type.Name(), "Connection")
}

// requestedCost returns what a selection may cost at most: every fragment taken, every page full.
func requestedCost(set ast.SelectionSet, vars map[string]any) int {
	sum := 0
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			if !included(sel.Directives, vars) {
				continue
			}
			below := requestedCost(sel.SelectionSet, vars)
			if isConnection(sel) {
				below *= pageSize(sel.ArgumentMap(vars))
			}
			sum += weight(sel) + below
		case *ast.InlineFragment:
			if included(sel.Directives, vars) {
				sum += requestedCost(sel.SelectionSet, vars)
			}
		case *ast.FragmentSpread:
			if included(sel.Directives, vars) {
				sum += requestedCost(sel.Definition.SelectionSet, vars)
			}
		}
		sum = min(sum, costCap)
	}
	return sum
}

// pageSize returns how many nodes a connection is asked for.
func pageSize(args map[string]any) int {
	for _, name := range []string{"first", "last"} {
		if n, ok := args[name].(int64); ok {
			return int(max(n, 0))
		}
	}
	return defaultPage
}

// included says what the directives @skip and @include say.
func included(ds ast.DirectiveList, vars map[string]any) bool {
	if d := ds.ForName("skip"); d != nil && d.ArgumentMap(vars)["if"] == true {
		return false
	}
	if d := ds.ForName("include"); d != nil && d.ArgumentMap(vars)["if"] != true {
		return false
	}
	return true
}

// Bucket is the size of the leaky bucket that one app has with one account.
type Bucket struct {
	Max     int // points; 10,000 when 0
	Restore int // points per second; 500 when 0
}

// bucket is a leaky bucket, safe for concurrent use.
type bucket struct {
	size Bucket
	now  func() time.Time

	mu    sync.Mutex
	level float64 // points there were at the time below
	at    time.Time
}

// whole fills in Jobber's own numbers.
func (size Bucket) whole() Bucket {
	if size.Max == 0 {
		size.Max = 10_000
	}
	if size.Restore == 0 {
		size.Restore = 500
	}
	return size
}

func newBucket(size Bucket, now func() time.Time) *bucket {
	size = size.whole()
	return &bucket{size: size, now: now, level: float64(size.Max), at: now()}
}

// resize changes the bucket; what flowed in until now flowed at the old rate.
func (b *bucket) resize(size Bucket) {
	b.take(0)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.size = size.whole()
	b.level = min(b.level, float64(b.size.Max))
}

// available returns the points there are now.
func (b *bucket) available() int { return b.take(0) }

// take removes points after a query ran and returns what is left; it never goes below zero.
func (b *bucket) take(points int) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if gone := now.Sub(b.at); gone > 0 {
		b.level = min(b.level+gone.Seconds()*float64(b.size.Restore), float64(b.size.Max))
		b.at = now
	}
	b.level = max(b.level-float64(points), 0)
	return int(b.level)
}

// buckets are one for each account: an app that empties one has the others. They are safe for concurrent use.
type buckets struct {
	now func() time.Time

	mu   sync.Mutex
	size Bucket
	all  map[string]*bucket // by account; those without a token have one too
}

func newBuckets(size Bucket, now func() time.Time) *buckets {
	return &buckets{now: now, size: size, all: map[string]*bucket{}}
}

// of returns the bucket of an account. It is full at first.
func (bs *buckets) of(account string) *bucket {
	bs.mu.Lock()
	defer bs.mu.Unlock()
	if bs.all[account] == nil {
		bs.all[account] = newBucket(bs.size, bs.now)
	}
	return bs.all[account]
}

func (bs *buckets) resize(size Bucket) {
	bs.mu.Lock()
	defer bs.mu.Unlock()
	bs.size = size
	for _, b := range bs.all {
		b.resize(size)
	}
}

// costReport is the answer's extensions.cost.
type costReport struct {
	Requested int            `json:"requestedQueryCost"`
	Actual    int            `json:"actualQueryCost"`
	Throttle  throttleStatus `json:"throttleStatus"`
}

type throttleStatus struct {
	Max       int `json:"maximumAvailable"`
	Available int `json:"currentlyAvailable"`
	Restore   int `json:"restoreRate"`
}

func (b *bucket) report(requested, actual, left int) *costReport {
	b.mu.Lock()
	defer b.mu.Unlock()
	return &costReport{requested, actual, throttleStatus{b.size.Max, left, b.size.Restore}}
}
