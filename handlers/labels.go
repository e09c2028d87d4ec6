package handlers

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"lwc-inventory/store"
)

// Limits of one print: what is more is better printed in two.
const (
	maxLabels = 500 // different ones
	maxCopies = 50  // of each
)

// labelPage is the data of label/show: what is to be printed, and on what.
type labelPage struct {
	labelOrder
	Sheets []sheet
	Cells  []int // of the sheet, from 1
	Chosen []labelChoice
	Found  []labelChoice // places and items that the words found, and that are not chosen yet
	Places []labelChoice // a page of the places that are not chosen yet
	Pages  pager         // of them; its addresses are numbers, since a button asks for them, with all that is ticked
	Open   bool          // they were asked for
	Full   bool          // more were asked for than are printed at once
}

// Total is how many labels come out.
func (v labelPage) Total() int { return len(v.Chosen) * v.Copies }

// Papers is how many pages of paper they fill.
func (v labelPage) Papers() int {
	cells := max(1, v.Sheet.Cells())
	return (v.Start - 1 + v.Total() + cells - 1) / cells
}

// labelChoice is one thing that can have a label, as a box to tick.
type labelChoice struct {
	Field string // item, place or job: the box's name
	Value string
	Icon  string
	labelText
	Ticked bool
}

// A labelOrder is what the address asks for.
type labelOrder struct {
	Sheet  sheet
	Start  int // the cell of the first label, from 1
	Copies int
	Q      string
	Items  []store.ItemID
	At     []store.PlaceID // all items there as well
	Shelf  []store.PlaceID
	In     []store.PlaceID // these places and all that stand in them as well
	Jobs   []store.JobID
}

// readLabelOrder reads the address. What is no number of ours is left out: it can have come from nowhere here.
func readLabelOrder(c *fiber.Ctx) labelOrder {
	o := labelOrder{Sheet: sheetOf(c.Query("sheet")), Q: queryWords(c),
		Copies: min(max(1, c.QueryInt("copies", 1)), maxCopies)}
	o.Start = min(max(1, c.QueryInt("start", 1)), o.Sheet.Cells())
	o.Items = queryIDs[store.ItemID](c, "item")
	o.Shelf = queryIDs[store.PlaceID](c, "place")
	o.At = queryIDs[store.PlaceID](c, "at")
	o.In = queryIDs[store.PlaceID](c, "in")
	o.Jobs = queryIDs[store.JobID](c, "job")
	return o
}

func queryIDs[T ~uint64](c *fiber.Ctx, name string) []T {
	var ids []T
	for _, text := range c.Context().QueryArgs().PeekMulti(name) {
		id, err := store.ParseID[T](string(text))
		if err == nil && !slices.Contains(ids, id) && len(ids) < maxLabels {
			ids = append(ids, id)
		}
	}
	return ids
}

func queryWords(c *fiber.Ctx) string {
	q := strings.TrimSpace(strings.ToValidUTF8(c.Query("q"), ""))
	if r := []rune(q); len(r) > longestQuery {
		q = string(r[:longestQuery])
	}
	return q
}

// showLabels handles GET /labels: what to print, on which sheet, from which cell on. The address holds it all,
// so that a page can be kept and come back to. With `all` it goes to the page on which all that the words found is ticked.
func (s *Server) showLabels(c *fiber.Ctx) error {
	v := labelPage{labelOrder: readLabelOrder(c), Sheets: sheets, Open: c.Query("page") != ""}
	places, err := s.placeLabels(c, v.labelOrder)
	if err != nil {
		return err
	}
	if v.Chosen, v.Full, err = s.chosenLabels(c, v.labelOrder, places); err != nil {
		return err
	}
	if v.Found, err = s.foundLabels(c, v, places); err != nil {
		return err
	}
	if c.Query("all") != "" {
		return c.Redirect(tickedHref(c, v.Found), http.StatusSeeOther)
	}
	rest := slices.DeleteFunc(places, func(l labelChoice) bool { return l.Ticked })
	v.Places, v.Pages = paged(rest, pageAsked(asked(c)), placesPerPage, strconv.Itoa)
	for n := range v.Sheet.Cells() {
		v.Cells = append(v.Cells, n+1)
	}
	if partial(c) {
		return s.fragments(c, part{"label/show", v})
	}
	return s.page(c, head{Title: "Labels", Section: "more", Back: &crumb{"/more", "More"}}, "label/show", v)
}

// tickedHref is the address of the request's page with more ticked, and without the words that found them.
func tickedHref(c *fiber.Ctx, more []labelChoice) string {
	args := &fasthttp.Args{}
	c.Context().QueryArgs().CopyTo(args)
	for _, name := range []string{"all", "q", "page"} {
		args.Del(name)
	}
	for _, l := range more {
		args.Add(l.Field, l.Value)
	}
	return "/labels?" + args.String()
}

