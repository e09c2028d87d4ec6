package e2e

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	quantity = `document.querySelector("#quantity").value`
	bookIt   = `.pad .dock button`
	toastIs  = `document.querySelector("#toast").innerText.includes(%q)`
)

// openItem finds an item by its code, as a hand scanner does.
func openItem(d demo, sku string) chromedp.Tasks {
	return chromedp.Tasks{chromedp.Navigate(d.url + "/scan?code=" + sku), until(`document.querySelector('article[data-sku="%s"]')`, sku)}
}

// openPad presses the verb's button on the item's page.
func openPad(kind string) chromedp.Tasks {
	return chromedp.Tasks{chromedp.Click(`a[href$="/move?kind=`+kind+`"]`, chromedp.ByQuery),
		until(`document.querySelector("form.pad[data-ready]")`)}
}

func keys(pressed ...string) chromedp.Tasks {
	var tasks chromedp.Tasks
	for _, k := range pressed {
		tasks = append(tasks, chromedp.Click(`.key[data-key="`+k+`"]`, chromedp.ByQuery))
	}
	return tasks
}

// padSays is the button of the keypad's page and what it says of the shelf.
func padSays(t *testing.T, ctx context.Context) string {
	t.Helper()
	return eval[string](t, ctx, `document.querySelector(%q).innerText + ", " + document.querySelector("[data-before]").innerText + " → " + document.querySelector("[data-after]").innerText`, bookIt)
}

// The keypad says what it will do before it does it, books a double tap once, and going back shows what is true now.
func TestKeypad(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	run(t, ctx, signIn(d, "ana"), openItem(d, "BRK-20-1P"), openPad("issue"))
	says := func(want string, does ...chromedp.Action) {
		t.Helper()
		run(t, ctx, does...)
		if got := padSays(t, ctx); got != want {
			t.Errorf("the keypad says %q, want %q", got, want)
		}
	}
	step := func(by string) chromedp.Action { return chromedp.Click(`[data-step="`+by+`"]`, chromedp.ByQuery) }
	says("Take 1 ea, 14 → 13")
	says("Take 5 ea, 14 → 9", keys("5"))
	says("Take 4 ea, 14 → 10", step("-1"))
	says("Take 6 ea, 14 → 8", step("1"), step("1"))
	says("Take 12 ea, 14 → 2", keys("1", "2"))
	says("Take 1 ea, 14 → 13", keys("back"))
	says("Take 14 ea, 14 → 0", chromedp.Click(`[data-fill]`, chromedp.ByQuery))
	says("Take 5 ea, 14 → 9", keys("5"))
	if !eval[bool](t, ctx, `document.querySelector('.key[data-key="."]').disabled`) {
		t.Error("half a breaker can be typed")
	}

	run(t, ctx, chromedp.DoubleClick(bookIt, chromedp.ByQuery), until(`document.querySelector("article#item")`), until(toastIs, "5 ea taken, 9 left"))
	if got := onHand(t, ctx); got != "9" {
		t.Errorf("after a double tap %s are on hand, want 9", got)
	}
	if n := eval[int](t, ctx, `document.querySelectorAll('[data-kind="issue"]').length`); n != 1 {
		t.Errorf("the history has %d entries, want one", n)
	}
	run(t, ctx, chromedp.NavigateBack(), until(`document.querySelector("form.pad[data-ready]")`))
	says("Take 1 ea, 9 → 8")
	run(t, ctx, chromedp.NavigateBack(), until(`document.querySelector("article#item")`))
	if got := onHand(t, ctx); got != "9" {
		t.Errorf("back on the item's page %s are on hand, want 9", got)
	}

	run(t, ctx, openItem(d, "NM-12-2"), openPad("issue"))
	says("Take 12.5 ft, 310 → 297.5", keys("1", "2", ".", "5"))

	// More than there is: a question takes the button's place, and the answer repeats the act.
	run(t, ctx, openItem(d, "BRK-20-1P"), openPad("issue"), keys("2", "0"), chromedp.Click(bookIt, chromedp.ByQuery),
		until(`document.querySelector(".pad .confirm")`))
	if text := eval[string](t, ctx, `document.querySelector(".confirm").innerText`); !contains(text, "9", "20", "Take 20 ea", "−11") {
		t.Errorf("the question is %q", text)
	}
	run(t, ctx, chromedp.Click(`.confirm a.btn`, chromedp.ByQuery), until(`document.querySelector("form.pad[data-ready] [data-key]")`))
	says("Take 20 ea, 9 → −11")
}

