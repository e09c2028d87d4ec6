package handlers

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// placeShow is the data of place/show: one place, what stands there, and the forms to change it.
type placeShow struct {
	store.PlaceSheet
	Icon, KindName string
	In             string // the place it stands in; "" for none
	Who            string // answers for it; "" for nobody
	Rows           []placeStock
	Pages          pager
	Q              string // what is looked for there
	Form           placeForm
	Open           bool // the form has something to say
	Keep           complaints
	Par            parForm
	ParOpen        bool
	Holds          bool          // other places stand in it
	Trucks         []store.Place // to load with what is ticked
	CSRF           string
}

// placeStock is the data of place/row: one item at a place, or at what stands in it.
type placeStock struct {
	store.PlaceRow
	Where string // the place within; "" for the place itself
	At    store.PlaceID
	Par   string // address to set its minimum and par; "" within another
}

// Loads reports whether things are brought there: it is a truck or a site.
func (v placeShow) Loads() bool {
	return v.Place.Kind == store.KindTruck || v.Place.Kind == store.KindSite
}

// placeAgain is what comes back to a place's page, since it was not saved.
type placeAgain struct {
	Form *placeForm
	Par  *parForm
	Keep complaints // why it cannot be archived
}

// showPlace handles GET /places/:id.
func (s *Server) showPlace(c *fiber.Ctx) error {
	id, err := store.ParseID[store.PlaceID](c.Params("id"))
	if err != nil {
		return err
	}
	var again placeAgain
	if text := c.Query("par"); text != "" {
		if again.Par, err = s.parOf(c, id, text); err != nil {
			return err
		}
	}
	return s.answerPlace(c, id, again)
}

// parOf is the form for minimum and par of one item there.
func (s *Server) parOf(c *fiber.Ctx, place store.PlaceID, item string) (*parForm, error) {
	id, err := store.ParseID[store.ItemID](item)
	if err != nil {
		return nil, err
	}
	sheet, err := s.Store.ItemSheet(c.UserContext(), id, 0)
	if err != nil {
		return nil, err
	}
	f := &parForm{Item: &sheet.Item, Home: sheet.Item.Place == place}
	for _, spot := range sheet.Spots {
		if spot.Place.ID == place {
			f.Minimum, f.Par = spot.Minimum.String(), spot.Par.String()
		}
	}
	return f, nil
}

// answerPlace answers with the page of a place.
func (s *Server) answerPlace(c *fiber.Ctx, id store.PlaceID, again placeAgain) error {
	v := placeShow{Q: strings.ToValidUTF8(c.Query("q"), ""), Keep: again.Keep, CSRF: s.csrf(c)}
	ask := store.PlaceAsk{Place: id, Page: max(1, c.QueryInt("page", 1)), Size: itemsPerPage, Find: v.Q != ""}
	var err error
	if ask.Find {
		if ask.Found, err = s.Index.Items(c.UserContext(), v.Q, searchLimit); err != nil {
			return err
		}
	}
	if v.PlaceSheet, err = s.Store.PlaceSheet(c.UserContext(), ask); err != nil {
		return err
	}
	if err := s.dressShow(c, &v, again); err != nil {
		return err
	}
	v.Pages = newPager(v.Page, itemsPerPage, v.Total, func(n int) string {
		u := url.Values{"page": {strconv.Itoa(n)}}
		if v.Q != "" {
			u.Set("q", v.Q)
		}
		return "/places/" + id.String() + "?" + u.Encode()
	})
	v.Pages.Of = "what stands here"
	if partial(c) {
		return s.fragments(c, part{"place/show", v})
	}
	h := head{Title: v.Place.Name, Section: "more", Back: &crumb{"/places", "Places"}, Half: detailHalf}
	if h.Beside, err = s.placesBeside(c); err != nil {
		return err
	}
	return s.page(c, h, "place/show", v)
}

// dressShow works out what the view shows of v's sheet.
func (s *Server) dressShow(c *fiber.Ctx, v *placeShow, again placeAgain) error {
	places, err := s.Store.Places(c.UserContext())
	if err != nil {
		return err
	}
	p, f := v.Place, again.Form
	v.Icon, v.Open = placeIcon(p.Kind), f != nil || again.Keep.Any()
	for _, k := range placeKindList {
		if k.Kind == p.Kind {
			v.KindName = k.Name
		}
	}
	for _, other := range places {
		if other.ID == p.Parent {
			v.In = other.Name
		}
		v.Holds = v.Holds || other.Parent == p.ID
		if other.Kind == store.KindTruck && other.ID != p.ID {
			v.Trucks = append(v.Trucks, other)
		}
	}
	if f == nil {
		f = formOf(p)
	}
	if f.Saved != nil {
		f.Saved, f.Version = &p, strconv.FormatUint(p.Version, 10)
	}
	if v.Form, err = s.dressPlace(c, *f, places); err != nil {
		return err
	}
	for _, u := range v.Form.People {
		if u.ID == p.User {
			v.Who = u.Username
		}
	}
	if again.Par != nil {
		v.Par, v.ParOpen = *again.Par, true
	}
	v.Par.CSRF = v.CSRF
	for _, r := range v.PlaceSheet.Rows {
		row := placeStock{PlaceRow: r, At: r.Place.ID}
		if r.Place.ID != p.ID {
			row.Where = r.Place.Name
		} else {
			row.Par = "/places/" + p.ID.String() + "?par=" + r.Item.ID.String() + "#pars"
		}
		v.Rows = append(v.Rows, row)
	}
	return nil
}

func formOf(p store.Place) *placeForm {
	f := &placeForm{ID: p.ID, Version: strconv.FormatUint(p.Version, 10), Name: p.Name, Kind: string(p.Kind)}
	if p.Parent != 0 {
		f.Parent = p.Parent.String()
	}
	if p.User != 0 {
		f.User = p.User.String()
	}
	return f
}

// updatePlace handles POST /places/:id.
func (s *Server) updatePlace(c *fiber.Ctx) error {
	id, err := store.ParseID[store.PlaceID](c.Params("id"))
	if err != nil {
		return err
	}
	f, draft, err := readPlaceForm(c)
	f.ID = id
	var p store.Place
	if err == nil {
		p, err = s.savePlace(c, f, draft)
	}
	if again, ok := complaintsIn(err); ok {
		f.Problem = again
		if staleForm(err) {
			f.Saved = &store.Place{} // answerPlace looks at what was saved
		}
		c.Status(statusOf[store.CodeOf(err)])
		return s.answerPlace(c, id, placeAgain{Form: &f})
	}
	if err != nil {
		return err
	}
	return s.done(c, "/places/"+id.String(), toast{Text: p.Name + " is saved."})
}

// savePlace saves over the version that the form was made from; a form without one, from a
// script, saves over whatever there is.
func (s *Server) savePlace(c *fiber.Ctx, f placeForm, draft store.PlaceDraft) (store.Place, error) {
	version, err := formVersion(f.Version, func() (uint64, error) {
		now, err := s.Store.Place(c.UserContext(), f.ID)
		return now.Version, err
	})
	if err != nil {
		return store.Place{}, err
	}
	return s.Store.UpdatePlace(c.UserContext(), user(c).Actor(), f.ID, version, draft)
}

// formVersion reads a form's hidden version, or asks for the current one if there is none.
func formVersion(text string, current func() (uint64, error)) (uint64, error) {
	if text == "" {
		return current()
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, store.Errorf(store.Conflict, "Someone changed this meanwhile. Look at it again.")
	}
	return n, nil
}
