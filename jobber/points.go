package jobber

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Jobber's own limits, until its answers say others.
const (
	bucketSize = 10_000 // points
	bucketRate = 500    // points a second
)

// Jobber refuses more than 2,500 requests in five minutes, however cheap. At these two numbers there
// are never more than 2,400.
const (
	requestBurst = 900
	requestRate  = 5 // a second
)

// unseen is what a bucket is taken to hold that no answer told of yet: enough for what a start asks.
const unseen = 1000

// reserve is the part of the bucket that sweeps leave in it, so that a webhook's job can be read at once.
const reserve = 1.0 / 5

type patientKey struct{}

// patient marks what is asked under ctx as work that lets webhooks and people go first.
func patient(ctx context.Context) context.Context { return context.WithValue(ctx, patientKey{}, true) }

// points is our picture of Jobber's bucket: what the last answer said of it, what has flowed in since,
// and what is asked and not answered yet. Whoever asks takes first, and waits rather than be refused.
type points struct {
	mu      sync.Mutex
	size    float64 // of the bucket
	rate    float64 // points that flow in, a second
	level   float64 // points there were at the time below
	calls   float64 // requests there were room for then
	at      time.Time
	flight  float64 // points taken for what is not answered yet
	paused  time.Time
	urgent  int                // callers that wait and let nobody go first
	dearer  map[string]float64 // how many times our price an operation costs, where that is more
	changed chan struct{}      // closed when a wait may be over sooner
}

func newPoints() *points {
	return &points{size: bucketSize, rate: bucketRate, level: unseen, calls: requestBurst, at: time.Now(),
		dearer: map[string]float64{}, changed: make(chan struct{})}
}

// flow lets in what has come since the last look. The caller has the lock.
func (p *points) flow() {
	now := time.Now()
	if gone := now.Sub(p.at).Seconds(); gone > 0 {
		p.level = min(p.level+gone*p.rate, p.size)
		p.calls = min(p.calls+gone*requestRate, requestBurst)
		p.at = now
	}
}

// stir wakes those who wait. The caller has the lock.
func (p *points) stir() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// take waits until Jobber can be asked for something that may cost so much; the caller calls settle
// with the same cost when it was. Callers marked as [patient] wait while any other waits.
// It fails when the bucket never holds as much, and when ctx ends.
func (p *points) take(ctx context.Context, cost int) error {
	meek, waits := ctx.Value(patientKey{}) != nil, false
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		if float64(cost) > p.size {
			return failed(refused, "A query costs %d points, and Jobber never gives more than %.0f.", cost, p.size)
		}
		wait := p.until(float64(cost), meek)
		if wait <= 0 {
			p.flight += float64(cost)
			p.calls--
			return nil
		}
		if !meek && !waits {
			waits = true
			p.urgent++
			defer func() { p.urgent--; p.stir() }()
		}
		changed := p.changed
		p.mu.Unlock()
		err := pause(ctx, wait, changed)
		p.mu.Lock()
		if err != nil {
			return err
		}
	}
}

// until returns how long to wait for the points; 0 or less when they are there. The caller has the lock.
func (p *points) until(cost float64, meek bool) time.Duration {
	p.flow()
	if meek {
		if p.urgent > 0 {
			return never
		}
		cost = min(cost+p.size*reserve, p.size)
	}
	points := (cost - (p.level - p.flight)) / p.rate
	calls := (1 - p.calls) / requestRate
	wait := max(points, calls)
	if wait > 0 {
		wait += 0.001 // so that it is not over a moment too soon
	}
	return max(time.Duration(wait*float64(time.Second)), time.Until(p.paused))
}

// pause waits for one of the three; ctx's end is an error.
func pause(ctx context.Context, d time.Duration, changed <-chan struct{}) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("wait for jobber's points: %w", ctx.Err())
	case <-changed:
	case <-t.C:
	}
	return nil
}

// settle takes note of an answer to what cost was taken for, and of what it says of the bucket. One
// that says nothing may have cost all that was taken.
func (p *points) settle(name string, cost int, x extensions) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flow()
	p.flight -= float64(cost)
	if t := x.Cost.Throttle; t.Max > 0 {
		p.size, p.level = float64(t.Max), float64(t.Available)
		if t.Restore > 0 {
			p.rate = float64(t.Restore)
		}
		if times := float64(x.Cost.Requested) / float64(max(cost, 1)); times > 1 {
			p.dearer[name] = max(p.dearer[name], 1) * times
		}
	} else {
		p.level = max(p.level-float64(cost), 0)
	}
	p.stir()
}

// hold lets nobody ask for a while: Jobber said that there were too many requests.
func (p *points) hold(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(d); until.After(p.paused) {
		p.paused = until
	}
}

// price returns what an operation costs at most, after what Jobber said it costs.
func (p *points) price(op operation, vars map[string]any) int {
	cost := op.price(vars)
	p.mu.Lock()
	defer p.mu.Unlock()
	if times := p.dearer[op.name()]; times > 1 {
		cost = int(float64(cost)*times + 1)
	}
	return cost
}

// page returns how many nodes op can be asked for in its variable first when it may cost half a bucket:
// then the next page's points are there before this page's are gone.
func (p *points) page(op operation, vars map[string]any) int {
	one := map[string]any{"first": 1}
	for k, v := range vars {
		one[k] = v
	}
	each := p.price(op, one)
	p.mu.Lock()
	defer p.mu.Unlock()
	half := int(min(p.size, bucketSize)) / 2
	return min(max(half/max(each, 1), 1), defaultPage)
}
