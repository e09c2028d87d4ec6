package handlers

import (
	"crypto/rand"
	"fmt"
	"html/template"
	"regexp"
	"strconv"
	"strings"
	"time"

	"lwc-inventory/store"
)

// templateFuncs are the functions that views may call. They are fixed when the views are loaded.
func (s *Server) templateFuncs() map[string]any {
	return map[string]any{
		"asset":     s.asset,
		"icon":      s.iconFunc(),
		"once":      s.once,
		"catIcon":   categoryIcon,
		"placeIcon": placeIcon,
		"qty":       showQty,
		"signed":    showSigned,
		"qtyv":      store.Qty.String,
		"money":     showMoney,
		"newID":     rand.Text,
		"day":       s.showDay,
		"clock":     s.showClock,
		"when":      s.showWhen,
		"ago":       s.showAgo,
		"iso":       s.showISO,
		"add":       func(a, b int) int { return a + b },
		"plural":    plural,
		"count":     showCount,
		"bytes":     showBytes,
	}
}

// asset returns the address of a static file. It fails for a file that is not there.
func (s *Server) asset(name string) (string, error) {
	if u := s.Static.URL(name); u != "" {
		return u, nil
	}
	return "", fmt.Errorf("no static file %q", name)
}

var spriteIDs = regexp.MustCompile(`<symbol id="([a-z-]+)"`)

// iconFunc returns the function that writes an icon of the sprite. It fails for a name that the
// sprite does not have, which would be an empty square on the page.
func (s *Server) iconFunc() func(string) (template.HTML, error) {
	sprite := s.Static.URL("icons.svg")
	known := map[string]template.HTML{}
	if f, ok := s.Static.Lookup(sprite); ok {
		for _, m := range spriteIDs.FindAllSubmatch(f.Body(), -1) {
			id := string(m[1])
			known[id] = template.HTML(`<svg class="i" aria-hidden="true"><use href="` + sprite + `#` + id + `"/></svg>`)
		}
	}
	return func(name string) (template.HTML, error) {
		if svg, ok := known[name]; ok {
			return svg, nil
		}
		return "", fmt.Errorf("no icon %q", name)
	}
}

// categoryIcons finds a picture for what a category's name says. The first that fits is taken.
var categoryIcons = []struct {
	icon  string
	words []string
}{
	{"light", []string{"light", "lamp", "fixture", "led"}},
	{"power", []string{"electric", "wire", "cable", "breaker", "conduit", "power", "device"}},
	{"water", []string{"plumb", "pipe", "water", "irrigation", "drain", "sprinkler", "valve", "pex", "pvc"}},
	{"air", []string{"hvac", "filter", "duct", "furnace", "vent"}},
	{"plant", []string{"plant", "landscap", "garden", "soil", "mulch", "seed", "lawn", "turf", "stone", "gravel"}},
	{"tool", []string{"tool", "hardware", "fasten", "screw", "safety", "blade"}},
}

func categoryIcon(category string) string {
	name := strings.ToLower(category)
	for _, c := range categoryIcons {
		for _, w := range c.words {
			if strings.Contains(name, w) {
				return c.icon
			}
		}
	}
	return "items"
}

// showQty writes a quantity for people: a true minus, thousands apart.
func showQty(q store.Qty) string { return forPeople(q.String()) }

// showSigned writes a change: +300, −5.
func showSigned(q store.Qty) string {
	if q > 0 {
		return "+" + showQty(q)
	}
	return showQty(q)
}

// showMoney writes an amount in the currency of the books.
func showMoney(m store.Money) string {
	text := forPeople(m.String())
	if rest, ok := strings.CutPrefix(text, "−"); ok {
		return "−$" + rest
	}
	return "$" + text
}

func forPeople(number string) string {
	number, minus := strings.CutPrefix(number, "-")
	whole, fraction, point := strings.Cut(number, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if point {
		whole += "." + fraction
	}
	if minus {
		return "−" + whole
	}
	return whole
}

// plural is "1 job" or "3 jobs"; many is the word for all but one.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return forPeople(strconv.Itoa(n)) + " " + many
}

// showDay is "Tue 24 Nov", with the year when it is not this one.
func (s *Server) showDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(s.Location)
	if t.Year() != s.Store.Now().In(s.Location).Year() {
		return t.Format("Mon 2 Jan 2006")
	}
	return t.Format("Mon 2 Jan")
}

// showClock is "08:00", as wide for every time, so that times stand under each other.
func (s *Server) showClock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.Location).Format("15:04")
}

// showWhen says a time as people do: "today 9:41", "tomorrow 8:00", "Fri 16:02", "12 Nov 7:40".
func (s *Server) showWhen(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t, now := t.In(s.Location), s.Store.Now().In(s.Location)
	clock := strconv.Itoa(t.Hour()) + t.Format(":04")
	switch days := daysBetween(now, t); {
	case days == 0:
		return "today " + clock
	case days == 1:
		return "tomorrow " + clock
	case days == -1:
		return "yesterday " + clock
	case days > -7 && days < 7:
		return t.Format("Mon ") + clock
	case t.Year() == now.Year():
		return t.Format("2 Jan ") + clock
	}
	return t.Format("2 Jan 2006")
}

// daysBetween counts the midnights from a to b, both in the same location.
func daysBetween(a, b time.Time) int {
	day := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) // days of 24 h
	}
	return int(day(b).Sub(day(a)) / (24 * time.Hour))
}

// showAgo is "just now", "4 min ago", "3 h ago", and beyond a day what showWhen says.
func (s *Server) showAgo(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	switch d := s.Store.Now().Sub(t); {
	case d < -time.Minute, d >= 24*time.Hour:
		return s.showWhen(t)
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	default:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
}

// showISO is for the datetime attribute of a time element.
func (s *Server) showISO(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.Location).Format(time.RFC3339)
}

// showBytes is a size for people: 12.3 MB.
func showBytes(n int64) string {
	switch {
	case n < 1000:
		return strconv.FormatInt(n, 10) + " bytes"
	case n < 1_000_000:
		return strconv.FormatInt((n+500)/1000, 10) + " kB"
	}
	return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB"
}
