package handlers

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// kitPage is the data of kit/show: one kit, its items, and the names that are it.
type kitPage struct {
	store.KitSheet
	CSRF    string
	Rename  string // as typed
	Factor  string // as typed, of the item to be added
	Query   string
	Items   kitItems
	Back    string
	Wrong   store.ItemID // the item whose amount was refused
	WrongBy string       // what was typed for it
	complaints
}

// Complaints is what was wrong with the form.
func (v kitPage) Complaints() complaints { return v.complaints }

// Path is the address of the kit.
func (v kitPage) Path() string { return "/kits/" + v.ID.String() }

// Answers are the names that are the kit, as rows of their own.
func (v kitPage) Answers() []answerRow {
	rows := make([]answerRow, len(v.Used))
	for i, r := range v.Used {
		rows[i] = answerRow{r, v.CSRF, v.Path()}
	}
	return rows
}

// showKit handles GET /kits/:id?q=.
func (s *Server) showKit(c *fiber.Ctx) error {
	v, err := s.kitPage(c)
	if err != nil {
		return err
	}
	if partial(c) {
		return s.fragments(c, part{"kit/items", v.Items})
	}
	return s.answerKit(c, v)
}

func (s *Server) answerKit(c *fiber.Ctx, v kitPage) error {
	return s.page(c, head{Title: v.Name, Section: "jobs", Back: &crumb{"/kits", "Kits"}}, "kit/show", v)
}

func (s *Server) kitPage(c *fiber.Ctx) (kitPage, error) {
	id, err := store.ParseID[store.KitID](c.Params("id"))
	if err != nil {
		return kitPage{}, err
	}
	v := kitPage{CSRF: s.csrf(c), Query: readQuery(c), Back: ownPath(c.Query("back"), "")}
	if v.KitSheet, err = s.Store.KitSheet(c.UserContext(), id); err != nil {
		return v, err
	}
	v.Rename, v.Items.Query = v.Name, v.Query
	if v.Query != "" {
		v.Items.Rows, err = s.findItems(c, v.Query)
	}
	v.Items.Rows = slices.DeleteFunc(v.Items.Rows, func(st store.Stock) bool { return v.has(st.ID) })
	return v, err
}

func (v kitPage) has(item store.ItemID) bool {
	return slices.ContainsFunc(v.Parts, func(p store.KitPart) bool { return p.ID == item })
}

// createKit handles POST /kits: a kit of one item to begin with; with `line` it is the answer for that line.
func (s *Server) createKit(c *fiber.Ctx) error {
	d, err := readKit(c)
	line, back := formText(c, "line"), ownPath(formText(c, "back"), "/kits")
	to, t := "", toast{}
	switch {
	case err != nil:
	case line != "":
		to, t, err = s.answerWithKit(c, line, d, back)
	default:
		var k store.Kit
		k, err = s.Store.CreateKit(c.UserContext(), user(c).Actor(), d)
		to, t.Text = "/kits/"+k.ID.String(), "The kit "+k.Name+" is made. Add what else it is made of"
	}
	if p, ok := complaintsIn(err); ok {
		v, e := s.kitForm(c, line, back)
		if e != nil {
			return e
		}
		v.complaints, v.Name, v.Factor = p, formText(c, "name"), formText(c, "factor")
		c.Status(formStatus(err))
		return s.showKitForm(c, v)
	}
	if err != nil {
		return err
	}
	return s.done(c, to, t)
}

// answerWithKit makes a kit and answers a line with it, in one act.
func (s *Server) answerWithKit(c *fiber.Ctx, line string, d store.KitDraft, back string) (string, toast, error) {
	id, err := store.ParseID[store.LineID](line)
	if err != nil {
		return "", toast{}, err
	}
	a, err := answerOf(c, id)
	if err != nil {
		return "", toast{}, err
	}
	a.NewKit, a.By = &d, user(c).Actor()
	res, err := s.Store.AnswerLine(c.UserContext(), a)
	if err != nil {
		return "", toast{}, err
	}
	t, err := s.answerToast(c, res, back)
	if err != nil {
		return "", toast{}, err
	}
	r, err := s.Store.Answer(c.UserContext(), res.Answer)
	if store.CodeOf(err) == store.NotFound { // taken back since
		return back, t, nil
	}
	return "/kits/" + r.Kit.String(), t, err
}

