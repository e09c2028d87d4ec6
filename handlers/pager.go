package handlers

import "strconv"

// pager is the data of item/pages: where a page lies in its list, and the ways on.
type pager struct {
	Page            int
	From, To, Total int
	Previous, Next  string // addresses; "" at the ends
	Of              string // what it turns over, where other pages stand beside it; mostly ""
}

// newPager tells of page, counted from 1, of a list in which each page has size rows.
func newPager(page, size, total int, href func(page int) string) pager {
	p := pager{Page: page, From: (page-1)*size + 1, To: min(page*size, total), Total: total}
	if page > 1 {
		p.Previous = href(page - 1)
	}
	if p.To < total {
		p.Next = href(page + 1)
	}
	return p
}

// paged is the page of all that is asked for, the last one if there are not so many, and the ways on.
func paged[T any](all []T, page, size int, href func(page int) string) ([]T, pager) {
	page = min(max(1, page), max(1, (len(all)+size-1)/size))
	p := newPager(page, size, len(all), href)
	return all[p.From-1 : p.To], p
}

// pageAsked is the page of a list that is asked for, from 1.
func pageAsked(get filter) int {
	n, err := strconv.Atoi(get("page"))
	if err != nil {
		return 1
	}
	return max(1, n)
}

// Only reports whether there is no other page.
func (p pager) Only() bool { return p.Previous == "" && p.Next == "" }

// Span says which rows the page shows.
func (p pager) Span() string {
	return showCount(p.From) + " to " + showCount(p.To) + " of " + showCount(p.Total)
}

// showCount writes a whole number for people.
func showCount(n int) string { return forPeople(strconv.Itoa(n)) }
