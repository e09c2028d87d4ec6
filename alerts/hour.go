package alerts

import (
	"fmt"
	"time"

	"lwc-inventory/store"
)

// A Clock is a time of day at which something happens, or never does. The zero Clock is never.
type Clock struct {
	On           bool
	Hour, Minute int
}

// ParseClock reads a time of day like 07:00, or off.
func ParseClock(text string) (Clock, error) {
	if text == "off" {
		return Clock{}, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return Clock{}, fmt.Errorf("%q is neither a time of day like 07:00 nor off", text)
	}
	return Clock{On: true, Hour: t.Hour(), Minute: t.Minute()}, nil
}

// String returns what ParseClock reads.
func (c Clock) String() string {
	if !c.On {
		return "off"
	}
	return fmt.Sprintf("%02d:%02d", c.Hour, c.Minute)
}

// on returns the moment of c on a day: the first at which clocks in that location show it or, on a day that leaves it
// out, the first after it. An hour that comes twice has its first.
func (c Clock) on(day store.Date, loc *time.Location) time.Time {
	midnight, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		return time.Time{}
	}
	y, m, d := midnight.Date()
	t := time.Date(y, m, d, c.Hour, c.Minute, 0, 0, loc)
	start, end := t.ZoneBounds()
	// What clocks leave out is off by their jump, to either side of it.
	switch wanted, shown := time.Date(y, m, d, c.Hour, c.Minute, 0, 0, time.UTC).Unix(), clockOf(t); {
	case shown < wanted:
		return end
	case shown > wanted:
		return start
	case start.IsZero():
		return t
	}
	_, now := t.Zone()
	_, then := start.Add(-1).Zone()
	if first := t.Add(time.Duration(now-then) * time.Second); now < then && first.Before(start) {
		return first
	}
	return t
}

// clockOf is what calendar and clock on the wall show at t, as a number that grows.
func clockOf(t time.Time) int64 {
	_, offset := t.Zone()
	return t.Unix() + int64(offset)
}

// lateBy is how long after its moment a digest is still sent on another day. Later, the next one says it all.
const lateBy = 12 * time.Hour

// digestDay returns the day whose digest is to be sent now, "" if there is none, and when the next will be.
// Digests are for weekdays; done is the last day that needs none any more. One that is days ahead was set by a clock that
// was, and counts as the last one that is past sending late.
func (r rules) digestDay(done store.Date, now time.Time) (day store.Date, next time.Time) {
	if !r.digest.On {
		return "", time.Time{}
	}
	here := now.In(r.loc)
	y, m, d := here.Date()
	if done > store.DateOf(time.Date(y, m, d+1, 12, 0, 0, 0, time.UTC)) {
		done = r.lastDigestDay(now.Add(-lateBy))
	}
	for i := -4; i <= 5; i++ { // a weekend and the days around it
		at := time.Date(y, m, d+i, 12, 0, 0, 0, time.UTC)
		of := store.DateOf(at)
		if wd := at.Weekday(); wd == time.Saturday || wd == time.Sunday || of <= done {
			continue
		}
		moment := r.digest.on(of, r.loc)
		switch {
		case moment.After(now):
			return day, moment
		case i == 0 || now.Before(moment.Add(lateBy)):
			day = of
		}
	}
	return day, time.Time{}
}

// lastDigestDay returns the day of the last digest before now, had there always been one.
func (r rules) lastDigestDay(now time.Time) store.Date {
	y, m, d := now.In(r.loc).Date()
	for i := 0; ; i-- {
		of := store.DateOf(time.Date(y, m, d+i, 12, 0, 0, 0, time.UTC))
		if !r.digest.on(of, r.loc).After(now) {
			return of
		}
	}
}
