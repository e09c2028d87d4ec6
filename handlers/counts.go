package handlers

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const countPlacesPerPage = 40

// countsPage is the data of count/list: all that can be counted.
type countsPage struct {
	store.CountPlan
	Places  []countGroup // of one page
	Groups  []countGroup // categories
	Pages   pager
	Manager bool
	CSRF    string
}

// countGroup is the data of count/group: a shelf or a category to count.
type countGroup struct {
	store.CountGroup
	countScope
	Icon string
	CSRF string
}

// Step is how far the place is drawn in.
func (g countGroup) Step() int { return min(g.Depth, 3) }

// listCounts handles GET /counts.
func (s *Server) listCounts(c *fiber.Ctx) error {
	plan, err := s.Store.CountPlan(c.UserContext())
	if err != nil {
		return err
	}
	v := countsPage{CountPlan: plan, Manager: admit(managers, user(c).Role) == nil, CSRF: s.csrf(c)}
	shown, pages := paged(plan.Places, pageAsked(asked(c)), countPlacesPerPage, func(n int) string { return "/counts?page=" + strconv.Itoa(n) })
	v.Pages = pages
	for _, g := range shown {
		sc := countScope{CountScope: store.CountScope{Place: g.Place.ID}}
		v.Places = append(v.Places, countGroup{g, sc, placeIcon(g.Place.Kind), v.CSRF})
	}
	for _, g := range plan.Categories {
		v.Groups = append(v.Groups, countGroup{g, countScope{CountScope: store.CountScope{Category: g.Name}}, categoryIcon(g.Name), v.CSRF})
	}
	if partial(c) {
		return s.fragments(c, part{"count/list", v})
	}
	return s.page(c, head{Title: "Counts", Section: "more", Back: &crumb{"/more", "More"}}, "count/list", v)
}

// Unfinished are the places where something was counted and not booked.
func (v countsPage) Unfinished() []countGroup {
	var open []countGroup
	for _, g := range v.CountPlan.Places {
		if g.Here > 0 {
			open = append(open, countGroup{g, countScope{CountScope: store.CountScope{Place: g.Place.ID}}, placeIcon(g.Place.Kind), v.CSRF})
		}
	}
	return open
}

// Asked is the address of the count of what somebody asked for.
func (v countsPage) Asked() string {
	return countScope{CountScope: store.CountScope{Due: true}}.Href()
}

// Old is the address of the count of what was not counted for long.
func (v countsPage) Old() string {
	return countScope{CountScope: store.CountScope{Stale: true}}.Href()
}

// variancePage is the data of count/waiting: differences that wait for a manager.
type variancePage struct {
	Rows    []varianceRow
	Pages   pager
	Manager bool
	Money   bool
}

// varianceRow is one difference.
type varianceRow struct {
	store.Variance
	Manager, Money bool
	CSRF           string
	RequestID      string
}

// Off is by how much what was counted differs.
func (r varianceRow) Off() store.Qty { return r.Tally.Differs() }

// After is what would stand there, were it approved now.
func (r varianceRow) After() store.Qty { return r.Books + r.Tally.Differs() }

// listVariances handles GET /counts/waiting.
func (s *Server) listVariances(c *fiber.Ctx) error {
	all, err := s.Store.Variances(c.UserContext())
	if err != nil {
		return err
	}
	v := variancePage{Manager: admit(managers, user(c).Role) == nil, Money: seesMoney(user(c))}
	all, v.Pages = paged(all, pageAsked(asked(c)), countPlacesPerPage, func(n int) string { return "/counts/waiting?page=" + strconv.Itoa(n) })
	for _, w := range all {
		v.Rows = append(v.Rows, varianceRow{w, v.Manager, v.Money, s.csrf(c), newID()})
	}
	if partial(c) {
		return s.fragments(c, part{"count/waiting", v})
	}
	h := head{Title: "Differences", Section: "more", Back: &crumb{"/counts", "Counts"}}
	return s.page(c, h, "count/waiting", v)
}

// judgeVariance handles POST /counts/waiting.
func (s *Server) judgeVariance(c *fiber.Ctx) error {
	request, err := requestID(c)
	if err != nil {
		return err
	}
	at, err := readSpot(func(name string) string { return formText(c, name) })
	if err != nil {
		return err
	}
	verdict := store.CountVerdict(formText(c, "verdict"))
	r, err := s.Store.JudgeCount(c.UserContext(), store.CountJudgement{RequestID: request, By: user(c).Actor(), Spot: at,
		Version: formText(c, "version"), Verdict: verdict})
	if err != nil {
		return err
	}
	t := toast{Text: "The books stand as they are."}
	switch {
	case verdict == store.CountAgain:
		t.Text = "It is asked to be counted again."
	case len(r.Movements) > 0:
		if t, err = s.movedToast(c, r.Movements[0], "/counts/waiting"); err != nil {
			return err
		}
	}
	return s.done(c, "/counts/waiting", t)
}

// rulesForm is the data of count/rules.
type rulesForm struct {
	Problem            complaints
	Value, Units, Days string
	Waits, Blind       bool
	CSRF               string
}

// showRules handles GET /counts/rules.
func (s *Server) showRules(c *fiber.Ctx) error {
	r, err := s.Store.CountRules(c.UserContext())
	if err != nil {
		return err
	}
	return s.answerRules(c, rulesForm{Value: r.Value.String(), Units: r.Units.String(), Days: strconv.Itoa(r.Days), Waits: !r.Off, Blind: r.Blind})
}

func (s *Server) answerRules(c *fiber.Ctx, f rulesForm) error {
	f.CSRF = s.csrf(c)
	if partial(c) {
		return s.fragments(c, part{"count/rules", f})
	}
	h := head{Title: "Rules of counting", Section: "more", Back: &crumb{"/counts", "Counts"}, Narrow: true}
	return s.page(c, h, "count/rules", f)
}

// saveRules handles POST /counts/rules.
func (s *Server) saveRules(c *fiber.Ctx) error {
	f := rulesForm{Value: formText(c, "value"), Units: formText(c, "units"), Days: formText(c, "days"),
		Waits: formTick(c, "waits"), Blind: formTick(c, "blind")}
	rules := store.CountRules{Off: !f.Waits, Blind: f.Blind}
	bad := complaints{}
	note := func(field string, err error) {
		if again, ok := complaintsIn(inField(field, err)); ok {
			bad = bad.join(again)
		}
	}
	var err error
	rules.Value, err = store.ParseMoney(f.Value)
	note("value", err)
	rules.Units, err = store.ParseQty(f.Units)
	note("units", err)
	if rules.Days, err = strconv.Atoi(f.Days); err != nil {
		note("days", fieldError("days", "Write 1 to 3,650 days."))
	}
	if !bad.Any() {
		err := s.Store.SaveCountRules(c.UserContext(), user(c).Actor(), rules)
		if err == nil {
			return s.done(c, "/counts", toast{Text: "The rules are saved."})
		}
		var ok bool
		if bad, ok = complaintsIn(err); !ok {
			return err
		}
	}
	f.Problem = bad
	c.Status(fiber.StatusUnprocessableEntity)
	return s.answerRules(c, f)
}
