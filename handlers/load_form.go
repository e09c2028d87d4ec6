package handlers

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"lwc-inventory/store"
)

// loadForm is a list as its form and its address say it: items, places and amounts, line by line.
type loadForm struct {
	To, Code string
	Items    []string
	From     []string
	Amounts  []string
	Units    map[int]string // of the lines whose amount is said in packs
}

// readLoad reads a list from the arguments of an address or of a form.
func readLoad(each func(func(name, value string))) loadForm {
	f := loadForm{Units: map[int]string{}}
	each(func(name, value string) {
		value = strings.TrimSpace(strings.ToValidUTF8(value, ""))
		switch name {
		case "to":
			f.To = value
		case "code":
			f.Code = value
		case "item":
			f.Items = append(f.Items, value)
		case "from":
			f.From = append(f.From, value)
		case "quantity":
			f.Amounts = append(f.Amounts, value)
		default:
			if n, err := strconv.Atoi(strings.TrimPrefix(name, "unit-")); err == nil && n < longestList {
				f.Units[n] = value
			}
		}
	})
	return f
}

// Href is the address of the list without the line n; -1: of all of it.
func (f loadForm) Href(n int) string {
	u := url.Values{}
	if f.To != "" {
		u.Set("to", f.To)
	}
	at := 0
	for i := range f.Items {
		if i == n {
			continue
		}
		u.Add("item", f.Items[i])
		u.Add("from", f.from(i))
		u.Add("quantity", f.amount(i))
		if f.Units[i] != "" {
			u.Set("unit-"+strconv.Itoa(at), f.Units[i])
		}
		at++
	}
	return "/load?" + u.Encode()
}

func (f loadForm) from(i int) string {
	if i < len(f.From) {
		return f.From[i]
	}
	return ""
}

func (f loadForm) amount(i int) string {
	if i < len(f.Amounts) {
		return f.Amounts[i]
	}
	return ""
}

// listOf is the list l as a form says it.
func listOf(l store.LoadList, to string) loadForm {
	f := loadForm{To: to, Units: map[int]string{}}
	for i, line := range l.Lines {
		f.Items, f.From = append(f.Items, line.Item.ID.String()), append(f.From, line.From.ID.String())
		f.Amounts, f.Units[i] = append(f.Amounts, line.Pack.Count(line.Qty).String()), line.Pack.String()
	}
	return f
}

// loadWants turns the lines of f into what the store dresses. An amount that cannot be read is left to the store; bad says
// what is wrong, by line.
func (s *Server) loadWants(ctx context.Context, f loadForm) (wants []store.LoadWant, bad map[int]complaints, err error) {
	bad = map[int]complaints{}
	if len(f.Items) > longestList {
		return nil, nil, store.Errorf(store.Invalid, "A list has at most %d lines. Book these first.", longestList)
	}
	for i, text := range f.Items {
		var w store.LoadWant
		if w.Item, err = store.ParseID[store.ItemID](text); err != nil {
			return nil, nil, err
		}
		if from := f.from(i); from != "" {
			if w.From, err = store.ParseID[store.PlaceID](from); err != nil {
				return nil, nil, err
			}
		}
		if amount := f.amount(i); amount != "" {
			if w.Qty, w.Pack, err = s.loadAmount(ctx, w.Item, amount, f.Units[i]); err != nil {
				again, ok := complaintsIn(err)
				if !ok {
					return nil, nil, err
				}
				bad[i] = again
			}
		}
		wants = append(wants, w)
	}
	return wants, bad, nil
}

// loadAmount is what was typed for a line, in the item's unit, and the item's own pack if it was said in one. It fails with
// [store.Invalid].
func (s *Server) loadAmount(ctx context.Context, item store.ItemID, amount, unit string) (store.Qty, store.Pack, error) {
	q, err := store.ParseQty(amount)
	if err == nil && q <= 0 {
		err = store.Errorf(store.Invalid, "Write an amount above 0.")
	}
	if err != nil || unit == "" {
		return max(0, q), store.Pack{}, inField("quantity", err)
	}
	p, err := store.ParsePack(unit)
	if err != nil {
		return 0, p, inField("quantity", err)
	}
	it, err := s.Store.Item(ctx, item)
	if err != nil {
		return 0, p, err
	}
	return it.Amount(q, p)
}