// printLabels handles GET /labels.pdf, with the same address as the page.
func (s *Server) printLabels(c *fiber.Ctx) error {
	o := readLabelOrder(c)
	places, err := s.placeLabels(c, o)
	if err != nil {
		return err
	}
	chosen, _, err := s.chosenLabels(c, o, places)
	if err != nil {
		return err
	}
	if len(chosen) == 0 {
		return s.done(c, "/labels?"+string(c.Context().QueryArgs().QueryString()), toast{Text: "Choose what to print first.", Bad: true})
	}
	var texts []labelText
	for _, l := range chosen {
		texts = append(texts, slices.Repeat([]labelText{l.labelText}, o.Copies)...)
	}
	pdf, err := labelPDF(texts, o.Sheet, o.Start, s.now())
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, `inline; filename="labels.pdf"`)
	return c.Send(pdf)
}

// chosenLabels are the labels asked for: items, places, jobs. full is true when some were left out.
func (s *Server) chosenLabels(c *fiber.Ctx, o labelOrder, places []labelChoice) (all []labelChoice, full bool, err error) {
	ids := o.Items
	for _, at := range o.At {
		page, err := s.Store.ListStock(c.UserContext(), store.ItemFilter{Place: at, Page: 1, Size: maxLabels})
		if err != nil {
			return nil, false, err
		}
		full = full || page.Total > len(page.Rows)
		for _, st := range page.Rows {
			if !slices.Contains(ids, st.ID) {
				ids = append(ids, st.ID)
			}
		}
	}
	items, err := s.Store.Stocks(c.UserContext(), ids)
	if err != nil {
		return nil, false, err
	}
	for _, st := range items {
		all = append(all, s.itemChoice(c, st, true))
	}
	for _, p := range places {
		if p.Ticked {
			all = append(all, p)
		}
	}
	jobs, err := s.Store.JobRows(c.UserContext(), o.Jobs)
	if err != nil {
		return nil, false, err
	}
	for _, j := range jobs {
		all = append(all, s.jobChoice(c, j.JobHead))
	}
	if len(all) > maxLabels {
		all, full = all[:maxLabels], true
	}
	return all, full, nil
}

// foundLabels are the places with the words in their name and the items that they find, without those chosen already.
func (s *Server) foundLabels(c *fiber.Ctx, v labelPage, places []labelChoice) (all []labelChoice, err error) {
	if v.Q == "" {
		return nil, nil
	}
	for _, p := range places {
		if !p.Ticked && len(all) < placesPerPage && strings.Contains(strings.ToLower(p.Title), strings.ToLower(v.Q)) {
			all = append(all, p)
		}
	}
	ids, err := s.Index.Items(c.UserContext(), v.Q, itemsPerPage)
	if err != nil {
		return nil, err
	}
	found, err := s.Store.Stocks(c.UserContext(), ids)
	for _, st := range found {
		chosen := slices.ContainsFunc(v.Chosen, func(l labelChoice) bool { return l.Field == "item" && l.Value == st.ID.String() })
		if !chosen && !st.Archived {
			all = append(all, s.itemChoice(c, st, false))
		}
	}
	return all, err
}

// placeLabels are the labels of all places, as the tree lists them; those that o asks for are ticked.
func (s *Server) placeLabels(c *fiber.Ctx, o labelOrder) ([]labelChoice, error) {
	places, err := s.Store.Places(c.UserContext())
	if err != nil {
		return nil, err
	}
	names, inside := map[store.PlaceID]string{}, map[store.PlaceID]bool{}
	all := make([]labelChoice, len(places))
	for i, p := range places { // each comes after the one that it stands in
		names[p.ID], inside[p.ID] = p.Name, inside[p.Parent] || slices.Contains(o.In, p.ID)
		note := placeKindName(p.Kind)
		if in := names[p.Parent]; in != "" {
			note += " in " + in
		}
		all[i] = labelChoice{Field: "place", Value: p.ID.String(), Icon: placeIcon(p.Kind), Ticked: inside[p.ID] || slices.Contains(o.Shelf, p.ID),
			labelText: labelText{URL: s.labelURL(c, label{placeLabel, uint64(p.ID)}), Title: p.Name, Note: note}}
	}
	return all, nil
}

func (s *Server) itemChoice(c *fiber.Ctx, st store.Stock, ticked bool) labelChoice {
	return labelChoice{Field: "item", Value: st.ID.String(), Icon: categoryIcon(st.Category), Ticked: ticked,
		labelText: labelText{URL: s.labelURL(c, label{itemLabel, uint64(st.ID)}), Title: st.Name, Code: st.SKU, Note: st.Unit}}
}

func (s *Server) jobChoice(c *fiber.Ctx, j store.JobHead) labelChoice {
	return labelChoice{Field: "job", Value: j.ID.String(), Icon: "jobs", Ticked: true, labelText: labelText{
		URL: s.labelURL(c, label{jobLabel, uint64(j.Number)}), Title: heading(j), Code: jobNumber(j.Number), Note: clientName(j.Client)}}
}

// placeKindName is what a sort of place is called.
func placeKindName(kind store.PlaceKind) string {
	for _, k := range placeKindList {
		if k.Kind == kind {
			return k.Name
		}
	}
	return string(kind)
}

// CellName says which cell of the sheet a number is, for who cannot see the picture.
func (v labelPage) CellName(n int) string {
	cols := max(1, v.Sheet.Cols)
	return fmt.Sprintf("Row %d, column %d", (n-1)/cols+1, (n-1)%cols+1)
}