// A part of what went to a job comes back: the keypad offers all of it, and leads back to the line.
func TestPutAPartBack(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	run(t, ctx, signIn(d, "ana"), chromedp.Navigate(d.url+"/jobs?q=1042"), chromedp.Click(`[data-number="1042"] a`, chromedp.ByQuery),
		until(`document.querySelector("#job")`), chromedp.Click(breaker+` form[action$="/issue"] button`, chromedp.ByQuery),
		until(`document.querySelector('%s[data-line]').dataset.issued == "6"`, breaker),
		chromedp.Click(breaker+` summary`, chromedp.ByQuery), chromedp.Click(breaker+` a[href*="kind=return"]`, chromedp.ByQuery),
		until(`document.querySelector("form.pad[data-ready]")`))
	if got := padSays(t, ctx); got != "Put back 6 ea, 8 → 14" {
		t.Errorf("the keypad says %q", got)
	}
	run(t, ctx, keys("2"), chromedp.Click(bookIt, chromedp.ByQuery), until(toastIs, "2 ea put back, 10 on hand"))
	if got := line(t, ctx); got != "6 4 open" {
		t.Errorf("the line is %q", got)
	}
	if !eval[bool](t, ctx, `(b => b.top >= 0 && b.bottom <= innerHeight)(document.querySelector('%s[data-line]').getBoundingClientRect())`, breaker) {
		t.Error("the job is shown from its top, and the line is out of sight")
	}
}

// offline cuts the browser off, or connects it again.
func offline(yes bool) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := network.EmulateNetworkConditionsByRule([]*network.Conditions{{Offline: yes, DownloadThroughput: -1, UploadThroughput: -1}}).Do(ctx)
		if err != nil {
			return err
		}
		return network.OverrideNetworkState(yes, 0, -1, -1).Do(ctx) // what the page is told
	})
}

// In a dead corner nothing is lost: what was typed stays, and the second tap books once.
func TestNoConnection(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	const said, kept = "No connection. Nothing was lost: tap again.", "No connection. Kept, and sent when it is back."
	nothingKept := until(`!document.querySelector("#unsent")`)
	run(t, ctx, signIn(d, "ana"), openItem(d, "BRK-20-1P"), openPad("issue"), keys("5"),
		offline(true), chromedp.Click(bookIt, chromedp.ByQuery), until(toastIs, kept),
		until(`document.querySelector("#unsent")?.innerText.includes("Take 5 ea, Breaker 20 A, 1-pole")`))
	if got := padSays(t, ctx); got != "Take 5 ea, 14 → 9" {
		t.Errorf("without a connection the keypad says %q", got)
	}
	// The network is back, and so is what was kept: it is booked without a tap, and once.
	run(t, ctx, offline(false), nothingKept, openItem(d, "BRK-20-1P"))
	if got := onHand(t, ctx); got != "9" {
		t.Errorf("%s on hand, want 9", got)
	}

	take := breaker + ` form[action$="/issue"] button`
	run(t, ctx, chromedp.Navigate(d.url+"/jobs?q=1042"), chromedp.Click(`[data-number="1042"] a`, chromedp.ByQuery), until(`document.querySelector("#job")`),
		offline(true), chromedp.Click(take, chromedp.ByQuery), acts(breaker+"[data-line]", "failed"))
	if eval[bool](t, ctx, `document.querySelector("#toast").innerText != ""`) {
		t.Error("the toast says what the line says already")
	}
	if got := line(t, ctx); got != "6 0 open" {
		t.Errorf("without a connection the line is %q", got)
	}
	// Discarded, it is not sent, neither now nor with the next page.
	run(t, ctx, chromedp.Click(breaker+` button[aria-label^="Discard"]`, chromedp.ByQuery), nothingKept, offline(false), chromedp.Reload(), until(`document.querySelector("#job")`))
	if got := line(t, ctx); got != "6 0 open" {
		t.Errorf("discarded, and the line is %q", got)
	}
	// Kept, and tapped again before the page knows that the network is back: booked once.
	run(t, ctx, offline(true), chromedp.Click(take, chromedp.ByQuery), acts(breaker+"[data-line]", "failed"),
		offline(false), until(`document.querySelector('%s[data-line]')?.dataset.issued == "6"`, breaker), nothingKept)
	if eval[bool](t, ctx, toastIs, kept) {
		t.Error("the toast still says that there is no connection")
	}
	run(t, ctx, openItem(d, "BRK-20-1P"))
	if got := onHand(t, ctx); got != "3" {
		t.Errorf("%s on hand, want 3", got)
	}

	// A form that no script sends: the browser would leave for a page of its own.
	run(t, ctx, chromedp.Navigate(d.url+"/items/new"), chromedp.SendKeys("#sku", "NEW-1", chromedp.ByQuery),
		offline(true), chromedp.Click(`.dock button`, chromedp.ByQuery), until(toastIs, said))
	if got := eval[string](t, ctx, `document.querySelector("#sku").value`); got != "NEW-1" {
		t.Errorf("without a connection the form holds %q", got)
	}
	run(t, ctx, offline(false))
}

