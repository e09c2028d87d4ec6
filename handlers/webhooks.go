package handlers

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const webhooksPerPage = 30

// hookList is the data of hook/list.
type hookList struct {
	CSRF    string
	Chips   moreChips
	Filters []listFilter
	Stats   store.WebhookStats
	Silence *banner // nil while webhooks come
	Rows    []hookRow
	Older   string // address of the page with older ones; "" at the end
	Later   bool   // this page does not begin with the newest
	All     bool   // no filter
}

// hookRow is the data of hook/row.
type hookRow struct {
	store.DeliveryRow
	CSRF string
	Here string // where to come back to
	What string // what happened at Jobber, in words
}

// hookTitles are what the statuses of a webhook are called.
var hookTitles = []struct {
	status store.DeliveryStatus
	title  string
}{{"", "All"}, {store.DeliveryPending, "Waiting"}, {store.DeliveryParked, "Given up"}, {store.DeliveryIgnored, "Ignored"}, {store.DeliveryOK, "Done"}}

// listWebhooks handles GET /admin/webhooks?status=&before=.
func (s *Server) listWebhooks(c *fiber.Ctx) error {
	status := statusQuery(c)
	before, err := beforeQuery[store.DeliveryID](c)
	if err != nil {
		return err
	}
	rows, more, err := s.Store.Deliveries(c.UserContext(), status, before, webhooksPerPage)
	if err != nil {
		return err
	}
	v := hookList{CSRF: s.csrf(c), Chips: chipsOf(c, "webhooks"), Later: before != 0, All: status == ""}
	if v.Stats, err = s.Store.WebhookStats(c.UserContext(), s.midnight()); err != nil {
		return err
	}
	silent, err := s.silence(c)
	if err != nil {
		return err
	}
	if silent != nil {
		v.Silence = silent.banner(s.showWhen(silent.MissedSince))
	}
	v.Filters = hookFilters(status, v.Stats)
	for _, r := range rows {
		v.Rows = append(v.Rows, s.hookRow(c, r, hooksHref(status, before)))
	}
	if more {
		v.Older = hooksHref(status, rows[len(rows)-1].ID)
	}
	return s.page(c, head{Title: "Webhooks", Section: "more", Back: &crumb{"/more", "More"}}, "hook/list", v)
}

func (s *Server) hookRow(c *fiber.Ctx, r store.DeliveryRow, here string) hookRow {
	return hookRow{DeliveryRow: r, CSRF: s.csrf(c), Here: here, What: topicWords(r.Topic)}
}

func hookFilters(status store.DeliveryStatus, stats store.WebhookStats) []listFilter {
	counts := map[store.DeliveryStatus]int{store.DeliveryPending: stats.Pending, store.DeliveryParked: stats.Parked}
	var fs []listFilter
	for _, t := range hookTitles {
		fs = append(fs, listFilter{Title: t.title, Href: hooksHref(t.status, 0), Current: t.status == status, Count: counts[t.status]})
	}
	return fs
}

func hooksHref(status store.DeliveryStatus, before store.DeliveryID) string {
	return listHref("/admin/webhooks", "status", string(status), before)
}

// statusQuery is the filter asked for; an unknown one is none.
func statusQuery(c *fiber.Ctx) store.DeliveryStatus {
	for _, t := range hookTitles {
		if string(t.status) == c.Query("status") {
			return t.status
		}
	}
	return ""
}

// topicWords says what a topic tells of: "Job changed".
func topicWords(topic string) string {
	noun, verb, ok := cutLast(strings.ToLower(topic), "_")
	said, known := map[string]string{"create": "new", "update": "changed", "destroy": "deleted", "closed": "closed",
		"complete": "completed", "disconnect": "disconnected", "connect": "connected", "sent": "sent", "approved": "approved"}[verb]
	if !ok || !known {
		noun, said = strings.ToLower(topic), ""
	}
	words := strings.TrimSpace(strings.ReplaceAll(noun, "_", " ") + " " + said)
	if words == "" {
		return topic
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// retryWebhook handles POST /admin/webhooks/:id/retry: one that was given up is tried anew.
func (s *Server) retryWebhook(c *fiber.Ctx) error {
	id, err := store.ParseID[store.DeliveryID](c.Params("id"))
	if err != nil {
		return err
	}
	if err := s.Store.RetryDelivery(c.UserContext(), id); err != nil {
		return err
	}
	s.Log.Info("webhook tried again", "id", visitOf(c).ID, "delivery", uint64(id), "by", uint64(user(c).ID))
	news, here := toast{Text: "It is tried again now."}, ownPath(formText(c, "back"), "/admin/webhooks")
	if !partial(c) {
		return s.done(c, here, news)
	}
	rows, _, err := s.Store.Deliveries(c.UserContext(), "", id+1, 1)
	if err != nil {
		return err
	}
	return s.fragments(c, part{"hook/row", s.hookRow(c, rows[0], here)}, s.toastPart(news))
}

// retryWebhooks handles POST /admin/webhooks/retry: all that were given up are tried anew.
func (s *Server) retryWebhooks(c *fiber.Ctx) error {
	n, err := s.Store.RetryDeliveries(c.UserContext())
	if err != nil {
		return err
	}
	s.Log.Info("webhooks tried again", "id", visitOf(c).ID, "webhooks", n, "by", uint64(user(c).ID))
	return s.done(c, "/admin/webhooks", toast{Text: plural(n, "webhook is", "webhooks are") + " tried again now."})
}

// midnight is when today began.
func (s *Server) midnight() time.Time {
	local := s.Store.Now().In(s.Location)
	return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, s.Location)
}
