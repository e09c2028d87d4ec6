package backup

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// How many copies are kept.
const (
	keepDays   = 7
	keepWeeks  = 4
	keepMonths = 12
	keepHand   = 5 // that somebody asked for
)

// Doomed returns the copies that need not be kept: of the days, weeks and months that have copies, the newest 7, 4 and
// 12 keep their newest one. A machine that was off for a month loses none by that. Days begin in loc.
func Doomed(all []Copy, loc *time.Location) []Copy {
	newest := slices.SortedFunc(slices.Values(all), func(a, b Copy) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.Name, a.Name)) })
	kept := map[string]bool{}
	keep := func(n int, of func(Copy) string) {
		seen := map[string]bool{}
		for _, c := range newest {
			if key := of(c); key != "" && !seen[key] && len(seen) < n {
				seen[key], kept[c.Name] = true, true
			}
		}
	}
	daily := func(of func(t time.Time) string) func(Copy) string {
		return func(c Copy) string {
			if c.Hand {
				return ""
			}
			return of(c.At.In(loc))
		}
	}
	keep(keepDays, daily(func(t time.Time) string { return t.Format(time.DateOnly) }))
	keep(keepWeeks, daily(func(t time.Time) string { y, w := t.ISOWeek(); return fmt.Sprint(y, "/", w) }))
	keep(keepMonths, daily(func(t time.Time) string { return t.Format("2006-01") }))
	keep(keepHand, func(c Copy) string {
		if c.Hand {
			return c.Name
		}
		return ""
	})
	return slices.DeleteFunc(newest, func(c Copy) bool { return kept[c.Name] })
}