// Results come while one types, the address follows, and the way back leads to them.
func TestSearchAsYouType(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	const rows = `[...document.querySelectorAll("tr[data-sku]")].map(r => r.dataset.sku).join()`
	run(t, ctx, signIn(d, "ana"), chromedp.Navigate(d.url+"/items"), chromedp.SendKeys("#q", "gfci", chromedp.ByQuery),
		until(rows+`.startsWith("GFCI")`), until(`new URLSearchParams(location.search).get("q") == "gfci"`))
	found := eval[string](t, ctx, rows)
	run(t, ctx, chromedp.Click(`tr[data-sku="GFCI-20-W"] a`, chromedp.ByQuery), until(`document.querySelector("#item")`),
		chromedp.NavigateBack(), until(`document.querySelector("#q") && document.querySelector("#q").value == "gfci"`))
	if got := eval[string](t, ctx, rows); got != found {
		t.Errorf("back in the list: %s, before it was %s", got, found)
	}
	run(t, ctx, chromedp.SendKeys("#q", kb.End+"zzz", chromedp.ByQuery), until(`document.querySelector("#item-rows h2")`))
	if text := eval[string](t, ctx, `document.querySelector("#item-rows").innerText`); !contains(text, "No item fits “gfcizzz”", "Scan") {
		t.Errorf("nothing found, and the page says:\n%s", text)
	}
	run(t, ctx, chromedp.Navigate(d.url+"/jobs"), chromedp.SendKeys("#q", "miller", chromedp.ByQuery),
		until(`document.querySelector('[data-number="1042"]')`), until(`new URLSearchParams(location.search).get("q") == "miller"`))
}

// Everything of the day's work goes without a script.
func TestWithoutJavaScript(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	run(t, ctx, emulation.SetScriptExecutionDisabled(true), signIn(d, "ana"),
		chromedp.Navigate(d.url+"/items"), chromedp.SendKeys("#q", "breaker 20"+kb.Enter, chromedp.ByQuery),
		until(`location.search.includes("q=breaker") && document.querySelector('%s')`, breaker))

	run(t, ctx, chromedp.Navigate(d.url+"/jobs?q=1042"), chromedp.Click(`[data-number="1042"] a`, chromedp.ByQuery),
		until(`document.querySelector("#job")`), chromedp.Click(breaker+` form[action$="/issue"] button`, chromedp.ByQuery),
		until(`document.querySelector('%s[data-line]').dataset.issued == "6"`, breaker), until(toastIs, "6 ea"),
		chromedp.Click(`#toast button`, chromedp.ByQuery), until(`document.querySelector('%s[data-line]').dataset.issued == "0"`, breaker))

	run(t, ctx, openItem(d, "BRK-20-1P"), chromedp.Click(`a[href$="/move?kind=issue"]`, chromedp.ByQuery), until(`document.querySelector(".pad")`),
		chromedp.SetValue("#quantity", "5", chromedp.ByQuery), chromedp.Click(bookIt, chromedp.ByQuery), until(toastIs, "5 ea taken, 9 left"))
	if shown := eval[bool](t, ctx, `!!document.querySelector(".keys")?.checkVisibility()`); shown {
		t.Error("keys that do nothing are shown")
	}

	run(t, ctx, chromedp.Navigate(d.url+"/match"))
	waiting := eval[string](t, ctx, `document.querySelector(".match").dataset.line`)
	run(t, ctx, chromedp.Click(`.match button[value]:not([value="none"])`, chromedp.ByQuery), until(toastIs, "updated"),
		until(`document.querySelector(".match").dataset.line != %q`, waiting))

	name := "Shower pan liner, grey, with preformed corners and dam boards, for curbless showers up to 60 in"
	run(t, ctx, chromedp.Navigate(d.url+"/items/new"), chromedp.SendKeys("#sku", "LNR-60", chromedp.ByQuery),
		chromedp.SendKeys("#name", name, chromedp.ByQuery), chromedp.Click(`.dock button`, chromedp.ByQuery),
		until(`document.querySelector('article[data-sku="LNR-60"]')`))
	for _, path := range []string{"", "/items?q=LNR-60"} {
		if path != "" {
			run(t, ctx, chromedp.Navigate(d.url+path))
		}
		fits := `document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll("h1, .row-name")].some(e => e.innerText == ` + fmt.Sprintf("%q", name) + ` && e.scrollWidth <= e.clientWidth + 1 && e.getBoundingClientRect().height > 40)`
		if !eval[bool](t, ctx, "%s", fits) {
			t.Errorf("a long name does not wrap on %q", path)
		}
	}
}

