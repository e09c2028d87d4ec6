package handlers

import "strconv"

// pager is the data of item/pages: where a page lies in its list, and the ways on.
type pager struct {
	From, To, Total int
	Previous, Next  string // addresses; "" at the ends
}

// newPager tells of page, counted from 1, of a list in which each page has size rows.
func newPager(page, size, total int, href func(page int) string) pager {
	p := pager{From: (page-1)*size + 1, To: min(page*size, total), Total: total}
	if page > 1 {
		p.Previous = href(page - 1)
	}
	if p.To < total {
		p.Next = href(page + 1)
	}
	return p
}

// Only reports whether there is no other page.
func (p pager) Only() bool { return p.Previous == "" && p.Next == "" }

// Span says which rows the page shows.
func (p pager) Span() string {
	return showCount(p.From) + " to " + showCount(p.To) + " of " + showCount(p.Total)
}

// showCount writes a whole number for people.
func showCount(n int) string { return forPeople(strconv.Itoa(n)) }
