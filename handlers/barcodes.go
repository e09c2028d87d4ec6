package handlers

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// codeForm is the data of item/codes: the codes that find an item, and a field for one more.
type codeForm struct {
	ID      store.ItemID
	Codes   []string
	Typed   string
	Problem complaints
	CSRF    string
}

// attachCode is the data of scan/attach and scan/attachrows: an item is chosen for a code.
type attachCode struct {
	scanState
	Code, Q string
	CSRF    string
	Rows    []itemRow
}

// changeBarcodes handles POST /items/:id/barcodes: the code in `barcode` finds the item from now on, or with
// `remove` no longer.
func (s *Server) changeBarcodes(c *fiber.Ctx) error {
	id, err := store.ParseID[store.ItemID](c.Params("id"))
	if err != nil {
		return err
	}
	code := formText(c, "barcode")
	back := ownPath(formText(c, "back"), "/items/"+id.String())
	change, text := s.Store.AddBarcode, " finds it from now on."
	if formTick(c, "remove") {
		change, text = s.Store.RemoveBarcode, " no longer finds it."
	}
	it, err := change(c.UserContext(), user(c).Actor(), id, code)
	scanning := strings.HasPrefix(back, "/scan?")
	if problem, ok := complaintsIn(err); ok && !scanning {
		return s.codeAgain(c, id, code, problem, err)
	}
	if !scanning || !partial(c) {
		if err != nil {
			return err
		}
		return s.done(c, back, toast{Text: code + text})
	}
	st, stErr := s.readScanState(c, func(name string) string { return formText(c, name) })
	if stErr != nil {
		return stErr
	}
	if err != nil {
		return s.refuseScan(c, st, err)
	}
	return s.answerScan(c, scanAnswer{State: st, Result: "right", Word: "Known now",
		Toast: toast{Text: code + " is " + it.Name + " from now on. Nothing was booked: scan it again."}})
}

// codeAgain answers a code that could not be added with the item's page and the complaint.
func (s *Server) codeAgain(c *fiber.Ctx, id store.ItemID, code string, problem complaints, why error) error {
	sheet, err := s.Store.ItemSheet(c.UserContext(), id, 0)
	if err != nil {
		return err
	}
	v := itemShow{ItemSheet: sheet, Form: moveForm{Kind: string(store.Issue)}, Typed: code, CodeProblem: problem}
	if err := s.offer(c, &v.Form, sheet); err != nil {
		return err
	}
	c.Status(formStatus(why))
	return s.answerItem(c, v)
}

// Codes is the part of the item's page about what finds it.
func (v itemShow) Codes() codeForm {
	return codeForm{ID: v.ID, Codes: v.Barcodes, Typed: v.Typed, Problem: v.CodeProblem, CSRF: v.CSRF}
}

// showAttach handles GET /scan/attach: items to choose from for a code that nobody knows.
func (s *Server) showAttach(c *fiber.Ctx) error {
	st, err := s.scanState(c)
	if err != nil {
		return err
	}
	v := attachCode{scanState: st, Code: cleanCode(c.Query("code")), Q: cleanCode(c.Query("q")), CSRF: s.csrf(c)}
	if v.Code == "" {
		return c.Redirect(st.Href(), fiber.StatusSeeOther)
	}
	words := v.Q
	if words == "" {
		words = v.Code
	}
	if v.Rows, err = s.lookAlikes(c, words); err != nil {
		return err
	}
	switch {
	case partial(c) && c.Get("HX-Target") == "attach-rows":
		return s.fragments(c, part{"scan/attachrows", v})
	case partial(c):
		return s.fragments(c, part{"scan/ask", scanAsk{Attach: &v}})
	}
	return s.scanPage(c, scanShow{scanState: st, Ask: scanAsk{Attach: &v}})
}
