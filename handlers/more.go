package handlers

import "github.com/gofiber/fiber/v2"

// moreMenu is the data of more/menu.
type moreMenu struct {
	CSRF     string
	Username string
	Role     string
	Manager  bool
	Owner    bool
	Trust    bool // there is a certificate to install on phones
	Station  bool // the device is shared: no page is a person's own
}

// showMore handles GET /more: all that has no place of its own in the navigation.
func (s *Server) showMore(c *fiber.Ctx) error {
	u := user(c)
	return s.page(c, head{Title: "More", Section: "more", Narrow: true}, "more/menu", moreMenu{
		CSRF: s.csrf(c), Username: u.Username, Role: u.Role.Title(),
		Manager: admit(managers, u.Role) == nil, Owner: admit(owners, u.Role) == nil,
		Trust: s.Authority != nil, Station: stationOf(c).ID != 0,
	})
}

// moreChips is the data of more/chips.
type moreChips struct {
	Owner   bool
	Current string // users, settings
}

func chipsOf(c *fiber.Ctx, current string) moreChips {
	return moreChips{Owner: admit(owners, user(c).Role) == nil, Current: current}
}
