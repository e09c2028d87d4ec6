package alerts

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const maxSubject = 120 // characters: what mailboxes show, and some more

// A tally counts what a mail is about.
type tally struct{ out, low, short, back int }

func (t tally) plus(o tally) tally {
	return tally{t.out + o.out, t.low + o.low, t.short + o.short, t.back + o.back}
}

// String says the counts: "1 out, 2 low".
func (t tally) String() string {
	var said []string
	for _, part := range []struct {
		n         int
		one, many string
	}{{t.out, "out", "out"}, {t.low, "low", "low"}, {t.short, "job short", "jobs short"}, {t.back, "back", "back"}} {
		switch {
		case part.n == 1:
			said = append(said, "1 "+part.one)
		case part.n > 1:
			said = append(said, fmt.Sprintf("%s %s", thousands(fmt.Sprint(part.n)), part.many))
		}
	}
	return strings.Join(said, ", ")
}

// subjectOf is the title with as many names as fit.
func subjectOf(title string, names []string) string {
	if len(names) == 0 {
		return title
	}
	return title + ": " + listed(names, maxSubject-utf8.RuneCountInString(title)-2)
}

// listed joins as many names as fit in room characters, and counts the others.
// A single name that is too long is cut between words. No names are "".
func listed(names []string, room int) string {
	for n := len(names); n > 0; n-- {
		s := strings.Join(names[:n], ", ")
		if rest := len(names) - n; rest > 0 {
			s += fmt.Sprintf(" and %d more", rest)
		}
		if utf8.RuneCountInString(s) <= room {
			return s
		}
	}
	if len(names) == 0 {
		return ""
	}
	more := ""
	if len(names) > 1 {
		more = fmt.Sprintf(" and %d more", len(names)-1)
	}
	return cut(names[0], room-utf8.RuneCountInString(more)) + more
}

// cut shortens s to at most room characters, at a space if there is one late enough.
func cut(s string, room int) string {
	r := []rune(s)
	if len(r) <= room {
		return s
	}
	short := string(r[:room-1])
	if i := strings.LastIndexByte(short, ' '); i > len(short)/2 && r[room-1] != ' ' {
		short = short[:i]
	}
	return strings.TrimRight(short, " ,;") + "…"
}
