package jobber

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestReadExtensions(t *testing.T) {
	for _, raw := range []string{"", "null", "[]", `{"cost":"dear"}`} {
		if x := readExtensions([]byte(raw)); x != (extensions{}) {
			t.Errorf("%q reads as %+v", raw, x)
		}
	}
}

func TestBackOff(t *testing.T) {
	for try, want := range []time.Duration{5, 10, 20, 40, 60, 60} {
		if got := backOff(try, 5, 60); got != want {
			t.Errorf("try %d: %d, want %d", try, got, want)
		}
	}
	if got := backOff(1_000_000, time.Second, time.Hour); got != time.Hour {
		t.Errorf("after very many tries: %v", got)
	}
}

func TestSpread(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 100 {
		d := spread(10 * time.Second)
		if d < 5*time.Second || d > 10*time.Second {
			t.Fatalf("10 s became %v", d)
		}
		seen[d] = true
	}
	if len(seen) < 50 {
		t.Errorf("100 waits are %d different ones", len(seen))
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-3": 0, "99999999": 5 * time.Minute, "soon": 0,
		"Wed, 04 Mar 2026 12:00:30 GMT": 30 * time.Second, "Wed, 04 Mar 2026 11:00:00 GMT": 0,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

// TestCursorsThatLeadNowhere must not be followed for ever.
func TestCursorsThatLeadNowhere(t *testing.T) {
	for name, p := range map[string]page{"the same again": {More: true, End: "MQ"}, "none": {More: true}} {
		asked := 0
		_, err := all(context.Background(), func(context.Context, string) (connection[int], error) {
			if asked++; asked > 5 {
				return connection[int]{}, errors.New("asked for ever")
			}
			return connection[int]{Nodes: []int{asked}, Page: p}, nil
		})
		if kindOf(err) != failing {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestExpiryOf(t *testing.T) {
	for token, want := range map[string]int64{
		"e30.eyJleHAiOjE3NzI2MjU2MDB9.c2ln":   1772625600, // {"exp":1772625600}
		"e30.eyJleHAiOjE3NzI2MjU2MDB9=.c2ln":  1772625600,
		"e30.eyJleHAiOjE3NzI2MjU2MDAuNX0.x":   1772625600, // with a fraction
		"e30.e30.x":                           0,
		"e30.eyJleHAiOiJzb29uIn0.x":           0, // {"exp":"soon"}
		"an opaque token":                     0,
		"a.b":                                 0,
		"":                                    0,
		"e30.eyJleHAiOi01fQ.x":                0, // {"exp":-5}
		"e30.eyJleHAiOjFlMzAwfQ.x":            0, // {"exp":1e300}
		"!!!.???.***":                         0,
		"e30.eyJleHAiOjE3NzI2MjU2MDB9.c2ln.x": 0,
	} {
		got := expiryOf(token)
		if want == 0 && !got.IsZero() || want != 0 && got.Unix() != want {
			t.Errorf("%q ends %v, want %d", token, got, want)
		}
	}
}

func TestFlatMessage(t *testing.T) {
	for body, want := range map[string]string{
		`{"message":"Token not recognized"}`:                     "Token not recognized",
		`{"error":{"message":"This account is not active"}}`:     "This account is not active",
		`{"error":"a word"}`:                                     "",
		`{"data":{"account":null}}`:                              "",
		`<html>`:                                                 "",
		"{\"message\":\"two\\nlines  \\u0000 and more spaces\"}": "two lines \x00 and more spaces",
	} {
		if got := flatMessage([]byte(body)); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}