// readKit reads a kit's name and its first item.
func readKit(c *fiber.Ctx) (store.KitDraft, error) {
	p, err := readPart(c)
	return store.KitDraft{Name: formText(c, "name"), Parts: []store.Part{p}}, err
}

// readPart reads an item and how many of it; one, if nothing was typed.
func readPart(c *fiber.Ctx) (store.Part, error) {
	item, err := formID[store.ItemID](c, "item")
	if err != nil {
		return store.Part{}, err
	}
	if item == 0 {
		return store.Part{}, fieldError("item", "Choose an item.")
	}
	factor, err := formFactor(c)
	if factor == 0 {
		factor = 1000
	}
	return store.Part{Item: item, Factor: factor}, err
}

// updateKit handles POST /kits/:id: another `name`.
func (s *Server) updateKit(c *fiber.Ctx) error {
	return s.changeKit(c, func(d *store.KitDraft) (string, error) {
		d.Name = formText(c, "name")
		return "The kit is called " + d.Name, nil
	})
}

// setKitItem handles POST /kits/:id/items: `factor` of `item` are in the kit, which had it already or has it now.
func (s *Server) setKitItem(c *fiber.Ctx) error {
	return s.changeKit(c, func(d *store.KitDraft) (string, error) {
		p, err := readPart(c)
		if err != nil {
			return "", err
		}
		i := slices.IndexFunc(d.Parts, func(old store.Part) bool { return old.Item == p.Item })
		if i < 0 {
			d.Parts = append(d.Parts, p)
		} else {
			d.Parts[i] = p
		}
		it, err := s.Store.Item(c.UserContext(), p.Item)
		return "One kit has " + amountText(p.Factor, it.Unit) + " " + it.Name, err
	})
}

// removeKitItem handles POST /kits/:id/items/:item/remove.
func (s *Server) removeKitItem(c *fiber.Ctx) error {
	item, err := store.ParseID[store.ItemID](c.Params("item"))
	if err != nil {
		return err
	}
	return s.changeKit(c, func(d *store.KitDraft) (string, error) {
		d.Parts = slices.DeleteFunc(d.Parts, func(p store.Part) bool { return p.Item == item })
		return "It is no part of the kit any more", nil
	})
}

// changeKit saves a kit as change makes it, and answers with its page. The form's `version` is what its
// maker saw.
func (s *Server) changeKit(c *fiber.Ctx, change func(*store.KitDraft) (string, error)) error {
	v, err := s.kitPage(c)
	if err != nil {
		return err
	}
	version, err := strconv.ParseUint(formText(c, "version"), 10, 64)
	if err != nil {
		version = 0 // no form of ours: somebody was faster, as far as we know
	}
	d := store.KitDraft{Name: v.Name, Parts: slices.Clone(v.Kit.Parts)}
	said, err := change(&d)
	if err == nil {
		_, err = s.Store.UpdateKit(c.UserContext(), user(c).Actor(), v.ID, version, d)
	}
	if p, ok := complaintsIn(err); ok {
		if v, err = s.kitPage(c); err != nil {
			return err
		}
		return s.refuseKit(c, v, p)
	}
	if err != nil {
		return err
	}
	return s.done(c, v.Path(), toast{Text: said})
}

// refuseKit answers with the kit's page and what was wrong with the form; what was typed is kept.
func (s *Server) refuseKit(c *fiber.Ctx, v kitPage, p complaints) error {
	v.complaints = p
	if formHas(c, "name") {
		v.Rename = formText(c, "name")
	}
	item, err := formID[store.ItemID](c, "item")
	if err == nil && v.has(item) {
		v.Wrong, v.WrongBy = item, formText(c, "factor")
	} else {
		v.Factor = formText(c, "factor")
	}
	if v.Message != "" && len(v.Fields) == 0 {
		c.Status(statusOf[store.Conflict])
	} else {
		c.Status(statusOf[store.Invalid])
	}
	return s.answerKit(c, v)
}

// deleteKit handles POST /kits/:id/delete, for a kit that no answer needs.
func (s *Server) deleteKit(c *fiber.Ctx) error {
	v, err := s.kitPage(c)
	if err != nil {
		return err
	}
	if err := s.Store.DeleteKit(c.UserContext(), user(c).Actor(), v.ID); err != nil {
		return err
	}
	return s.done(c, "/kits", toast{Text: "The kit " + v.Name + " is gone"})
}
