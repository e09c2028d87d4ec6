package handlers

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const usersPerPage = 40

// userList is the data of user/list.
type userList struct {
	Chips   moreChips
	People  []userRow
	Pages   pager
	Active  int
	Off     int
	Adding  userForm
	Problem complaints
}

// userRow is one person of user/list.
type userRow struct {
	store.User
	Editable  bool // the one who looks may change them
	LastOwner bool
	Self      bool
}

// userForm is the data of user/form and user/fields.
type userForm struct {
	CSRF      string
	ID        store.UserID // 0 for a new one
	Version   uint64
	Draft     store.UserDraft // as typed; its password is never shown
	Roles     []store.Role    // that may be given
	LastOwner bool
	Self      bool
	Second    bool // signing in needs a code
	Problem   complaints
}

// listUsers handles GET /admin/users.
func (s *Server) listUsers(c *fiber.Ctx) error {
	return s.userPage(c, store.UserDraft{Role: store.Warehouse, ReceiveAlerts: true}, complaints{})
}

// userPage shows everybody, and the form for one more as it was typed.
func (s *Server) userPage(c *fiber.Ctx, typed store.UserDraft, p complaints) error {
	all, err := s.Store.Users(c.UserContext())
	if err != nil {
		return err
	}
	me := user(c)
	v := userList{Chips: chipsOf(c, "users"), Problem: p, Adding: userForm{
		CSRF: s.csrf(c), Draft: typed, Roles: rolesBelow(me), Problem: p,
	}}
	for _, u := range all {
		if u.Active {
			v.Active++
		} else {
			v.Off++
		}
	}
	shown, pages := paged(all, pageAsked(asked(c)), usersPerPage, func(n int) string { return "/admin/users?page=" + strconv.Itoa(n) })
	v.Pages = pages
	for _, u := range shown {
		v.People = append(v.People, userRow{User: u, Editable: mayChange(me, u), LastOwner: lastOwner(all, u), Self: u.ID == me.ID})
	}
	return s.page(c, head{Title: "Users", Section: "more", Back: &crumb{"/more", "More"}}, "user/list", v)
}

// createUser handles POST /admin/users. A new user may sign in at once, unless the form says no.
func (s *Server) createUser(c *fiber.Ctx) error {
	me := user(c)
	d := store.UserDraft{Active: true}
	readUser(c, &d)
	if err := mayGive(me, d.Role); err != nil {
		return err
	}
	u, err := s.Store.CreateUser(c.UserContext(), me.Actor(), d)
	if p, ok := complaintsIn(err); ok {
		c.Status(formStatus(err))
		return s.userPage(c, d, p)
	}
	if err != nil {
		return err
	}
	s.Log.Info("user added", "id", visitOf(c).ID, "user", uint64(u.ID), "by", uint64(me.ID), "role", u.Role)
	return s.done(c, "/admin/users", toast{Text: u.Username + " can sign in now."})
}

// showUser handles GET /admin/users/:id.
func (s *Server) showUser(c *fiber.Ctx) error {
	u, last, err := s.userToChange(c)
	if err != nil {
		return err
	}
	return s.userFormPage(c, u, last, draftOf(u), complaints{})
}

// userToChange returns the user of the address, and whether that is the last active owner. It
// fails with [store.Forbidden] if the one who asks may not change them.
func (s *Server) userToChange(c *fiber.Ctx) (store.User, bool, error) {
	id, err := store.ParseID[store.UserID](c.Params("id"))
	if err != nil {
		return store.User{}, false, err
	}
	u, err := s.Store.User(c.UserContext(), id)
	if err != nil {
		return store.User{}, false, err
	}
	if !mayChange(user(c), u) {
		return store.User{}, false, store.Errorf(store.Forbidden, "Only an owner changes an owner.")
	}
	all, err := s.Store.Users(c.UserContext())
	if err != nil {
		return store.User{}, false, err
	}
	return u, lastOwner(all, u), nil
}

