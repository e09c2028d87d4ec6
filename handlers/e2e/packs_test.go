package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// unit taps a unit below the amount, once it stands still: a finger aims at what it sees.
func unit(value string) chromedp.Action {
	sel := `label.chip:has(input[name="unit"][value="` + value + `"])`
	return chromedp.Tasks{atRest(sel), chromedp.Click(sel, chromedp.ByQuery)}
}

// atRest waits until an element is where it was a moment before.
func atRest(sel string) chromedp.Action {
	return until(`(() => {
	const el = document.querySelector(%q), at = JSON.stringify(el.getBoundingClientRect()), was = el.dataset.wasAt;
	if (at !== was) el.dataset.wasAt = at; else delete el.dataset.wasAt;
	return at === was;
})()`, sel)
}

const packsSay = `document.querySelector("[data-packs]").innerText`

// A box is a unit like any other: it is counted whole, comes to so many pieces before it is booked, and is booked once.
func TestKeypadUnits(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	says := func(want, packs string, act chromedp.Action) {
		t.Helper()
		run(t, ctx, act)
		if got := padSays(t, ctx); got != want {
			t.Errorf("the keypad says %q, want %q", got, want)
		}
		if got := eval[string](t, ctx, packsSay); got != packs {
			t.Errorf("of packs it says %q, want %q", got, packs)
		}
	}
	withAxe(t, ctx)
	run(t, ctx, signIn(d, "ana"), openItem(d, "NUT-Y"), openPad("receive"))
	says("Receive 1 ea, 1,150 → 1,151", "", chromedp.Tasks{})
	says("Receive 100 ea, 1,150 → 1,250", "1 × box 100 = 100 ea", unit("box 100"))
	says("Receive 200 ea, 1,150 → 1,350", "2 × box 100 = 200 ea", keys("2"))
	says("Receive 300 ea, 1,150 → 1,450", "3 × box 100 = 300 ea", chromedp.Click(`[data-step="1"]`, chromedp.ByQuery))
	says("Receive 3 ea, 1,150 → 1,153", "", unit("")) // what was typed stays, it is of something else now
	says("Receive 1,500 ea, 1,150 → 2,650", "3 × jar 500 = 1,500 ea", unit("jar 500"))
	says("Receive 100 ea, 1,150 → 1,250", "1 × box 100 = 100 ea", chromedp.Tasks{keys("back"), unit("box 100"), keys("1")})
	says("Receive 200 ea, 1,150 → 1,350", "2 × box 100 = 200 ea", chromedp.Click(`[data-step="1"]`, chromedp.ByQuery))
	if got := eval[string](t, ctx, `document.querySelector("#quantity").inputMode`); got != "none" {
		t.Errorf("the field asks for the keyboard %q, want none", got)
	}
	axe(t, ctx, "the keypad in boxes")
	run(t, ctx, chromedp.DoubleClick(bookIt, chromedp.ByQuery), until(toastIs, "200 ea (2 × box 100) received, 1,350 on hand"))
	if n := eval[int](t, ctx, `document.querySelectorAll('[data-kind="receive"]').length`); n != 2 { // the first is the opening balance
		t.Errorf("the history has %d entries, want two", n)
	}

	// Feet are divided, coils are not. The suggestion turns with the unit.
	run(t, ctx, openItem(d, "NM-12-2"), openPad("count"))
	says("Count 310 ft, 310 → 310", "", chromedp.Tasks{})
	says("Count 250 ft, 310 → 250", "1 × coil 250 = 250 ft", unit("coil 250"))
	if !eval[bool](t, ctx, `document.querySelector('[data-key="."]').disabled`) {
		t.Error("a coil can be divided")
	}
	says("Count 310 ft, 310 → 310", "", unit(""))
	says("Count 12.5 ft, 310 → 12.5", "", keys("1", "2", ".", "5"))

	// All there is, is said in pieces.
	run(t, ctx, openItem(d, "NUT-R"), openPad("issue"))
	says("Take 980 ea, 980 → 0", "", chromedp.Tasks{unit("box 100"), chromedp.Click(`[data-fill]`, chromedp.ByQuery)})

	// Sent without a connection, it is kept as it was said.
	run(t, ctx, openItem(d, "NUT-R"), openPad("issue"), unit("box 100"), keys("3"), offline(true), chromedp.Click(bookIt, chromedp.ByQuery),
		until(`document.querySelector("#unsent")?.innerText.includes("Take 300 ea")`), offline(false), until(`!document.querySelector("#unsent")`), openItem(d, "NUT-R"))
	if got := onHand(t, ctx); got != "680" {
		t.Errorf("%s on hand, want 680", got)
	}
}

// On a laptop one types: a click on a unit gives the amount the focus back, and arrow keys among the units do not.
func TestKeypadUnitsByKeyboard(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, laptop)
	withAxe(t, ctx)
	run(t, ctx, signIn(d, "ana"), openItem(d, "NUT-Y"), openPad("receive"), unit("box 100"), until(`document.activeElement.id == "quantity"`), chromedp.KeyEvent("4"))
	if got := padSays(t, ctx); got != "Receive 400 ea, 1,150 → 1,550" {
		t.Errorf("typed behind a click on a unit, and the keypad says %q", got)
	}
	run(t, ctx, chromedp.Focus(`input[name="unit"]:checked`, chromedp.ByQuery), chromedp.KeyEvent(kb.ArrowRight),
		until(`document.querySelector("input[name=unit]:checked").value == "jar 500" && document.activeElement.name == "unit"`))
	axe(t, ctx, "the keypad on a laptop")
	run(t, ctx, emulation.SetScriptExecutionDisabled(true), openItem(d, "NUT-Y"), chromedp.Click(`a[href$="/move?kind=receive"]`, chromedp.ByQuery),
		until(`document.querySelector(".pad")`), chromedp.SetValue("#quantity", "2", chromedp.ByQuery), unit("box 100"),
		chromedp.Click(bookIt, chromedp.ByQuery), until(toastIs, "200 ea (2 × box 100) received, 1,350 on hand"))
}

// What came back may be said in packs too, line by line.
func TestLeftoversInPacks(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	withAxe(t, ctx)
	const row = `.back[data-sku="BRK-20-1P"]`
	run(t, ctx, signIn(d, "ana"), pickList(d), chromedp.Click("#pick-all", chromedp.ByQuery), until(toastIs, "lines taken"),
		chromedp.Click(".crumb", chromedp.ByQuery), whole("#job"), chromedp.Click("#came-back", chromedp.ByQuery),
		until(`document.querySelector("form.backs[data-ready]")`), chromedp.Evaluate(`document.querySelector('`+row+`').scrollIntoView({block: "center"}); true`, nil),
		chromedp.Click(row+` .stepper input`, chromedp.ByQuery), until(`!document.querySelector("[data-keys]").hidden`), chromedp.Click(`[data-key="2"]`, chromedp.ByQuery))
	used := func() string { return eval[string](t, ctx, `document.querySelector('%s [data-used]').innerText`, row) }
	if got := used(); got != "Used 4" {
		t.Errorf("2 of 6 came back, and the line says %q", got)
	}
	run(t, ctx, chromedp.Click(row+` label.chip:has([value="box 10"])`, chromedp.ByQuery))
	if got := used(); got != "Used 0" {
		t.Errorf("2 boxes of 10 came back, and the line says %q", got)
	}
	axe(t, ctx, "what came back, in boxes")
	run(t, ctx, chromedp.Click("#finish", chromedp.ByQuery), until(`document.querySelector(".confirm")?.innerText.includes("Put back 20 ea all the same?")`))
}
