package handlers

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// placeShow is the data of place/show: one place, what stands there, and the form to change it.
type placeShow struct {
	store.Place
	Icon, KindName string
	In             string // the place it stands in; "" for none
	Rows           []placeStock
	Pages          pager
	Form           placeForm
	Open           bool // the form has something to say
}

// placeStock is one item at a place, or at what stands in it.
type placeStock struct {
	store.Stock
	Here  store.Qty
	Where string // the place within; "" for the place itself
	At    store.PlaceID
}

// showPlace handles GET /places/:id.
func (s *Server) showPlace(c *fiber.Ctx) error {
	id, err := store.ParseID[store.PlaceID](c.Params("id"))
	if err != nil {
		return err
	}
	return s.answerPlace(c, id, nil)
}

// answerPlace answers with the page of a place; f is the form when it comes back.
func (s *Server) answerPlace(c *fiber.Ctx, id store.PlaceID, f *placeForm) error {
	p, err := s.Store.Place(c.UserContext(), id)
	if err != nil {
		return err
	}
	places, err := s.Store.Places(c.UserContext())
	if err != nil {
		return err
	}
	list, err := s.Store.ListStock(c.UserContext(),
		store.ItemFilter{Place: id, Page: max(1, c.QueryInt("page", 1)), Size: itemsPerPage})
	if err != nil {
		return err
	}
	v := placeShow{Place: p, Icon: placeIcon(p.Kind), Open: f != nil}
	for _, k := range placeKindList {
		if k.Kind == p.Kind {
			v.KindName = k.Name
		}
	}
	for _, other := range places {
		if other.ID == p.Parent {
			v.In = other.Name
		}
	}
	if f == nil {
		f = formOf(p)
	}
	if v.Open && f.Saved != nil {
		f.Saved, f.Version = &p, strconv.FormatUint(p.Version, 10)
	}
	v.Form = s.dressPlace(c, *f, places)
	v.Rows = standing(list.Rows, p, within(places, id))
	v.Pages = newPager(list.Page, itemsPerPage, list.Total, func(n int) string {
		return "/places/" + id.String() + "?page=" + strconv.Itoa(n)
	})
	if partial(c) {
		return s.fragments(c, part{"place/show", v})
	}
	return s.page(c, head{Title: p.Name, Section: "more", Back: &crumb{"/places", "Places"}}, "place/show", v)
}

func formOf(p store.Place) *placeForm {
	f := &placeForm{ID: p.ID, Version: strconv.FormatUint(p.Version, 10), Name: p.Name, Kind: string(p.Kind)}
	if p.Parent != 0 {
		f.Parent = p.Parent.String()
	}
	return f
}

// standing is what of each item stands at p and in it, a row for each place.
func standing(items []store.Stock, p store.Place, in map[store.PlaceID]bool) []placeStock {
	var rows []placeStock
	for _, st := range items {
		for _, b := range st.At {
			if !in[b.Place.ID] || b.OnHand == 0 {
				continue
			}
			r := placeStock{Stock: st, Here: b.OnHand, At: b.Place.ID}
			if b.Place.ID != p.ID {
				r.Where = b.Place.Name
			}
			rows = append(rows, r)
		}
	}
	return rows
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
		return s.answerPlace(c, id, &f)
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
