package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// atOffice opens job 1042 where its office keeps it.
func atOffice(d demo) chromedp.Tasks {
	return chromedp.Tasks{chromedp.Navigate(d.office), chromedp.Click(`a[data-number="1042"]`, chromedp.ByQuery), until(`document.querySelector("[data-office-line]")`)}
}

const card = `document.querySelector('[data-closeout] a[href$="/back"]')`

// closed closes job 1042 at the office and waits until the dashboard asks what came back.
func closed(d demo) chromedp.Tasks {
	return chromedp.Tasks{atOffice(d), chromedp.Click(`form[action$="/close"] button:not([formaction])`, chromedp.ByQuery),
		until(`document.querySelector('[data-state="closed"]')`), comes(d, "/dashboard", card)}
}

// A closed job asks what came back; a job that goes on asks again.
func TestCloseOut(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	run(t, ctx, signIn(d, "ana"), pickList(d), chromedp.Click("#pick-all", chromedp.ByQuery), until(toastIs, "lines taken"), closed(d))
	if text := eval[string](t, ctx, `document.querySelector("[data-closeout]").innerText`); !contains(text, "#1042", "lines out, what came back?") {
		t.Errorf("the card says %q", text)
	}
	run(t, ctx, chromedp.Navigate(d.url+"/jobs"), until("%s", card), chromedp.Click("[data-closeout] a", chromedp.ByQuery), until(`document.querySelector("#all-used")`),
		chromedp.Click("#all-used", chromedp.ByQuery), until(toastIs, "all of it was used"))
	if text := eval[string](t, ctx, `document.querySelector('%s[data-line]').innerText`, breaker); !contains(text, "6 ea went out", "6 used") {
		t.Errorf("the line says %q", text)
	}
	run(t, ctx, chromedp.Navigate(d.url+"/dashboard"))
	if eval[bool](t, ctx, `!!%s`, card) {
		t.Error("the question was answered, and the card stays")
	}
	run(t, ctx, atOffice(d), chromedp.Click(`button[formaction$="/reopen"], form[action$="/reopen"] button`, chromedp.ByQuery), until(`document.querySelector('[data-state="open"]')`),
		comes(d, "/dashboard", card))
}

// comes opens a page of the program again and again until a script says true of it: a webhook is on its way.
func comes(d demo, path, script string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		var yes bool
		for range 40 {
			if err := chromedp.Run(ctx, chromedp.Navigate(d.url+path), chromedp.Evaluate("!!("+script+")", &yes)); err != nil || yes {
				return err
			}
		}
		return until("%s", script).Do(ctx)
	})
}

// Pick lists and returns in all their states: nothing that axe finds, nothing that cannot be pressed, nothing wider than the screen.
func TestPickPagesAreSound(t *testing.T) {
	dir := os.Getenv("SCREENSHOTS")
	if dir != "" && !filepath.IsAbs(dir) {
		dir = filepath.Join("..", "..", dir)
	}
	d := startDemo(t)
	ctx := open(t, laptop)
	run(t, ctx, signIn(d, "ana"), pickList(d))
	list := eval[string](t, ctx, `location.pathname`)
	press := func(sku, sel string) chromedp.Tasks {
		return chromedp.Tasks{chromedp.Evaluate(`document.querySelector('#pick [data-sku="`+sku+`"] `+sel+`').click(); true`, nil)}
	}
	run(t, ctx, press("BRK-20-1P", ".take"), ticked("BRK-20-1P"),
		press("NM-12-2", `form[action$="/short"] button`), until(`document.querySelector('[data-sku="NM-12-2"][data-missing]')`))
	truck := eval[string](t, ctx, `[...document.querySelectorAll("#pick-to option")].find(o => o.innerText.startsWith("Truck")).value`)
	run(t, ctx, chromedp.Navigate(d.url+list+"?to="+truck), press("PVC-EL-2", ".take"), ticked("PVC-EL-2"),
		press("PEX-RNG-12", ".take"), ticked("PEX-RNG-12"))
	empty := eval[string](t, ctx, `document.querySelector('#pick [data-sku="BOX-1G-OW"]').dataset.item`) + "." + "1"
	// On paper stand lines with boxes to tick, the done ones too, and nothing to press.
	run(t, ctx, chromedp.Navigate(d.url+list), whole("#pick-all"), chromedp.Evaluate(`dispatchEvent(new Event("beforeprint")); true`, nil),
		emulation.SetEmulatedMedia().WithMedia("print"))
	if seen := eval[[]string](t, ctx, `[...document.querySelectorAll("button, select, input, nav, .dock, summary svg")].filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 90))`); len(seen) > 0 {
		t.Errorf("on paper stands %q", seen)
	}
	if boxes := eval[[]int](t, ctx, `[document.querySelectorAll("#pick .line").length, [...document.querySelectorAll("#pick .line > .num")].filter(e => e.checkVisibility() && getComputedStyle(e, "::after").content !== "none").length]`); boxes[0] < 9 || boxes[0] != boxes[1] {
		t.Errorf("%d lines on paper, %d of them with a box", boxes[0], boxes[1])
	}
	shoot(t, ctx, dir, "pick-paper", laptop)
	for _, s := range []screen{phone, tablet, laptop} {
		t.Run(s.name, func(t *testing.T) {
			ctx := open(t, s)
			withAxe(t, ctx)
			run(t, ctx, signIn(d, "lcarver"))
			for name, path := range map[string]string{"pick": list + "?empty=" + empty, "pick-aside": list + "?to=" + truck, "pick-today": "/pick",
				"back": strings.TrimSuffix(list, "/pick") + "/back"} {
				run(t, ctx, chromedp.Navigate(d.url+path), whole("main"))
				shoot(t, ctx, dir, name, s)
				for _, bad := range append(eval[[]string](t, ctx, covered+`(document)`), eval[[]string](t, ctx, inMenus)...) {
					t.Errorf("%s: %s", name, bad)
				}
				run(t, ctx, chromedp.EmulateViewport(s.width, 6000))
				axe(t, ctx, name)
				run(t, ctx, scheme(false), chromedp.EmulateViewport(s.width, s.height))
			}
		})
	}
}
