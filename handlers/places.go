package handlers

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const placesPerPage = 40

// placeList is the data of place/list: every place, and a form for one more.
type placeList struct {
	Rows     []placeLine // a page of them
	Pages    pager
	Archived []placeLine // a page of them
	Gone     pager
	Walk     bool // the places can be put into another order
	Form     placeForm
}

// placeLine is one place of the tree.
type placeLine struct {
	store.Place
	store.PlaceLevel
	Icon     string
	Depth    int    // 0 for one that stands in no other
	Inside   int    // places that stand right in it
	In       string // where it stands, on the first line of a page that does not show it; "" on all others
	Who      string // answers for it; "" for nobody
	Turn     int    // on the walk, from 1
	Last     bool   // none of its kind beside it comes after it
	Walk     bool
	CSRF     string
	Restores bool // archived, and it can be brought back
}

// Step is how far the place is drawn in; deeper ones are not drawn further.
func (p placeLine) Step() int { return min(p.Depth, 3) }

// placeForm is the data of place/form.
type placeForm struct {
	Problem      complaints
	ID           store.PlaceID // 0: a new one
	Version      string        // as sent; the place's version when the form was made
	Name, Kind   string        // as typed
	Parent, User string
	CSRF         string
	People       []store.User // who may answer for it
	Saved        *store.Place // what another person saved meanwhile; nil: nothing
	SavedIn      string       // where that one stands
	Places       []store.Place
	Kinds        []placeKind
}

// Field is the id of a field: the form for a new place may stand beside one to change another.
func (f placeForm) Field(name string) string {
	if f.ID == 0 {
		return "new-" + name
	}
	return name
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

// emptyPlace is the form for one more place, with nothing typed.
func emptyPlace() placeForm { return placeForm{Kind: string(store.KindShelf)} }

// listPlaces handles GET /places?walk=&page=&at=&gone=.
func (s *Server) listPlaces(c *fiber.Ctx) error { return s.answerPlaces(c, emptyPlace()) }

// answerPlaces answers with the tree and f below it.
func (s *Server) answerPlaces(c *fiber.Ctx, f placeForm) error {
	v, err := s.placeList(c, asked(c), f)
	if err != nil {
		return err
	}
	if partial(c) {
		return s.fragments(c, part{"place/list", v})
	}
	return s.page(c, head{Title: "Places", Section: "more", Back: &crumb{"/more", "More"}, Half: listHalf}, "place/list", v)
}

// placesBeside is the list that stands beside a place.
func (s *Server) placesBeside(c *fiber.Ctx) (*part, error) {
	return s.beside(c, "/places", func(get filter) (part, error) {
		v, err := s.placeList(c, get, emptyPlace())
		return part{"place/list", v}, err
	})
}

func (s *Server) placeList(c *fiber.Ctx, get filter, f placeForm) (v placeList, err error) {
	places, err := s.Store.Places(c.UserContext())
	if err != nil {
		return v, err
	}
	levels, err := s.Store.PlaceLevels(c.UserContext())
	if err != nil {
		return v, err
	}
	gone, err := s.Store.ArchivedPlaces(c.UserContext())
	if err != nil {
		return v, err
	}
	v.Walk = get("walk") != ""
	if v.Form, err = s.dressPlace(c, f, places); err != nil {
		return v, err
	}
	v.setRows(placeLines(places, levels, v.Form), placesPage(get, places))
	goneAt, _ := strconv.Atoi(get("gone"))
	gone, v.Gone = paged(gone, goneAt, placesPerPage, func(n int) string { return "/places?gone=" + strconv.Itoa(n) })
	for _, p := range gone {
		v.Archived = append(v.Archived, placeLine{Place: p, Icon: placeIcon(p.Kind), CSRF: v.Form.CSRF, Restores: true})
	}
	return v, nil
}

// placesPage is the page of places that is asked for: by its number, or by a place that stands on it.
func placesPage(get filter, places []store.Place) int {
	at := slices.IndexFunc(places, func(p store.Place) bool { return p.ID.String() == get("at") })
	if at >= 0 {
		return at/placesPerPage + 1
	}
	return pageAsked(get)
}

// Href is the address of the list as it is shown.
func (v placeList) Href() string {
	if v.Walk {
		return "/places?walk=1&page=" + strconv.Itoa(v.Pages.Page)
	}
	return "/places?page=" + strconv.Itoa(v.Pages.Page)
}

// setRows puts a page of all into v.
func (v *placeList) setRows(all []placeLine, page int) {
	here := "/places?page="
	if v.Walk {
		here = "/places?walk=1&page="
	}
	v.Rows, v.Pages = paged(all, page, placesPerPage, func(n int) string { return here + strconv.Itoa(n) })
	for i := range v.Rows {
		v.Rows[i].Walk = v.Walk
	}
	for _, p := range all {
		if v.Pages.Page > 1 && p.ID == v.Rows[0].Parent {
			v.Rows[0].In = p.Name
		}
	}
}

// placeLines are the places as a tree, in the order of places: parents come first.
func placeLines(places []store.Place, levels map[store.PlaceID]store.PlaceLevel, f placeForm) []placeLine {
	inside, depth := map[store.PlaceID]int{}, map[store.PlaceID]int{}
	type row struct {
		store.PlaceID
		store.PlaceKind
	}
	turn, beside := map[row]int{}, map[row]int{}
	for _, p := range places {
		inside[p.Parent]++
		beside[row{p.Parent, p.Kind}]++
	}
	who := map[store.UserID]string{}
	for _, u := range f.People {
		who[u.ID] = u.Username
	}
	var lines []placeLine
	for _, p := range places {
		if p.Parent != 0 {
			depth[p.ID] = depth[p.Parent] + 1
		}
		r := row{p.Parent, p.Kind}
		turn[r]++
		lines = append(lines, placeLine{Place: p, PlaceLevel: levels[p.ID], Icon: placeIcon(p.Kind), Depth: depth[p.ID],
			Inside: inside[p.ID], Who: who[p.User], Turn: turn[r], Last: turn[r] == beside[r], CSRF: f.CSRF})
	}
	return lines
}

// dressPlace gives f what it offers. A place cannot stand in itself or in what stands in it.
func (s *Server) dressPlace(c *fiber.Ctx, f placeForm, places []store.Place) (placeForm, error) {
	var err error
	if f.People, err = s.Store.Users(c.UserContext()); err != nil {
		return f, err
	}
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
	return f, nil
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
		User: formText(c, "user"), Version: formText(c, "version")}
	d := store.PlaceDraft{Name: f.Name, Kind: store.PlaceKind(f.Kind)}
	var err error
	if d.Parent, err = formID[store.PlaceID](c, "parent"); err != nil {
		return f, d, err
	}
	d.User, err = formID[store.UserID](c, "user")
	return f, d, err
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
	return s.done(c, "/places?at="+p.ID.String(), toast{Text: p.Name + " is a place now."})
}

// staleForm reports whether err says that someone else saved first, which is not a complaint about any field.
func staleForm(err error) bool {
	e, ok := errors.AsType[*store.Error](err)
	return ok && statusOf[e.Code] == http.StatusConflict && len(e.Fields) == 0
}
