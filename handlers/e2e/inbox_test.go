package e2e

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// bell opens Today until the bell on it counts what ran low: the judge looks at an act after it was answered.
func bell(t *testing.T, ctx context.Context, d demo, atLeast int) (n int) {
	t.Helper()
	for range 40 {
		run(t, ctx, chromedp.Navigate(d.url+"/dashboard"))
		if n = eval[int](t, ctx, `Number(document.querySelector(".bell").dataset.unread)`); n >= atLeast {
			return n
		}
	}
	t.Fatalf("the bell says %d, want %d or more", n, atLeast)
	return 0
}

const onHandIs = `document.querySelector('article [data-quantity="on-hand"]')?.value == %q`

// What runs low rings the bell of whoever has no mail, and opening the inbox is reading it.
func TestInbox(t *testing.T) {
	dir := os.Getenv("SCREENSHOTS")
	if dir != "" && !filepath.IsAbs(dir) {
		dir = filepath.Join("..", "..", dir)
	}
	d := startDemo(t)
	for i, s := range []screen{phone, tablet, laptop} {
		t.Run(s.name, func(t *testing.T) {
			ctx := open(t, s)
			withAxe(t, ctx)
			run(t, ctx, signIn(d, []string{"ana", "dwhit", "lcarver"}[i]))
			if i == 0 {
				run(t, ctx, chromedp.Navigate(d.url+"/inbox?before=1"))
				shoot(t, ctx, dir, "inbox-empty", s)
				axe(t, ctx, "the empty inbox")
				run(t, ctx, openItem(d, "BRK-20-1P"), openPad("issue"), keys("1", "2"), chromedp.Click(bookIt, chromedp.ByQuery), until(onHandIs, "2"),
					openItem(d, "FLT-16-20"), openPad("issue"), keys("3", "5"), chromedp.Click(bookIt, chromedp.ByQuery), until(onHandIs, "9"))
			}
			rings := bell(t, ctx, d, 3) // what was imported, and the two
			shoot(t, ctx, dir, "bell", s)
			axe(t, ctx, "Today with a bell")
			run(t, ctx, chromedp.Click(".bell", chromedp.ByQuery), until(`location.pathname == "/inbox" && document.querySelectorAll("[data-fresh]").length == %d`, rings))
			if got := eval[string](t, ctx, `document.querySelector('[data-sku="BRK-20-1P"]').innerText`); !contains(got, "−4 of 10 ea", "Taken by ana, −12 ea, today", "Out", "New") {
				t.Errorf("the breaker's entry says %q", got)
			}
			if got := eval[string](t, ctx, `document.querySelector(".bell").dataset.unread`); got != "0" {
				t.Errorf("in the inbox the bell says %s", got)
			}
			shoot(t, ctx, dir, "inbox", s)
			axe(t, ctx, "the inbox")
			run(t, ctx, chromedp.Click(`[data-sku="BRK-20-1P"] a`, chromedp.ByQuery), until(`document.querySelector('article[data-sku="BRK-20-1P"]')`))
		})
	}
}
