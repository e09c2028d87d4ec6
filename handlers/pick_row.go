package handlers

import (
	"net/url"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// pickRow is the data of pick/line.
type pickRow struct {
	store.PickLine
	Scope  pickScope
	CSRF   string
	Many   bool // the list is for several jobs, so a line names its own
	Next   *store.Balance
	Now    time.Time
	Ask    *confirm  // the store's question about it
	AskQty store.Qty // how much Ask is about
	Repeat string    // the request id that the answer to Ask has to carry
}

// ID names the row on the page.
func (r pickRow) RowID() string {
	return "pick-" + r.Job.ID.String() + "-" + r.ID.String() + "-" + r.Stock.ID.String()
}

// Path is the address under which the line's acts stand.
func (r pickRow) Path() string { return "/jobs/" + r.Job.ID.String() + "/pick" }

// Here is how much one tap takes: what is left, as far as it is there.
func (r pickRow) Here() store.Qty { return min(r.ToPick(), max(r.Source.OnHand, 0)) }

// Lacks is what is left and not there.
func (r pickRow) Lacks() store.Qty { return r.ToPick() - r.Here() }

// Staged says that all of it is set aside and waits to be handed over.
func (r pickRow) Staged() bool { return r.Remaining > 0 && r.Aside() > 0 && r.ToPick() == 0 }

// Amount is what is to be fetched of the line, or was.
func (r pickRow) Amount() store.Qty {
	switch {
	case !r.PickLine.Done():
		return r.ToPick()
	case r.Staged():
		return r.Aside()
	}
	return r.Issued
}

// Why is the rule that chose the place, in words.
func (r pickRow) Why() string {
	return map[store.SourceRule]string{store.SourceHome: "default place", store.SourceMost: "has most",
		store.SourceHeld: "set aside for this job", store.SourceChosen: "chosen"}[r.Rule]
}

// Keypad is the page on which a part of it is taken.
func (r pickRow) Keypad() string {
	u := url.Values{"kind": {"issue"}, "job": {r.Job.ID.String()}, "line": {r.ID.String()}, "from": {r.Source.Place.ID.String()},
		"quantity": {r.ToPick().String()}, "seen": {r.ToPick().String()}, "back": {r.Scope.Href()}}
	if r.Scope.To != 0 {
		u.Set("kind", "transfer")
		u.Set("to", r.Scope.ToText())
	}
	return "/items/" + r.Stock.ID.String() + "/move?" + u.Encode()
}

// Undo offers to take back what was fetched last.
func (r pickRow) Undo() *undoForm {
	if r.Last == nil {
		return nil
	}
	return &undoForm{Movement: r.Last.ID, CSRF: r.CSRF, RequestID: newID(), Back: r.Scope.Href()}
}

// shortReasons are why a line is not found, one tap each.
var shortReasons = []string{"Not there", "Damaged", "Fewer than the books say"}

// Reasons are why a line may not be found.
func (r pickRow) Reasons() []string { return shortReasons }

func (s *Server) pickRow(c *fiber.Ctx, sc pickScope, l store.PickLine, many bool) pickRow {
	r := pickRow{PickLine: l, Scope: sc, CSRF: s.csrf(c), Many: many, Now: s.now()}
	r.Next = r.otherSource()
	return r
}

// otherSource is the next place with some of the item, the one that has most after the present one; after the
// last it is the first again. Nil: there is no other.
func (r pickRow) otherSource() *store.Balance {
	var at []store.Balance
	for _, b := range r.Stock.At {
		if b.OnHand > 0 && b.Place.ID != r.Scope.To || b.Place.ID == r.Source.Place.ID {
			at = append(at, b)
		}
	}
	i := slices.IndexFunc(at, func(b store.Balance) bool { return b.Place.ID == r.Source.Place.ID })
	if len(at) == 0 || len(at) == 1 && i == 0 {
		return nil
	}
	return &at[(i+1)%len(at)]
}

// fresh says that the line was picked a moment ago.
func (r pickRow) fresh() bool {
	return r.Last != nil && (r.Last.Kind == store.Issue || r.Last.Kind == store.Transfer) && r.Now.Sub(r.Last.At) < freshTime
}
