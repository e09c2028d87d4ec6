package handlers

import (
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const (
	alertsPath    = "/admin/alerts"
	alertsPerPage = 25
)

// AlertInfo is what was decided about alerts when the program was started, as far as a page may show it.
type AlertInfo struct {
	Window, OutWindow, Recross time.Duration
	Digest                     string // "07:00", or "off"
}

// alertPage is the data of alert/show: what is out or low and what is done about it, and who hears of it.
type alertPage struct {
	Chips      moreChips
	Configured bool // mail is
	Owner      bool
	Nobody     bool
	Out, Low   int
	Rows       []alertRow
	Pages      pager
	People     []alertPerson
	Times      AlertInfo
}

// alertRow is the data of alert/row: an item that is out or low, in total or at a place.
type alertRow struct {
	store.LowRow
	Form  muteForm
	Twice bool // the row before is of the same item and has the form
}

// alertPerson is one person who may hear of stock.
type alertPerson struct {
	store.User
	Says string // what they hear
	Href string // where that is changed; "" if not by the one who looks
}

// showAlerts handles GET /admin/alerts?page=.
func (s *Server) showAlerts(c *fiber.Ctx) error {
	return s.answerAlerts(c, asked(c), 0, nil)
}

// answerAlerts shows the page; the form of one item as it was typed.
func (s *Server) answerAlerts(c *fiber.Ctx, get filter, of store.ItemID, typed func(*muteForm)) error {
	low, err := s.Store.LowPage(c.UserContext(), pageAsked(get), alertsPerPage)
	if err != nil {
		return err
	}
	people, err := s.Store.Users(c.UserContext())
	if err != nil {
		return err
	}
	here := func(page int) string { return alertsPath + "?page=" + strconv.Itoa(page) }
	me := user(c)
	v := alertPage{Chips: chipsOf(c, "alerts"), Configured: s.Mail.Configured, Owner: me.Role == store.Owner, Nobody: nobodyHears(people),
		Out: low.Out, Low: low.Total - low.Out, Pages: newPager(low.Page, alertsPerPage, low.Total, here), Times: s.Alerts}
	for i, r := range low.Rows {
		row := alertRow{LowRow: r, Form: s.newMuteForm(c, r.Item, r.Level, r.Mute, here(low.Page)), Twice: i > 0 && low.Rows[i-1].Item.ID == r.Item.ID}
		if r.Item.ID == of && !row.Twice && typed != nil {
			typed(&row.Form)
		}
		v.Rows = append(v.Rows, row)
	}
	for _, u := range people {
		if u.Active {
			v.People = append(v.People, alertPerson{u, hears(u), whereChosen(me, u)})
		}
	}
	return s.page(c, head{Title: "Alerts", Section: "more", Back: &crumb{"/more", "More"}}, "alert/show", v)
}

// nobodyHears reports whether no mail about stock would reach anybody.
func nobodyHears(people []store.User) bool {
	for _, u := range people {
		if u.Reachable() {
			return false
		}
	}
	return true
}

// whereChosen is the page on which me can change what u hears; "" if there is none.
func whereChosen(me, u store.User) string {
	switch {
	case u.ID == me.ID:
		return "/profile#mail"
	case mayChange(me, u):
		return "/admin/users/" + u.ID.String()
	}
	return ""
}

// hears says what a person hears of stock.
func hears(u store.User) string {
	if !u.ReceiveAlerts {
		return "no mails"
	}
	says := "at once and the digest"
	switch u.Alerts {
	case store.AlertDigest:
		says = "the digest only"
	case store.AlertOut:
		says = "only what is out"
	}
	if len(u.Categories) > 0 {
		names := make([]string, len(u.Categories))
		for i, name := range u.Categories {
			if names[i] = name; name == "" {
				names[i] = "no category"
			}
		}
		says += ", of " + strings.Join(names, ", ")
	}
	if u.Email == "" {
		says = "no address, so no mails"
	}
	return says
}

// Wait says how long something waits.
func (AlertInfo) Wait(d time.Duration) string {
	if d == 0 {
		return "at once"
	}
	return "after " + howLong(d)
}

// Age says how young a mail is that keeps another from being sent.
func (a AlertInfo) Age() string { return howLong(a.Recross) }

// howLong writes a time of the settings as people say it.
func howLong(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return plural(int(d/time.Hour), "hour", "hours")
	case d%time.Minute == 0:
		return plural(int(d/time.Minute), "minute", "minutes")
	}
	return d.String()
}
