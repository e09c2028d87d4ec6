package handlers

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const spotsPerPage = 25 // places that hold an item, and jobs that need it

// itemShow is the data of item/show: all there is to know of an item.
type itemShow struct {
	store.ItemSheet
	Gauge   levelGauge
	Entries []moveEntry
	Older   string     // address of the page with older entries; "" if there are none
	Newest  string     // address of the page with the newest; "" if that is this one
	Form    moveForm   // a movement by hand
	Open    bool       // the form has something to say
	Money   bool       // cost and price may be seen
	Archive bool       // it may be taken out of the list
	Rows    []placeRow // a page of the places that hold it
	Spots   pager      // and the ways on
	Jobs    pager      // those of the jobs that need it, of which Needs holds a page
	CSRF    string
	Muting  muteForm

	typed func(*muteForm) // puts back what was typed into it

	Typed       string     // a code that could not be added
	CodeProblem complaints // why
}

// placeRow is one place that holds an item.
type placeRow struct {
	store.Spot
	Icon, Unit string
	Par        string // address to set minimum and par there
}

// showItem handles GET /items/:id.
func (s *Server) showItem(c *fiber.Ctx) error {
	id, err := store.ParseID[store.ItemID](c.Params("id"))
	if err != nil {
		return err
	}
	before, err := beforeQuery[store.MovementID](c)
	if err != nil {
		return err
	}
	sheet, err := s.Store.ItemSheet(c.UserContext(), id, before)
	if err != nil {
		return err
	}
	v := itemShow{ItemSheet: sheet, Form: moveForm{Kind: string(store.Issue)}}
	if before != 0 {
		v.Newest = "/items/" + id.String()
	}
	if err := s.offer(c, &v.Form, sheet); err != nil {
		return err
	}
	return s.answerItem(c, v)
}

// itemParts answers an act on an item that a script sent: the item as it is now, and what was done.
func (s *Server) itemParts(c *fiber.Ctx, id store.ItemID, t toast) error {
	sheet, err := s.Store.ItemSheet(c.UserContext(), id, 0)
	if err != nil {
		return err
	}
	v := itemShow{ItemSheet: sheet, Form: moveForm{Kind: string(store.Issue)}}
	if err := s.offer(c, &v.Form, sheet); err != nil {
		return err
	}
	s.dressItem(c, &v)
	return s.fragments(c, append(rowBeside(c, v.Stock), part{"item/show", v}, s.toastPart(t))...)
}

// answerItem answers with the page of an item, or the piece of it that changes.
func (s *Server) answerItem(c *fiber.Ctx, v itemShow) error {
	s.dressItem(c, &v)
	if partial(c) {
		return s.fragments(c, part{"item/show", v})
	}
	h := head{Title: v.Name, Section: "items", Back: &crumb{"/items", "Items"}, Half: detailHalf}
	var err error
	if h.Beside, err = s.itemsBeside(c); err != nil {
		return err
	}
	return s.page(c, h, "item/show", v)
}

// dressItem works out what the view shows of v's sheet.
func (s *Server) dressItem(c *fiber.Ctx, v *itemShow) {
	v.Gauge, v.Money, v.CSRF = newGauge(v.Stock), seesMoney(user(c)), s.csrf(c)
	v.Archive = admit(managers, user(c).Role) == nil
	v.Muting = s.newMuteForm(c, v.Item, v.Level, v.Mute, "/items/"+v.ID.String())
	if v.typed != nil {
		v.typed(&v.Muting)
	}
	path := "/items/" + v.ID.String()
	spots, pages := paged(v.ItemSheet.Spots, c.QueryInt("spots", 1), spotsPerPage, func(n int) string { return path + "?spots=" + strconv.Itoa(n) + "#h-places" })
	v.Spots = pages
	v.Spots.Of = "places"
	v.Needs, v.Jobs = paged(v.Needs, c.QueryInt("needs", 1), spotsPerPage, func(n int) string { return path + "?needs=" + strconv.Itoa(n) + "#h-jobs" })
	for _, spot := range spots {
		v.Rows = append(v.Rows, placeRow{spot, placeIcon(spot.Place.Kind), v.Unit,
			"/places/" + spot.Place.ID.String() + "?par=" + v.ID.String() + "#pars"})
	}
	v.Entries = s.moveEntries(c, v.History, path)
	if n := len(v.History); v.More && n > 0 {
		v.Older = path + "?before=" + v.History[n-1].ID.String() + "#h-hist"
	}
}

// Alerts reports whether it is mailed when it runs low, somewhere, and there is something to say of that.
func (v itemShow) Alerts() bool {
	watched := v.Minimum > 0 || slices.ContainsFunc(v.ItemSheet.Spots, func(s store.Spot) bool { return s.Minimum > 0 })
	return !v.Archived && v.Muting.Shown() && (watched || v.Mute.Ordered())
}

// Verbs are the big buttons, Quiet the rest.
func (v itemShow) Verbs() []verb { return verbs[:4] }

// Quiet are the verbs for less common acts.
func (v itemShow) Quiet() []verb { return verbs[4:] }

// Trouble says in words what a number below zero means.
func (v itemShow) Trouble() string { return trouble(v.Stock) }

// LongNumber reports whether the big number would not fit a phone.
func (v itemShow) LongNumber() bool {
	const fits = 9 // digits, point and unit together
	return utf8.RuneCountInString(showQty(v.Level.OnHand)+v.Unit) > fits
}

// Short is what the jobs up to this one lack.
func (v itemShow) Short(n store.Need) store.Qty { return max(0, -n.Left) }

// Who is whom a job is for, as far as its title does not say it.
func (v itemShow) Who(n store.Need) string { return clientName(n.Job.Client) }
