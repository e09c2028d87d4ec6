package handlers

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const scanHits = 10

// scanShow is the data of scan/show: a field for a code.
type scanShow struct {
	Code string // what was scanned or typed and is no item's code; "" at first
	Rows []itemRow
}

// showScan handles GET /scan. A code that is an item's leads to that item; any other is looked up
// as words, since people type names into this field too.
func (s *Server) showScan(c *fiber.Ctx) error {
	code := strings.TrimSpace(strings.ToValidUTF8(c.Query("code"), ""))
	if r := []rune(code); len(r) > longestQuery {
		code = string(r[:longestQuery])
	}
	v := scanShow{Code: code}
	if code != "" {
		it, err := s.Store.ItemByCode(c.UserContext(), code)
		if err == nil {
			return c.Redirect("/items/"+it.ID.String(), fiber.StatusSeeOther)
		}
		if store.CodeOf(err) != store.NotFound {
			return err
		}
		if v.Rows, err = s.lookAlikes(c, code); err != nil {
			return err
		}
	}
	if partial(c) {
		return s.fragments(c, part{"scan/show", v})
	}
	return s.page(c, head{Title: "Scan", Section: "scan", Narrow: true}, "scan/show", v)
}

func (s *Server) lookAlikes(c *fiber.Ctx, words string) ([]itemRow, error) {
	ids, err := s.Index.Items(c.UserContext(), words, scanHits)
	if err != nil {
		return nil, err
	}
	found, err := s.Store.Stocks(c.UserContext(), ids)
	if err != nil {
		return nil, err
	}
	rows := make([]itemRow, len(found))
	for i, st := range found {
		rows[i] = newItemRow(st, 0)
	}
	return rows, nil
}
