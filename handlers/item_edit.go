package handlers

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// newItem handles GET /items/new.
func (s *Server) newItem(c *fiber.Ctx) error {
	t := itemText{Unit: "ea", Minimum: "0", Par: "0", Name: c.Query("name"), SKU: c.Query("sku"), Barcode: c.Query("barcode")}
	return s.answerItemForm(c, itemForm{itemText: t})
}

// createItem handles POST /items.
func (s *Server) createItem(c *fiber.Ctx) error {
	t := readItemText(c)
	d, bad := t.draft(seesMoney(user(c)), store.Item{})
	it, err := save(d, bad, func(d store.ItemDraft) (store.Item, error) {
		return s.Store.CreateItem(c.UserContext(), user(c).Actor(), d)
	})
	if err != nil {
		return s.itemAgain(c, itemForm{itemText: t}, err)
	}
	return s.done(c, "/items/"+it.ID.String(), toast{Text: it.SKU + " is in the list. Receive or count what is there."})
}

// editItem handles GET /items/:id/edit.
func (s *Server) editItem(c *fiber.Ctx) error {
	it, err := s.itemOf(c)
	if err != nil {
		return err
	}
	return s.answerItemForm(c, itemForm{itemText: textOf(it), ID: it.ID, Version: versionOf(it)})
}

// updateItem handles POST /items/:id.
func (s *Server) updateItem(c *fiber.Ctx) error {
	old, err := s.itemOf(c)
	if err != nil {
		return err
	}
	f := itemForm{itemText: readItemText(c), ID: old.ID, Version: formText(c, "version")}
	if !formHas(c, "packs") { // a form that does not know of them leaves them
		f.Packs = store.PacksText(old.Packs)
	}
	version, err := formVersion(f.Version, func() (uint64, error) { return old.Version, nil })
	if err == nil && version != old.Version {
		err = store.Errorf(store.Conflict, "Someone changed %s meanwhile.", old.SKU)
	}
	if err != nil {
		return s.itemAgain(c, f, err)
	}
	d, bad := f.draft(seesMoney(user(c)), old)
	it, err := save(d, bad, func(d store.ItemDraft) (store.Item, error) {
		return s.Store.UpdateItem(c.UserContext(), user(c).Actor(), old.ID, version, d)
	})
	if err != nil {
		return s.itemAgain(c, f, err)
	}
	return s.done(c, "/items/"+it.ID.String(), toast{Text: it.SKU + " is saved."})
}

// archiveItem handles POST /items/:id/archive.
func (s *Server) archiveItem(c *fiber.Ctx) error {
	id, err := store.ParseID[store.ItemID](c.Params("id"))
	if err != nil {
		return err
	}
	it, err := s.Store.ArchiveItem(c.UserContext(), user(c).Actor(), id, formTick(c, "archived"))
	if err != nil {
		return err
	}
	text := it.SKU + " is in the list again."
	if it.Archived {
		text = it.SKU + " is archived. Its stock and history stay."
	}
	return s.done(c, "/items/"+id.String(), toast{Text: text})
}

// itemOf is the item that the address names.
func (s *Server) itemOf(c *fiber.Ctx) (store.Item, error) {
	id, err := store.ParseID[store.ItemID](c.Params("id"))
	if err != nil {
		return store.Item{}, err
	}
	return s.Store.Item(c.UserContext(), id)
}

func versionOf(it store.Item) string { return strconv.FormatUint(it.Version, 10) }

// itemAgain answers a form that was not saved: with all that was typed, and why. When someone else was
// faster it shows what they saved, and saving again saves over it.
func (s *Server) itemAgain(c *fiber.Ctx, f itemForm, why error) error {
	why = chosenWrong(why)
	again, ok := complaintsIn(why)
	if !ok {
		return why
	}
	f.Problem = again
	if staleForm(why) {
		now, err := s.Store.Item(c.UserContext(), f.ID)
		if err != nil {
			return err
		}
		saved := textOf(now)
		f.Saved, f.Version = &saved, versionOf(now)
		f.Problem.Message = "Someone changed " + now.SKU + " while you were writing. " +
			"What they saved stands beside the fields. Saving again keeps yours."
	}
	c.Status(statusOf[store.CodeOf(why)])
	return s.answerItemForm(c, f)
}

// answerItemForm answers with the form and what it offers.
func (s *Server) answerItemForm(c *fiber.Ctx, f itemForm) error {
	var err error
	if f.Places, err = s.Store.Places(c.UserContext()); err != nil {
		return err
	}
	if f.Categories, err = s.Store.Categories(c.UserContext()); err != nil {
		return err
	}
	if f.Suppliers, err = s.Store.Suppliers(c.UserContext()); err != nil {
		return err
	}
	f.CSRF, f.Money = s.csrf(c), seesMoney(user(c))
	h := head{Title: "New item", Section: "items", Back: &crumb{"/items", "Items"}, Narrow: true}
	f.Heading = h.Title
	if f.ID != 0 {
		h.Title, h.Back = "Edit "+f.Name, &crumb{"/items/" + f.ID.String(), "Back to the item"}
		f.Heading = "Edit item"
	}
	if partial(c) {
		return s.fragments(c, part{"item/form", f})
	}
	return s.page(c, h, "item/form", f)
}
