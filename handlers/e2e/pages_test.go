package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
)

// A stop is a screen to look at, by the name of its picture: an address, or what follows from
// pressing something on the stop before.
type stop struct{ name, path, press, shows string }

// stops are all screens of somebody who is signed in as the owner, in an order that books nothing.
var stops = []stop{
	{"today", "/dashboard", "", ""},
	{"jobs", "/jobs", "", ""},
	{"jobs-week", "/jobs?when=week", "", ""},
	{"jobs-none", "/jobs?q=zzzz", "", ""},
	{"job", "/jobs?q=1042", `[data-number="1042"] a`, "#job"},
	{"pick", "", "#pick-list", "#pick"},
	{"job-timeline", "/jobs/1/sync", "", ""},
	{"sync-log", "/jobs/log", "", ""},
	{"sync", "/jobs/sync", "", ""},
	{"pick-day", "/pick", "", ""},
	{"closeouts", "/closeouts", "", ""},
	{"closeout-setting", "/admin/closeout", "", ""},
	{"match", "/match", "", ""},
	{"match-line", "", `.match a.btn`, "#choices"},
	{"match-inbox", "/match", "", ""},
	{"match-kit", "", `.match a[href*="/kit?"]`, "#choices"},
	{"answers", "/match/answers", "", ""},
	{"kits", "/kits", "", ""},
	{"kit-new", "/kits/new?q=breaker", "", ""},
	{"products", "/admin/products", "", ""},
	{"items", "/items", "", ""},
	{"items-search", "/items?q=breaker", "", ""},
	{"items-none", "/items?q=zzzz", "", ""},
	{"items-low", "/items?low=1", "", ""},
	{"item", "/items?q=BRK-20-1P", `[data-sku="BRK-20-1P"] a`, "#item"},
	{"keypad", "", `a[href$="/move?kind=issue"]`, ".pad"},
	{"item-new", "/items/new", "", ""},
	{"item-import", "/items/import", "", ""},
	{"item-edit", "/items?q=FLT-16-20", `[data-sku="FLT-16-20"] a`, "#item"},
	{"item-form", "", `a[href$="/edit"]`, "#sku"},
	{"labels", "/labels?q=breaker&item=3&place=2", "", ""},
	{"scan", "/scan", "", ""},
	{"scan-unknown", "/scan?code=BRK-99", "", ""},
	{"places", "/places", "", ""},
	{"place", "", `.tree .row:nth-child(3) a`, "h1"},
	{"places-walk", "/places?walk=1", "", ""},
	{"counts", "/counts", "", ""},
	{"count", "/count?code=A1-02", "", ""},
	{"count-blind", "/count?category=Electrical&blind=1", "", ""},
	{"counts-waiting", "/counts/waiting", "", ""},
	{"counts-rules", "/counts/rules", "", ""},
	{"load", "/load?item=1&item=2&item=3", "", ""},
	{"truck", "/scan?code=Truck+1", "", ""},
	{"truck-restock", "", `a[href*="restock=1"]`, "#load"},
	{"history", "/history", "", ""},
	{"more", "/more", "", ""},
	{"inbox", "/inbox", "", ""},
	{"profile", "/profile", "", ""},
	{"push", "/profile/push", "", ""},
	{"account", "/profile/account", "", ""},
	{"audit", "/admin/audit", "", ""},
	{"mails", "/admin/mails", "", ""},
	{"mail", "", "main .rows a", "h1"},
	{"alerts", "/admin/alerts", "", ""},
	{"users", "/admin/users", "", ""},
	{"user", "", `[data-user] a`, "#username, [data-user]"},
	{"stations", "/admin/stations", "", ""},
	{"backups", "/admin/backups", "", ""},
	{"status", "/admin/status", "", ""},
	{"webhooks", "/admin/webhooks", "", ""},
	{"webhooks-parked", "/admin/webhooks?status=parked", "", ""},
	{"settings", "/admin/settings", "", ""},
	{"settings-ending", "/admin/settings?ask=disconnect", "", ""},
	{"nowhere", "/nowhere", "", ""},
}

// walk signs in as the owner and stops at every screen.
func walk(t *testing.T, ctx context.Context, d demo, look func(name string)) {
	t.Helper()
	run(t, ctx, chromedp.Navigate(d.url+"/login"))
	look("login")
	run(t, ctx, chromedp.Navigate(d.url+"/forgot"))
	look("forgot")
	run(t, ctx, chromedp.Navigate(d.url+"/login"))
	run(t, ctx, signIn(d, "lcarver"))
	for _, s := range stops {
		if s.path != "" {
			run(t, ctx, chromedp.Navigate(d.url+s.path))
		}
		if s.press != "" {
			from := eval[string](t, ctx, `location.pathname`)
			// Script presses, so that what is covered is found by the test that is about it.
			run(t, ctx, chromedp.WaitReady(s.press, chromedp.ByQuery),
				chromedp.Evaluate(`setTimeout(() => document.querySelector('`+s.press+`').click()); true`, nil),
				until(`location.pathname != %q && document.readyState == "complete" && document.querySelector('%s')`, from, s.shows))
		}
		look(s.name)
	}
}
