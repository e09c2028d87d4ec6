package handlers

import (
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// placeList is the data of place/list: every place, and a form for one more.
type placeList struct {
	Rows []placeLine
	Form placeForm
}

// placeLine is one place of the tree.
type placeLine struct {
	store.Place
	store.PlaceLevel
	Icon   string
	Depth  int // 0 for one that stands in no other
	Inside int // places that stand right in it
}

// Step is how far the place is drawn in; deeper ones are not drawn further.
func (p placeLine) Step() int { return min(p.Depth, 3) }

// placeForm is the data of place/form.
type placeForm struct {
	Problem      complaints
	ID           store.PlaceID // 0: a new one
	Version      string        // as sent; the place's version when the form was made
	Name, Kind   string        // as typed
	Parent, CSRF string
	Saved        *store.Place // what another person saved meanwhile; nil: nothing
	SavedIn      string       // where that one stands
	Places       []store.Place
	Kinds        []placeKind
}

// placeKind is one sort of place to choose from.
type placeKind struct {
	Kind       store.PlaceKind
	Name, Icon string
}

var placeKindList = []placeKind{
	{store.KindWarehouse, "Warehouse", "items"},
	{store.KindShelf, "Shelf or bin", "shelf"},
	{store.KindTruck, "Truck", "truck"},
	{store.KindSite, "Job site or yard", "pin"},
}

// placeIcon is the picture for a sort of place.
func placeIcon(kind store.PlaceKind) string {
	for _, k := range placeKindList {
		if k.Kind == kind {
			return k.Icon
		}
	}
	return "pin"
}

// listPlaces handles GET /places.
func (s *Server) listPlaces(c *fiber.Ctx) error {
	return s.answerPlaces(c, placeForm{Kind: string(store.KindShelf)})
}

// answerPlaces answers with the tree and f below it.
func (s *Server) answerPlaces(c *fiber.Ctx, f placeForm) error {
	places, err := s.Store.Places(c.UserContext())
	if err != nil {
		return err
	}
	levels, err := s.Store.PlaceLevels(c.UserContext())
	if err != nil {
		return err
	}
	v := placeList{Form: s.dressPlace(c, f, places)}
	inside := map[store.PlaceID]int{}
	for _, p := range places {
		inside[p.Parent]++
	}
	depth := map[store.PlaceID]int{} // parents come first
	for _, p := range places {
		if p.Parent != 0 {
			depth[p.ID] = depth[p.Parent] + 1
		}
		v.Rows = append(v.Rows, placeLine{p, levels[p.ID], placeIcon(p.Kind), depth[p.ID], inside[p.ID]})
	}
	if partial(c) {
		return s.fragments(c, part{"place/list", v})
	}
	return s.page(c, head{Title: "Places", Section: "more", Back: &crumb{"/more", "More"}}, "place/list", v)
}

// dressPlace gives f what it offers. A place cannot stand in itself or in what stands in it.
func (s *Server) dressPlace(c *fiber.Ctx, f placeForm, places []store.Place) placeForm {
	f.CSRF, f.Kinds = s.csrf(c), placeKindList
	inside := map[store.PlaceID]bool{}
	if f.ID != 0 {
		inside = within(places, f.ID)
	}
	for _, p := range places {
		if !inside[p.ID] {
			f.Places = append(f.Places, p)
		}
		if f.Saved != nil && p.ID == f.Saved.Parent {
			f.SavedIn = p.Name
		}
	}
	return f
}

// within returns root and all that stands in it. Parents come before children in places.
func within(places []store.Place, root store.PlaceID) map[store.PlaceID]bool {
	in := map[store.PlaceID]bool{root: true}
	for _, p := range places {
		if p.Parent != 0 && in[p.Parent] {
			in[p.ID] = true
		}
	}
	return in
}

// readPlaceForm reads what was typed, and what of it the store takes.
func readPlaceForm(c *fiber.Ctx) (placeForm, store.PlaceDraft, error) {
	f := placeForm{Name: formText(c, "name"), Kind: formText(c, "kind"), Parent: formText(c, "parent"),
		Version: formText(c, "version")}
	parent, err := formID[store.PlaceID](c, "parent")
	return f, store.PlaceDraft{Name: f.Name, Kind: store.PlaceKind(f.Kind), Parent: parent}, err
}

// createPlace handles POST /places.
func (s *Server) createPlace(c *fiber.Ctx) error {
	f, draft, err := readPlaceForm(c)
	var p store.Place
	if err == nil {
		p, err = s.Store.CreatePlace(c.UserContext(), user(c).Actor(), draft)
	}
	if again, ok := complaintsIn(err); ok {
		f.Problem = again
		c.Status(statusOf[store.CodeOf(err)])
		return s.answerPlaces(c, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/places", toast{Text: p.Name + " is a place now."})
}

// staleForm reports whether err says that someone else saved first, which is not a complaint about any field.
func staleForm(err error) bool {
	e, ok := errors.AsType[*store.Error](err)
	return ok && statusOf[e.Code] == http.StatusConflict && len(e.Fields) == 0
}
