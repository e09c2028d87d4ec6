package handlers

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const (
	hitLimit = 20
	hitLife  = time.Hour // how far back the list of what was scanned goes
)

// scanHit is the data of scan/hit: one act in the list of what was scanned.
type scanHit struct {
	store.HistoryEntry
	State  store.State // of the item now
	Change string      // the address of the keypad that puts its amount right; "" if it cannot be
	Undo   *undoForm   // nil if it cannot be undone
	OOB    bool        // takes the place of the one in the list
}

// recentHits are the user's acts of the last hour.
func (s *Server) recentHits(c *fiber.Ctx, back string) ([]scanHit, error) {
	entries, err := s.Store.Recent(c.UserContext(), user(c).ID, s.Store.Now().Add(-hitLife), hitLimit)
	if err != nil {
		return nil, err
	}
	return s.hits(c, entries, back)
}

// hits makes the rows of entries; the keypad and Undo lead back to the page at back.
func (s *Server) hits(c *fiber.Ctx, entries []store.HistoryEntry, back string) ([]scanHit, error) {
	ids := make([]store.ItemID, len(entries))
	for i, e := range entries {
		ids[i] = e.Item
	}
	stocks, err := s.Store.Stocks(c.UserContext(), ids)
	if err != nil {
		return nil, err
	}
	states := map[store.ItemID]store.State{}
	for _, st := range stocks {
		states[st.ID] = st.State
	}
	out := make([]scanHit, len(entries))
	for i, e := range entries {
		out[i] = scanHit{HistoryEntry: e, State: states[e.Item]}
		if e.Undoable {
			out[i].Undo = &undoForm{Movement: e.ID, CSRF: s.csrf(c), RequestID: newID(), Back: back}
			out[i].Change = changeHref(e, back)
		}
	}
	return out, nil
}

// changeHref is the keypad's page for another amount in the place of e's.
func changeHref(e store.HistoryEntry, back string) string {
	f := moveForm{Kind: string(e.Kind), Quantity: e.Qty.String(), Instead: e.ID.String(), Back: back}
	f.Stock.ID = e.Item
	switch e.Kind {
	case store.Issue:
		f.From = e.From.String()
	case store.Return:
		f.To = e.To.String()
	case store.Transfer:
		f.From, f.To = e.From.String(), e.To.String()
	default:
		return "" // a count is counted again
	}
	if e.Job != 0 {
		f.Job = e.Job.String()
	}
	return f.Href()
}

// Undone reports whether another entry took it back.
func (h scanHit) Undone() bool { return h.UndoneBy != 0 }

// Icon is the sign for how the item stands after it.
func (h scanHit) Icon() string {
	switch {
	case h.Undone():
		return "undo"
	case h.State == store.StateOut || h.OnHand < 0:
		return "out"
	case h.State == store.StateLow:
		return "low"
	}
	return "ok"
}

// Class is the colour that goes with Icon.
func (h scanHit) Class() string {
	if h.Undone() {
		return "undone"
	}
	return "is-" + h.Icon()
}

// Amount is how much it was about.
func (h scanHit) Amount() string { return showQty(h.Qty) + " " + h.Unit }

// Does is what was done: "Took 6 ea, 14 → 8".
func (h scanHit) Does() string {
	was := h.OnHand
	switch {
	case h.From.Virtual() && !h.To.Virtual():
		was -= h.Qty
	case h.To.Virtual() && !h.From.Virtual():
		was += h.Qty
	}
	change := h.Amount() + ", " + showQty(was) + " → " + showQty(h.OnHand)
	job := ""
	if h.Job != 0 {
		job = " " + jobNumber(h.JobNumber)
	}
	switch h.Kind {
	case store.Issue:
		if job != "" {
			job = " for" + job
		}
		return "Took " + change + job
	case store.Return:
		if job != "" {
			job = " from" + job
		}
		return "Put back " + change + job
	case store.Transfer:
		return "Moved " + h.Amount() + " to " + h.ToName
	case store.Receive:
		return "Received " + change
	case store.ScrapKind:
		return "Scrapped " + change
	case store.Count:
		return "Counted " + showQty(h.Counted) + ", was " + showQty(h.Was)
	}
	return "Adjusted by " + change
}

// Note is what to know of the item after it; "" for nothing.
func (h scanHit) Note() string {
	switch {
	case h.Undone():
		return "Undone"
	case h.OnHand < 0:
		return "Below 0, count it"
	case h.State == store.StateOut:
		return "Out"
	case h.State == store.StateLow:
		return "Low"
	}
	return ""
}
