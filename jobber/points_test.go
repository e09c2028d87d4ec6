package jobber

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// told is an answer that tells what is left in a bucket of Jobber's size.
func told(requested, left int) (x extensions) {
	x.Cost.Requested = requested
	x.Cost.Throttle.Max, x.Cost.Throttle.Available, x.Cost.Throttle.Restore = 10_000, left, 500
	return x
}

// waits returns how long a take takes.
func waits(t *testing.T, ctx context.Context, p *points, cost int) time.Duration {
	t.Helper()
	began := time.Now()
	if err := p.take(ctx, cost); err != nil {
		t.Fatal(err)
	}
	return time.Since(began).Round(10 * time.Millisecond)
}

func TestPointsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, p := t.Context(), newPoints()
		if d := waits(t, ctx, p, 900); d != 0 {
			t.Errorf("a small query waits %v for a bucket nobody has seen", d)
		}
		p.settle("A", 900, told(900, 3000))
		if d := waits(t, ctx, p, 5000); d != 4*time.Second {
			t.Errorf("5000 points of 3000: %v, want 4s", d)
		}
		// What is in flight may cost all that it may: the next waits for as much to flow in, or for the answer.
		go func() {
			time.Sleep(time.Second)
			p.settle("A", 5000, told(5000, 4800))
		}()
		if d := waits(t, ctx, p, 4000); d != time.Second {
			t.Errorf("beside one in flight: %v, want its answer after 1s", d)
		}
		p.settle("A", 4000, extensions{}) // says nothing: all of it may be gone
		if d := waits(t, ctx, p, 1800); d != 2*time.Second {
			t.Errorf("1800 points of 800: %v, want 2s", d)
		}
		p.settle("A", 1800, told(1800, 10_000))
		p.hold(time.Minute)
		if d := waits(t, ctx, p, 1); d != time.Minute {
			t.Errorf("after too many requests: %v, want 1m", d)
		}
		p.settle("A", 1, told(1, 9_999))
		time.Sleep(time.Second)
		if err := p.take(ctx, 10_001); kindOf(err) != refused {
			t.Errorf("more than there ever is: %v", err)
		}
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if err := p.take(ctx, 10_000); err != nil {
			t.Error(err)
		}
		if err := p.take(ctx, 10_000); err == nil {
			t.Error("the end of the caller is not seen")
		}
	})
}

// TestWebhooksGoFirst has a sweep wait for points that a webhook gets before it.
func TestWebhooksGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPoints()
		p.settle("A", 0, told(0, 0))
		var order []string
		took := func(who string, ctx context.Context, cost int) {
			go func() {
				if err := p.take(ctx, cost); err != nil {
					t.Error(err)
				}
				order = append(order, who)
				p.settle("A", cost, told(cost, 0))
			}()
			synctest.Wait()
		}
		sweep := patient(t.Context())
		took("sweep", sweep, 3000)
		time.Sleep(5 * time.Second) // 2,500 points: half a second more would do for the sweep
		took("webhook", t.Context(), 6000)
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(order) != 2 || order[0] != "webhook" {
			t.Errorf("got %v", order)
		}
		// A sweep leaves a fifth: a webhook that comes after it need not wait.
		p.settle("A", 0, told(0, 5000))
		if d := waits(t, sweep, p, 3000); d != 0 {
			t.Errorf("a sweep waits %v for 3000 of 5000", d)
		}
		if d := waits(t, t.Context(), p, 2000); d != 0 {
			t.Errorf("a webhook waits %v for the fifth that is left", d)
		}
		if d := waits(t, sweep, p, 1); d == 0 {
			t.Error("a sweep took of the fifth")
		}
	})
}

// TestRequestsArePaced asks for next to nothing very often: Jobber takes 2,500 requests in five minutes.
func TestRequestsArePaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPoints()
		began, n := time.Now(), 0
		for time.Since(began) < 5*time.Minute {
			if err := p.take(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			p.settle("A", 1, told(1, 9999))
			n++
		}
		if n < 2300 || n > 2450 {
			t.Errorf("%d requests in five minutes", n)
		}
	})
}

// TestDearerThanTold learns from an answer that an operation costs more than the formula says.
func TestDearerThanTold(t *testing.T) {
	p := newPoints()
	vars := map[string]any{"first": 50}
	ours := p.price(jobsUpdatedQuery, vars)
	p.settle("JobsUpdated", ours, told(2*ours, 9000))
	if got := p.price(jobsUpdatedQuery, vars); got < 2*ours || got > 2*ours+1 {
		t.Errorf("it costs %d, want %d", got, 2*ours)
	}
	p.settle("JobsUpdated", 2*ours, told(2*ours, 9000))
	if got := p.price(jobsUpdatedQuery, vars); got < 2*ours || got > 2*ours+1 {
		t.Errorf("it costs %d after the same answer", got)
	}
	if got := p.price(accountQuery, nil); got != 3 {
		t.Errorf("another operation costs %d, want 3", got)
	}
}

// TestPageFollowsTheBucket asks for as many jobs as half a bucket may cost, whatever its size.
func TestPageFollowsTheBucket(t *testing.T) {
	p := newPoints()
	one := listing()
	one["first"] = 1
	each := p.price(jobsQuery, one)
	for _, size := range []int{10_000, 2_000, each, 10} {
		x := told(0, size)
		x.Cost.Throttle.Max = size
		p.settle("A", 0, x)
		n := p.page(jobsQuery, listing())
		if n < 1 || n > 1 && n*each > size/2 || (n+1)*each <= size/2 {
			t.Errorf("%d jobs of %d points in a bucket of %d", n, each, size)
		}
	}
}
