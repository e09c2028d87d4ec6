package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

const (
	waiting  = `document.querySelectorAll("#waiting > ul > li").length`
	firstAsk = `#waiting li:first-child form.pickone > button:first-of-type`
	firstKit = `#waiting li:first-child a[href*="/kit?"]`
)

// One tap answers for every job, Undo asks again, and a line that is a kit becomes a row for each item.
func TestMatchInbox(t *testing.T) {
	dir := os.Getenv("SCREENSHOTS")
	if dir != "" && !filepath.IsAbs(dir) {
		dir = filepath.Join("..", "..", dir)
	}
	d := startDemo(t)
	ctx := open(t, phone)
	pressable := func(name string) {
		t.Helper()
		for _, bad := range eval[[]string](t, ctx, covered+`(document)`) {
			t.Errorf("%s: %s", name, bad)
		}
		run(t, ctx, chromedp.Evaluate(`scrollTo(0, 0)`, nil))
		shoot(t, ctx, dir, name, phone)
	}
	run(t, ctx, signIn(d, "ana"), chromedp.Navigate(d.url+"/match"), until(waiting+" > 1"))
	before := eval[int](t, ctx, waiting)
	name := eval[string](t, ctx, `document.querySelector("#waiting blockquote").innerText`)
	pressable("match-inbox")

	run(t, ctx, chromedp.DoubleClick(firstAsk, chromedp.ByQuery), until(waiting+" == %d", before-1), until(toastIs, "updated"))
	if eval[string](t, ctx, `document.querySelector("#waiting blockquote").innerText`) == name {
		t.Errorf("%s still waits", name)
	}
	run(t, ctx, chromedp.Click(`#toast button`, chromedp.ByQuery), until(waiting+" == %d", before), until(toastIs, "is as it was before"))
	if got := eval[string](t, ctx, `document.querySelector("#waiting blockquote").innerText`); got != name {
		t.Errorf("first waits %q, want %q again", got, name)
	}

	run(t, ctx, chromedp.Click(firstKit, chromedp.ByQuery), until(`document.querySelector("#choices") && location.pathname.endsWith("/kit")`))
	pressable("match-kit")
	run(t, ctx, chromedp.Click(`a[href^="/kits/new"]`, chromedp.ByQuery), until(`document.querySelector("#items")`),
		chromedp.SendKeys("#q", "breaker", chromedp.ByQuery),
		until(`document.querySelector('#items button[data-sku="BRK-20-1P"]')`))
	pressable("kit-new")
	run(t, ctx, chromedp.Click(`#items button[data-sku="BRK-20-1P"]`, chromedp.ByQuery), until(`document.querySelector("#kit") && document.querySelectorAll("#kit [data-item]").length == 1`),
		until(toastIs, "the kit"),
		chromedp.SendKeys("#factor", "2.5", chromedp.ByQuery), chromedp.SendKeys("#q", "NM-12-2", chromedp.ByQuery),
		until(`document.querySelector('#items button[data-sku="NM-12-2"]')`),
		chromedp.Click(`#items button[data-sku="NM-12-2"]`, chromedp.ByQuery),
		until(`document.querySelectorAll("#kit [data-item]").length == 2`))
	run(t, ctx, chromedp.Reload(), until(`document.querySelectorAll("#kit [data-item]").length == 2`)) // the toast covers what is below
	pressable("kit")
	if got := eval[string](t, ctx, `document.querySelector('#kit [data-sku="NM-12-2"] input[name=factor]').value`); got != "2.5" {
		t.Errorf("the kit has %s of it, want 2.5", got)
	}
	run(t, ctx, chromedp.Navigate(d.url+"/match/answers"), until(`document.querySelectorAll("[data-answer]").length == 1`))
	pressable("match-answers")
	if text := eval[string](t, ctx, `document.querySelector("[data-answer]").innerText`); !contains(text, name, "the kit", "Forget", "Change") {
		t.Errorf("the answer is %q", text)
	}
	run(t, ctx, chromedp.Click(`[data-answer] form[action$="/forget"] button`, chromedp.ByQuery), until(toastIs, "Forgotten"),
		chromedp.Click(`#toast button`, chromedp.ByQuery), until(toastIs, "is as it was before"), until(`document.querySelectorAll("[data-answer]").length == 1`))
}

// The owner reads the price book, corrects a SKU and makes items of two products.
func TestProducts(t *testing.T) {
	dir := os.Getenv("SCREENSHOTS")
	if dir != "" && !filepath.IsAbs(dir) {
		dir = filepath.Join("..", "..", dir)
	}
	d := startDemo(t)
	ctx := open(t, phone)
	const rows = `document.querySelectorAll("[data-product]").length`
	run(t, ctx, signIn(d, "dwhit"), chromedp.Navigate(d.url+"/admin/products"),
		chromedp.Click(`form[action$="/read"] button`, chromedp.ByQuery), until(rows+" > 1"))
	for _, bad := range eval[[]string](t, ctx, covered+`(document)`) {
		t.Errorf("%s", bad)
	}
	run(t, ctx, chromedp.Evaluate(`scrollTo(0, 0)`, nil))
	shoot(t, ctx, dir, "products", phone)
	before := eval[int](t, ctx, rows)
	first := eval[string](t, ctx, `document.querySelector("[data-product] b").innerText`)
	run(t, ctx, chromedp.Click(`[data-product]:first-child .tick`, chromedp.ByQuery),
		chromedp.SetValue(`[data-product]:first-child input.input`, "E2E-NEW-1", chromedp.ByQuery),
		chromedp.Click(`.dock .is-act`, chromedp.ByQuery), until(toastIs, "1 product is an item now"), until(rows+" == %d", before-1))
	run(t, ctx, openItem(d, "E2E-NEW-1"))
	if got := eval[string](t, ctx, `document.querySelector("h1").innerText`); got != first {
		t.Errorf("the item is %q, want %q", got, first)
	}
}
