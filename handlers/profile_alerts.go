package handlers

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// alertChoices is the data of profile/alerts: which mails about stock a person wants.
type alertChoices struct {
	Digest     string // when it goes out; "off": never
	Choices    []alertChoice
	Categories []categoryTick
	Some       bool // only some categories are wanted
	Problem    complaints
}

// alertChoice is one of the ways to hear of stock.
type alertChoice struct {
	Value, Title, Text string
	Chosen             bool
}

// categoryTick is one category to hear of, or not.
type categoryTick struct {
	Value, Title string
	Ticked       bool
}

// alertChoices is the form as d has it.
func (s *Server) alertChoices(c *fiber.Ctx, d store.ProfileDraft, p complaints) (alertChoices, error) {
	v := alertChoices{Digest: s.Alerts.Digest, Some: len(d.Categories) > 0, Problem: p}
	chosen := "none"
	if d.ReceiveAlerts {
		chosen = string(d.Alerts)
		if d.Alerts == store.AlertAll {
			chosen = "all"
		}
	}
	for _, choice := range []alertChoice{
		{Value: "all", Title: "At once, and the digest", Text: "When something runs low or out, and each weekday how things stand."},
		{Value: "digest", Title: "The digest only", Text: "One mail on weekdays, if there is something."},
		{Value: "out", Title: "Only what is out", Text: "At once, and nothing else."},
		{Value: "none", Title: "None"},
	} {
		choice.Chosen = choice.Value == chosen
		v.Choices = append(v.Choices, choice)
	}
	known, err := s.Store.Categories(c.UserContext())
	if err != nil {
		return v, err
	}
	known = append(known, "")
	for _, name := range slices.Concat(known, d.Categories) {
		same := func(t categoryTick) bool { return strings.EqualFold(t.Value, name) }
		if slices.ContainsFunc(v.Categories, same) {
			continue // one that was chosen and is no more stands at the end, to be let go
		}
		title := name
		if name == "" {
			title = "Without a category"
		}
		wanted := store.User{Categories: d.Categories}.Follows(name)
		v.Categories = append(v.Categories, categoryTick{name, title, v.Some && wanted})
	}
	return v, nil
}

// readAlerts overwrites d with what the form says of mails about stock. A form from before there was a choice has a box: a tick
// is all of them.
func readAlerts(c *fiber.Ctx, d *store.ProfileDraft) {
	switch choice := formText(c, "receive_alerts"); choice {
	case "none":
		d.ReceiveAlerts = false
	case string(store.AlertDigest), string(store.AlertOut):
		d.ReceiveAlerts, d.Alerts = true, store.AlertChoice(choice)
	default:
		if d.ReceiveAlerts = formTick(c, "receive_alerts"); d.ReceiveAlerts {
			d.Alerts = store.AlertAll
		}
	}
	if formHas(c, "categories") {
		d.Categories = nil
		for _, v := range c.Request().PostArgs().PeekMulti("alert_category") {
			d.Categories = append(d.Categories, strings.TrimSpace(strings.ToValidUTF8(string(v), "")))
		}
	}
}
