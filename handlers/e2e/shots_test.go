package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// pages are the screens to look at, by the name of their picture. A path that begins with "a" is a link to
// follow from the page before the colon.
var pages = []struct{ name, path, click string }{
	{"today", "/dashboard", ""},
	{"jobs", "/jobs", ""},
	{"jobs-week", "/jobs?when=week", ""},
	{"job", "/jobs?q=1042", `[data-number="1042"] a`},
	{"job-beside", "/jobs?when=tomorrow", `[data-number="1042"] a`},
	{"job-timeline", "/jobs/1/sync", ""},
	{"sync-log", "/jobs/log", ""},
	{"pick-day", "/pick", ""},
	{"closeouts", "/closeouts", ""},
	{"closeout-setting", "/admin/closeout", ""},
	{"match", "/match", ""},
	{"answers", "/match/answers", ""},
	{"kits", "/kits", ""},
	{"kit-new", "/kits/new?q=breaker", ""},
	{"products", "/admin/products", ""},
	{"items", "/items", ""},
	{"items-search", "/items?q=breaker", ""},
	{"items-low", "/items?low=1", ""},
	{"item", "/items?q=BRK-20-1P", `[data-sku="BRK-20-1P"] a`},
	{"item-new", "/items/new", ""},
	{"item-import", "/items/import", ""},
	{"scan", "/scan", ""},
	{"labels", "/labels?q=breaker&item=3&place=2", ""},
	{"places", "/places", ""},
	{"counts", "/counts", ""},
	{"count", "/count?code=A1-02", ""},
	{"truck", "/scan?code=Truck+1", ""},
	{"load", "/load?code=Truck+1&item=1&item=2&item=3", ""},
	{"counts-rules", "/counts/rules", ""},
	{"history", "/history", ""},
	{"more", "/more", ""},
	{"inbox", "/inbox", ""},
	{"profile", "/profile", ""},
	{"push", "/profile/push", ""},
	{"account", "/profile/account", ""},
	{"audit", "/admin/audit", ""},
	{"users", "/admin/users", ""},
	{"stations", "/admin/stations", ""},
	{"backups", "/admin/backups", ""},
	{"status", "/admin/status", ""},
	{"webhooks", "/admin/webhooks", ""},
	{"mails", "/admin/mails", ""},
	{"settings", "/admin/settings", ""},
	{"settings-ending", "/admin/settings?ask=disconnect", ""},
	{"nowhere", "/nowhere", ""},
}

// TestScreenshots takes a picture of every screen at three sizes, light and dark. It writes them where
// SCREENSHOTS says; without it, it proves only that each page shows and nothing on it is wider than the screen.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("SCREENSHOTS")
	if dir != "" && !filepath.IsAbs(dir) {
		dir = filepath.Join("..", "..", dir) // as seen from where make runs
	}
	d := startDemo(t)
	for _, s := range []screen{phone, tablet, laptop} {
		t.Run(s.name, func(t *testing.T) {
			ctx := open(t, s)
			run(t, ctx, chromedp.Navigate(d.url+"/login"))
			shoot(t, ctx, dir, "login", s)
			run(t, ctx, signIn(d, "lcarver"))
			for _, p := range pages {
				run(t, ctx, chromedp.Navigate(d.url+p.path))
				if p.click != "" {
					run(t, ctx, chromedp.Click(p.click, chromedp.ByQuery), until(`document.querySelector("article")`))
				}
				shoot(t, ctx, dir, p.name, s)
				if p.name == "item" {
					run(t, ctx, chromedp.Navigate(eval[string](t, ctx, `location.href`)+"/move?kind=issue"))
					shoot(t, ctx, dir, "keypad", s)
				}
			}
		})
	}
}
