package jobbertest_test

import (
	"strings"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

func TestRequestedCost(t *testing.T) {
	s := start(t, sample(1), nil)
	token := s.connect(t)
	queries := sampleQueries(t)
	id := map[string]any{"id": jobbertest.ID("Job", 1)}
	for _, tt := range []struct {
		name, query string
		vars        map[string]any
		want        int
	}{
		// The documentation's examples, with fields that the stand-in carries.
		{"one object", `query Q($id: EncodedId!) { job(id: $id) { id total title client { id firstName } } }`, id, 7},
		{"ten", `{ jobs(first: 10) { edges { node { id title total jobNumber jobStatus } } } }`, nil, 50},
		{"no number", `{ jobs { nodes { id title total jobNumber jobStatus } } }`, nil, 500},
		{"paging is free", `{ jobs(first: 10) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`, nil, 10},
		{"fragment", `query Q($id: EncodedId!) { job(id: $id) { ...F } } fragment F on Job { id title }`, id, 3},
		{"skipped", `query Q($id: EncodedId!) { job(id: $id) { id title @skip(if: true) } }`, id, 2},
		{"JobsPage", queries["JobsPage"], map[string]any{"first": 25}, 1775},
		{"JobById", queries["JobById"], id, 1130},
	} {
		got := s.query(t, token, tt.query, tt.vars)
		if got.Extensions.Cost.Requested != tt.want {
			t.Errorf("%s: %d, want %d (%s)", tt.name, got.Extensions.Cost.Requested, tt.want, got.raw)
		}
	}
}

func TestBucket(t *testing.T) {
	s := start(t, sample(2), nil) // and one more
	token := s.connect(t)
	const q = `{ jobs(first: 50) { nodes { id title } } }` // asks for 100, uses 6
	got := s.query(t, token, q, nil).Extensions.Cost
	if got.Requested != 100 || got.Actual != 6 || got.Throttle.Available != 9994 || got.Throttle.Max != 10000 || got.Throttle.Restore != 500 {
		t.Errorf("cost %+v", got)
	}
	s.clock.add(4 * time.Millisecond) // two points
	if got := s.query(t, token, q, nil).Extensions.Cost.Throttle.Available; got != 9990 {
		t.Errorf("%d available, want 9990", got)
	}
	s.clock.add(time.Minute)
	if got := s.query(t, token, q, nil).Extensions.Cost.Throttle.Available; got != 9994 {
		t.Errorf("%d available after a minute, want 9994", got)
	}
	if st := s.Stats(); st.Points != 18 || st.Requests != 3 || st.Operations["jobs"] != 3 {
		t.Errorf("stats %+v", st)
	}
}

func TestThrottled(t *testing.T) {
	s := start(t, sample(2), func(o *jobbertest.Options) { o.Bucket = jobbertest.Bucket{Max: 100, Restore: 10} })
	token := s.connect(t)
	got := s.query(t, token, `{ jobs(first: 101) { nodes { id } } }`, nil) // never runs
	want := `{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED","documentation":"https://developer.getjobber.com/docs/using_jobbers_api/api_rate_limits"}}],` +
		`"extensions":{"cost":{"requestedQueryCost":101,"actualQueryCost":0,"throttleStatus":{"maximumAvailable":100,"currentlyAvailable":100,"restoreRate":10}},`
	if !strings.HasPrefix(got.raw, want) {
		t.Errorf("got  %s\nwant %s", got.raw, want)
	}
	const whole = `{ jobs(first: 50) { nodes { id title } } }`
	if got := s.query(t, token, whole, nil); len(got.Errors) > 0 {
		t.Errorf("a query as large as the bucket: %s", got.raw)
	}
	if got := s.query(t, token, whole, nil); len(got.Errors) != 1 || got.Errors[0].Message != "Throttled" {
		t.Errorf("with 94 points left: %s", got.raw)
	}
	s.clock.add(600 * time.Millisecond)
	if got := s.query(t, token, whole, nil); len(got.Errors) > 0 {
		t.Errorf("after the bucket filled: %s", got.raw)
	}
	if st := s.Stats(); st.Throttled != 2 {
		t.Errorf("%d throttled, want 2", st.Throttled)
	}
}

// What is changed while the stand-in runs holds from the next request on; points do not come out of nothing.
func TestBehave(t *testing.T) {
	s := start(t, sample(2), nil)
	token := s.connect(t)
	s.Behave(func(b *jobbertest.Behaviour) { b.Bucket = jobbertest.Bucket{Max: 3, Restore: 1} })
	if got := s.query(t, token, `{ jobs(first: 2) { nodes { id title } } }`, nil); len(got.Errors) != 1 {
		t.Errorf("4 points of 3: %s", got.raw)
	}
	s.Behave(func(b *jobbertest.Behaviour) { b.Bucket = jobbertest.Bucket{} })
	if got := s.query(t, token, `{ jobs(first: 2) { nodes { id title } } }`, nil); len(got.Errors) != 1 || got.Extensions.Cost.Throttle.Max != 10_000 {
		t.Errorf("the larger bucket is full at once: %s", got.raw)
	}
	s.clock.add(time.Second)
	if got := s.query(t, token, `{ jobs(first: 2) { nodes { id title } } }`, nil); len(got.Errors) > 0 {
		t.Errorf("after a second: %s", got.raw)
	}
}
