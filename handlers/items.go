package handlers

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const (
	itemsPerPage = 25
	searchLimit  = 100 // beyond it nobody pages; the words were too few
	longestQuery = 100 // characters; no name of ours is longer
)

// itemQuery is what the list is asked for, as it stands in the address.
type itemQuery struct {
	Q        string
	Category string
	Low      string // "1": low or out, "out": out only
	Place    store.PlaceID
	Archived bool
	Page     int
}

// itemList is the data of item/list and item/rows.
type itemList struct {
	itemQuery
	Chips  []chip
	Rows   []itemRow
	Pages  pager
	Active int  // items of the whole catalogue that are not archived
	Cut    bool // the search found more than it shows

	Imports bool // who looks may bring a file of items
}

// itemRow is one item of the list: all that its row says, and nothing else, since rows that are equal are
// rendered once ([Server.once]).
type itemRow struct {
	ID                        store.ItemID
	SKU, Name, Category, Unit string
	Level                     store.Level
	Minimum                   store.Qty
	State                     store.State
	Archived                  bool
	Where, WhereIcon          string // where it stands, or where most of it does
	More                      int    // other places
	Toward                    string // a sign of trouble beyond low and out, in words
	OOB                       bool   // it comes beside another fragment, into the list that stands there
}

// listItems handles GET /items.
func (s *Server) listItems(c *fiber.Ctx) error {
	v, err := s.itemList(c, asked(c))
	if err != nil {
		return err
	}
	if partial(c) {
		keepAddress(c)
		return s.fragments(c, part{"item/rows", v})
	}
	return s.page(c, head{Title: "Items", Section: "items", Half: listHalf}, "item/list", v)
}

// itemsBeside is the list that stands beside an item.
func (s *Server) itemsBeside(c *fiber.Ctx) (*part, error) {
	return s.beside(c, "/items", func(get filter) (part, error) {
		v, err := s.itemList(c, get)
		return part{"item/list", v}, err
	})
}

// rowBeside is the item's row for the list beside it, as it is after an act; none where there is no list.
func rowBeside(c *fiber.Ctx, st store.Stock) []part {
	if !hasRoom(c) {
		return nil
	}
	q, err := readItemQuery(remembered(c, "/items"))
	if err != nil {
		q = itemQuery{} // the browser remembers no list of ours
	}
	row := newItemRow(st, q.Place)
	row.OOB = true
	return []part{{"item/row", row}}
}

func (s *Server) itemList(c *fiber.Ctx, get filter) (itemList, error) {
	q, err := readItemQuery(get)
	v := itemList{itemQuery: q, Imports: admit(managers, user(c).Role) == nil}
	if err != nil {
		return v, err
	}
	places, err := s.Store.Places(c.UserContext())
	if err != nil {
		return v, err
	}
	if err := s.fillItems(c, &v, places); err != nil {
		return v, err
	}
	v.Chips, v.Active, err = s.itemChips(c, q, places)
	return v, err
}

func readItemQuery(get filter) (itemQuery, error) {
	q := itemQuery{
		Q:        strings.TrimSpace(strings.ToValidUTF8(get("q"), "")),
		Category: strings.TrimSpace(strings.ToValidUTF8(get("category"), "")),
		Archived: get("archived") == "1",
		Page:     pageAsked(get),
	}
	if r := []rune(q.Q); len(r) > longestQuery {
		q.Q = string(r[:longestQuery])
	}
	switch low := get("low"); low {
	case "", "0":
	case "out":
		q.Low = "out"
	default:
		q.Low = "1"
	}
	if p := get("place"); p != "" {
		var err error
		if q.Place, err = store.ParseID[store.PlaceID](p); err != nil {
			return q, err
		}
	}
	return q, nil
}

// State is the filter's state in the store's words.
func (q itemQuery) State() store.State {
	switch q.Low {
	case "1":
		return store.StateLow
	case "out":
		return store.StateOut
	}
	return ""
}

// Filtered reports whether anything but words narrows the list.
func (q itemQuery) Filtered() bool {
	return q.Category != "" || q.Low != "" || q.Place != 0 || q.Archived
}

// Href is the address of the list that q asks for. What is not asked does not stand in it.
func (q itemQuery) Href() string {
	u := url.Values{}
	set := func(name, value string, ok bool) {
		if ok {
			u.Set(name, value)
		}
	}
	set("q", q.Q, q.Q != "")
	set("category", q.Category, q.Category != "")
	set("low", q.Low, q.Low != "")
	set("place", q.Place.String(), q.Place != 0)
	set("archived", "1", q.Archived)
	set("page", strconv.Itoa(q.Page), q.Page > 1)
	if len(u) == 0 {
		return "/items"
	}
	return "/items?" + u.Encode()
}

