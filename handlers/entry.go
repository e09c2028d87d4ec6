package handlers

import (
	"crypto/rand"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// moveEntry is the data of move/entry: one movement in a history.
type moveEntry struct {
	store.HistoryEntry
	OfItem bool      // stands among movements of other items, so that it names its own
	Undo   *undoForm // nil if it cannot be undone
	All    *undoForm // of the act it was booked in; nil if that booked nothing else that stands
}

// HowMany is how many entries an undo of the whole act takes back, behind a space; "" for too many to count.
func (e moveEntry) HowMany() string {
	if e.Together >= store.MostTogether {
		return ""
	}
	return " " + strconv.Itoa(e.Together)
}

// moveEntries makes the entries of an item's history. Undoing one leads back to the page at back.
func (s *Server) moveEntries(c *fiber.Ctx, history []store.HistoryEntry, back string) []moveEntry {
	out := make([]moveEntry, len(history))
	for i, h := range history {
		out[i] = moveEntry{HistoryEntry: h}
		if h.Undoable {
			out[i].Undo = &undoForm{Movement: h.ID, CSRF: s.csrf(c), RequestID: newID(), Back: back}
			if h.Together > 1 {
				out[i].All = &undoForm{Movement: h.ID, WholeAct: true, CSRF: s.csrf(c), RequestID: newID(), Back: back}
			}
		}
	}
	return out
}

// newID names a request that a form will make.
func newID() string { return rand.Text() }

// jobNumber is a job's number as people say it.
func jobNumber(n int) string { return "#" + strconv.Itoa(n) }

// Arrives reports whether it brought stock into a place of ours.
func (e moveEntry) Arrives() bool { return !e.To.Virtual() }

// Undone reports whether another entry took it back.
func (e moveEntry) Undone() bool { return e.UndoneBy != 0 }

// Does is what happened, up to the job's number if it has one: "Issued to", "Counted 25, was 26".
func (e moveEntry) Does() string {
	text := e.plainly()
	if e.Reverses != 0 {
		return "Undid: " + strings.ToLower(text[:1]) + text[1:]
	}
	return text
}

func (e moveEntry) plainly() string {
	kind := e.Kind
	switch kind {
	case store.Receive:
		return "Received"
	case store.Issue:
		if e.Job != 0 {
			return "Issued to"
		}
		return "Taken"
	case store.Return:
		if e.Job != 0 {
			return "Back from"
		}
		return "Put back"
	case store.Transfer:
		if e.Reverses != 0 {
			return "Moved to " + e.FromName
		}
		return "Moved to " + e.ToName
	case store.ScrapKind:
		if e.Job != 0 {
			return "Scrapped on"
		}
		return "Scrapped"
	case store.Count:
		return e.counted()
	}
	return "Adjusted"
}

func (e moveEntry) counted() string {
	switch {
	case e.Reverses != 0:
		return "Counted"
	case e.Counted == e.Was:
		return "Counted " + showQty(e.Counted) + ", as the books say"
	}
	return "Counted " + showQty(e.Counted) + ", was " + showQty(e.Was)
}

// Where is the place of ours it was at; of a transfer the one it left.
func (e moveEntry) Where() string {
	switch {
	case e.Kind == store.Transfer:
		return "from " + e.FromName
	case !e.From.Virtual():
		return e.FromName
	case !e.To.Virtual():
		return e.ToName
	}
	return ""
}

// Said is how the amount was said, if that was in packs: "2 × box 50".
func (e moveEntry) Said() string { return saidAs(e.Movement) }

// Delta is what it did to the quantity on hand, all places together.
func (e moveEntry) Delta() string {
	switch {
	case e.From.Virtual() == e.To.Virtual():
		return showQty(e.Qty)
	case e.From.Virtual():
		return showSigned(e.Qty)
	}
	return showSigned(-e.Qty)
}

// JobText is the job's number as people say it.
func (e moveEntry) JobText() string { return jobNumber(e.JobNumber) }