// A list does not jump under the thumb: a line stays where it is while it is taken and when that is undone, and a
// question about it comes into sight above the bar.
func TestLinesStayWhereTheyAre(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	top := func() float64 {
		return eval[float64](t, ctx, `document.querySelector('%s[data-line]').getBoundingClientRect().top`, breaker)
	}
	issued := func(want string) chromedp.Action {
		return until(`document.querySelector('%s[data-line]').dataset.issued == %q`, breaker, want)
	}
	run(t, ctx, signIn(d, "ana"), chromedp.Navigate(d.url+"/jobs?q=1042"), chromedp.Click(`[data-number="1042"] a`, chromedp.ByQuery),
		until(`document.querySelector("#job")`),
		chromedp.Evaluate(`document.querySelector('`+breaker+`').scrollIntoView({block: "center"}); true`, nil))
	before := top()
	for _, act := range []struct{ name, press, issued string }{
		{"taken", breaker + ` form[action$="/issue"] button`, "6"},
		{"the undo", "#toast button", "0"},
	} {
		run(t, ctx, chromedp.Click(act.press, chromedp.ByQuery), issued(act.issued))
		if now := top(); now < before-2 || now > before+2 {
			t.Errorf("after %s the line stands at %v, it stood at %v", act.name, now, before)
		}
	}
	run(t, ctx, chromedp.Click(breaker+` form[action$="/issue"] button`, chromedp.ByQuery), issued("6"),
		chromedp.Evaluate(`document.querySelector('[data-sku="GFCI-20-W"]').scrollIntoView({block: "center"}); true`, nil), // from under the toast
		chromedp.Click(`[data-sku="GFCI-20-W"] form[action$="/issue"] button`, chromedp.ByQuery), until(`document.querySelector("tr.ask")`))
	if !eval[bool](t, ctx, `(b => b.bottom <= document.querySelector(".dock").getBoundingClientRect().top && b.top > 0)(document.querySelector(".confirm").getBoundingClientRect())`) {
		t.Error("the question is out of sight")
	}
	if text := eval[string](t, ctx, `document.querySelector("#toast").innerText`); text != "" {
		t.Errorf("beside the question the toast still says %q", text)
	}

	first := `[...document.querySelectorAll("tr[data-line]")].find(e => e.getBoundingClientRect().top >= 0)`
	sku := eval[string](t, ctx, "%s", first+`.dataset.sku`)
	where := `document.querySelector('[data-sku="` + sku + `"][data-line]').getBoundingClientRect().top`
	before = eval[float64](t, ctx, "%s", where)
	// By script: the driver would scroll to where the bar stands when it does not stick to the edge.
	run(t, ctx, chromedp.Evaluate(`document.querySelector("#take-all").click()`, nil), until(toastIs, "lines taken"))
	if now := eval[float64](t, ctx, "%s", where); now < before-2 || now > before+2 {
		t.Errorf("after all was taken the first line in sight stands at %v, it stood at %v", now, before)
	}
}
