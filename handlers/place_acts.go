package handlers

import (
	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// walkPlace handles POST /places/:id/walk: its turn among those beside it.
func (s *Server) walkPlace(c *fiber.Ctx) error {
	id, err := store.ParseID[store.PlaceID](c.Params("id"))
	if err != nil {
		return err
	}
	turn, err := store.ParseQty(formText(c, "turn"))
	if err != nil {
		return inField("turn", err)
	}
	p, err := s.Store.WalkPlace(c.UserContext(), user(c).Actor(), id, int(turn/oneUnit))
	if err != nil {
		return err
	}
	return s.done(c, "/places?walk=1&at="+p.ID.String()+"#place-"+p.ID.String(), toast{})
}

// archivePlace handles POST /places/:id/archive.
func (s *Server) archivePlace(c *fiber.Ctx) error {
	id, err := store.ParseID[store.PlaceID](c.Params("id"))
	if err != nil {
		return err
	}
	p, err := s.Store.ArchivePlace(c.UserContext(), user(c).Actor(), id, formTick(c, "archived"))
	if err != nil {
		if again, ok := complaintsIn(err); ok {
			c.Status(formStatus(err))
			return s.answerPlace(c, id, placeAgain{Keep: again})
		}
		return err
	}
	if p.Archived {
		return s.done(c, "/places", toast{Text: p.Name + " is archived. Its history stays."})
	}
	return s.done(c, "/places/"+id.String(), toast{Text: p.Name + " is in the list again."})
}

// parForm is the data of place/par: minimum and par of an item at a place, as typed.
type parForm struct {
	Problem            complaints
	Code, Minimum, Par string
	Home               bool        // it belongs there, or is to
	Item               *store.Item // settled; nil: named by its code
	CSRF               string
}

// setPar handles POST /places/:id/pars.
func (s *Server) setPar(c *fiber.Ctx) error {
	id, err := store.ParseID[store.PlaceID](c.Params("id"))
	if err != nil {
		return err
	}
	f := parForm{Code: formText(c, "code"), Minimum: formText(c, "minimum"), Par: formText(c, "par"), Home: formTick(c, "home")}
	it, err := s.parItem(c, f)
	if err == nil {
		err = s.savePar(c, id, it, f)
	}
	if err != nil {
		again, ok := complaintsIn(asInvalid(err))
		if !ok {
			return err
		}
		f.Problem = again
		c.Status(fiber.StatusUnprocessableEntity)
		return s.answerPlace(c, id, placeAgain{Par: &f})
	}
	return s.done(c, "/places/"+id.String(), toast{Text: it.Name + ": saved."})
}

// parItem is the item that the form is about.
func (s *Server) parItem(c *fiber.Ctx, f parForm) (store.Item, error) {
	id, err := formID[store.ItemID](c, "item")
	switch {
	case err != nil:
		return store.Item{}, err
	case id != 0:
		return s.Store.Item(c.UserContext(), id)
	}
	it, err := s.Store.ItemByCode(c.UserContext(), f.Code)
	return it, inField("code", asInvalid(err))
}

// savePar keeps what was typed; what is left empty is 0.
func (s *Server) savePar(c *fiber.Ctx, place store.PlaceID, it store.Item, f parForm) error {
	p := store.PlacePar{Item: it.ID, Place: place, Home: f.Home}
	var err error
	if p.Minimum, err = read(f.Minimum, store.ParseQty); err != nil {
		return inField("minimum", err)
	}
	if p.Par, err = read(f.Par, store.ParseQty); err != nil {
		return inField("par", err)
	}
	return s.Store.SetPlacePar(c.UserContext(), user(c).Actor(), p)
}