// Unfiltered is the same search in all active items.
func (q itemQuery) Unfiltered() string { return itemQuery{Q: q.Q}.Href() }

// fillItems looks up the rows of v.
func (s *Server) fillItems(c *fiber.Ctx, v *itemList, places []store.Place) error {
	if v.Q != "" {
		return s.searchItems(c, v, within(places, v.Place))
	}
	p, err := s.Store.ListStock(c.UserContext(), store.ItemFilter{Category: v.Category, State: v.State(),
		Place: v.Place, Archived: v.Archived, Page: v.Page, Size: itemsPerPage})
	if err != nil {
		return err
	}
	v.setRows(p.Rows, p.Page, p.Total)
	return nil
}

// searchItems looks up what fits v's words, best first, and of that what passes its filters.
func (s *Server) searchItems(c *fiber.Ctx, v *itemList, there map[store.PlaceID]bool) error {
	ids, err := s.Index.Items(c.UserContext(), v.Q, searchLimit)
	if err != nil {
		return err
	}
	v.Cut = len(ids) == searchLimit
	if v.Filtered() {
		if ids, err = s.passing(c, v, ids, there); err != nil {
			return err
		}
	}
	page := min(v.Page, max(1, (len(ids)+itemsPerPage-1)/itemsPerPage))
	from := (page - 1) * itemsPerPage
	found, err := s.Store.Stocks(c.UserContext(), ids[from:min(from+itemsPerPage, len(ids))])
	if err != nil {
		return err
	}
	v.setRows(found, page, len(ids))
	return nil
}

// passing returns those of the found items that pass v's filters.
func (s *Server) passing(c *fiber.Ctx, v *itemList, ids []store.ItemID, there map[store.PlaceID]bool) ([]store.ItemID, error) {
	all, err := s.Store.Stocks(c.UserContext(), ids)
	if err != nil {
		return nil, err
	}
	var pass []store.ItemID
	for _, st := range all {
		if v.passes(st, there) {
			pass = append(pass, st.ID)
		}
	}
	return pass, nil
}

// passes judges one found item as the store's own filter would. Words alone find archived items too.
func (q itemQuery) passes(st store.Stock, there map[store.PlaceID]bool) bool {
	stands := func(b store.Balance) bool { return there[b.Place.ID] && b.OnHand != 0 }
	switch {
	case q.Category != "" && !strings.EqualFold(q.Category, st.Category),
		q.Low == "out" && st.State != store.StateOut,
		q.Low == "1" && st.State == store.StateOK,
		q.Archived && !st.Archived,
		q.Place != 0 && !slices.ContainsFunc(st.At, stands):
		return false
	}
	return true
}

func (v *itemList) setRows(stocks []store.Stock, page, total int) {
	v.Page = page
	v.Pages = newPager(page, itemsPerPage, total, func(n int) string {
		q := v.itemQuery
		q.Page = n
		return q.Href()
	})
	v.Rows = make([]itemRow, len(stocks))
	for i, st := range stocks {
		v.Rows[i] = newItemRow(st, v.Place)
	}
}

// Count is how many active items there are, for the head of the list.
func (v itemList) Count() string { return showCount(v.Active) }

// newItemRow makes a row that tells of the place asked for, or of the one that holds most.
func newItemRow(st store.Stock, place store.PlaceID) itemRow {
	r := itemRow{ID: st.ID, SKU: st.SKU, Name: st.Name, Category: st.Category, Unit: st.Unit,
		Level: st.Level, Minimum: st.Minimum, State: st.State, Archived: st.Archived}
	holding := 0
	for i, b := range st.At {
		if b.OnHand != 0 {
			holding++
		}
		if i == 0 || b.Place.ID == place {
			r.Where, r.WhereIcon = b.Place.Name, placeIcon(b.Place.Kind)
		}
	}
	r.More = max(0, holding-1)
	r.Toward = trouble(st)
	return r
}

// trouble says in words what a number below zero means; "" when none is.
func trouble(st store.Stock) string {
	for _, b := range st.At {
		if b.OnHand < 0 {
			return "Below 0, count it"
		}
	}
	if n := st.Level.Available(); n < 0 && st.State == store.StateOK {
		return "Jobs lack " + showQty(-n) + " " + st.Unit
	}
	return ""
}