func (s *Server) userFormPage(c *fiber.Ctx, u store.User, last bool, typed store.UserDraft, p complaints) error {
	me := user(c)
	v := userForm{CSRF: s.csrf(c), ID: u.ID, Version: u.Version, Draft: typed, Roles: rolesBelow(me),
		LastOwner: last, Self: u.ID == me.ID, Second: u.HasSecond, Problem: p}
	h := head{Title: u.Username, Section: "more", Back: &crumb{"/admin/users", "Users"}, Narrow: true}
	return s.page(c, h, "user/form", v)
}

// updateUser handles POST /admin/users/:id. A field that is left out keeps its value; a form with
// a user name is taken as whole, so that a box without a tick means no.
func (s *Server) updateUser(c *fiber.Ctx) error {
	u, last, err := s.userToChange(c)
	if err != nil {
		return err
	}
	me := user(c)
	d := draftOf(u)
	readUser(c, &d)
	if err := mayGive(me, d.Role); err != nil {
		return err
	}
	if u.ID == me.ID && d.Password != "" && !s.fresh(c) {
		c.Status(fiber.StatusUnprocessableEntity)
		p, _ := complaintsIn(fieldError("password", "You signed in a while ago. Change your own password on your profile."))
		return s.userFormPage(c, u, last, d, p)
	}
	// The version is that of the form that was filled in: it may be of yesterday.
	version, err := formVersion(formText(c, "version"), func() (uint64, error) { return u.Version, nil })
	var after store.User
	if err == nil {
		after, err = s.Store.UpdateUser(c.UserContext(), me.Actor(), u.ID, version, d)
	}
	if p, ok := complaintsIn(err); ok {
		c.Status(formStatus(err))
		return s.userFormPage(c, u, last, d, p)
	}
	if err != nil {
		return err
	}
	s.Log.Info("user changed", "id", visitOf(c).ID, "user", uint64(u.ID), "by", uint64(me.ID), "role", after.Role, "active", after.Active)
	return s.userChanged(c, after)
}

// userChanged goes on after a change, which may have ended one's own session or taken one's own role.
func (s *Server) userChanged(c *fiber.Ctx, after store.User) error {
	to := "/admin/users"
	if me := user(c); after.ID == me.ID && after.Active {
		if after.Epoch != me.Epoch { // a new password: this session goes on under a new id
			if err := s.goOn(c, after); err != nil {
				return err
			}
		}
		if admit(managers, after.Role) != nil {
			to = "/dashboard"
		}
	}
	text := "Saved " + after.Username + "."
	if !after.Active {
		text = after.Username + " can no longer sign in."
	}
	return s.done(c, to, toast{Text: text})
}

// readUser overwrites d with the fields that the form has.
func readUser(c *fiber.Ctx, d *store.UserDraft) {
	whole := formHas(c, "username")
	if whole {
		d.Username = formText(c, "username")
	}
	if formHas(c, "email") {
		d.Email = formText(c, "email")
	}
	if formHas(c, "role") {
		d.Role = store.Role(formText(c, "role"))
	}
	if whole || formHas(c, "receive_alerts") {
		d.ReceiveAlerts = formTick(c, "receive_alerts")
	}
	// A new user's form has no such box: they may sign in.
	if formHas(c, "active") || whole && c.Params("id") != "" {
		d.Active = formTick(c, "active")
	}
	d.Password = formValue(c, "password")
}

func draftOf(u store.User) store.UserDraft {
	return store.UserDraft{Username: u.Username, Email: u.Email, Role: u.Role, ReceiveAlerts: u.ReceiveAlerts, Active: u.Active}
}

// rolesBelow lists the roles that me may give, the least first.
func rolesBelow(me store.User) []store.Role {
	roles := []store.Role{store.Warehouse, store.GM}
	if me.Role == store.Owner {
		roles = append(roles, store.Owner)
	}
	return roles
}

func mayChange(me, other store.User) bool { return me.Role == store.Owner || other.Role != store.Owner }

func mayGive(me store.User, role store.Role) error {
	if role == store.Owner && me.Role != store.Owner {
		return store.Errorf(store.Forbidden, "Only an owner makes an owner.")
	}
	return nil
}

// lastOwner reports whether u is the only active owner among all.
func lastOwner(all []store.User, u store.User) bool {
	if u.Role != store.Owner || !u.Active {
		return false
	}
	for _, o := range all {
		if o.ID != u.ID && o.Role == store.Owner && o.Active {
			return false
		}
	}
	return true
}
