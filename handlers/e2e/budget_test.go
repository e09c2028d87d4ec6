package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/boombuler/barcode"
	"github.com/chromedp/chromedp"
)

// A hand does what a person does, and counts it. What it does through [run] is not counted: it happened before.
type hand struct {
	t   *testing.T
	ctx context.Context
	d   demo
	cam camera
	effort
}

// An effort is what a task takes: taps, scans, and numbers or words that are typed.
type effort struct{ taps, scans, typed int }

func (h *hand) tap(selector string) {
	h.t.Helper()
	h.taps++
	run(h.t, h.ctx, chromedp.Click(selector, chromedp.ByQuery))
}

// scan is a hand scanner's, key by key.
func (h *hand) scan(code string) {
	h.t.Helper()
	h.scans++
	run(h.t, h.ctx, chromedp.Evaluate(`document.activeElement.blur()`, nil), strokes(code, 8*time.Millisecond))
}

// show holds a code before the camera.
func (h *hand) show(code barcode.Barcode) {
	h.t.Helper()
	h.scans++
	h.cam.shows(code)
}

// number is typed on the page's own keys; what ends it, if anything does, belongs to it.
func (h *hand) number(pressed ...string) {
	h.t.Helper()
	h.typed++
	for _, key := range pressed {
		if len(key) == 1 {
			key = `[data-key="` + key + `"]`
		}
		run(h.t, h.ctx, chromedp.Click(key, chromedp.ByQuery))
	}
}

// write types a word into what the last tap gave the focus.
func (h *hand) write(word string) {
	h.t.Helper()
	h.typed++
	run(h.t, h.ctx, chromedp.KeyEvent(word))
}

func (h *hand) sees(script string, args ...any) {
	h.t.Helper()
	run(h.t, h.ctx, until(script, args...))
}

// today is the page where a day begins.
func (h *hand) today() {
	h.t.Helper()
	run(h.t, h.ctx, chromedp.Navigate(h.d.url+"/dashboard"))
	h.sees(`document.querySelector("[data-figure]") && document.readyState == "complete"`)
}

// keeping begins a day with what the last scan did.
func keeping(verb string) func(h *hand) {
	return func(h *hand) {
		run(h.t, h.ctx, chromedp.Navigate(h.d.url+"/scan?verb="+verb), until(`document.querySelector("#verb-%s[aria-current]")`, verb))
		h.today()
	}
}

// stay goes on where the task before ended.
func (h *hand) stay() {}

const (
	breaker14 = `document.querySelector('[data-sku="BRK-20-1P"] [data-quantity="on-hand"]')?.value == "14"`
	loaded    = `document.querySelectorAll("#list .is-load").length == %d && document.readyState == "complete"`
)

// budgets are the rows of the specification's table, in an order in which each finds what the ones before left.
var budgets = []struct {
	task        string
	allowed     effort
	begin, walk func(h *hand)
}{
	{"find an item by the camera", effort{1, 1, 0}, (*hand).today, func(h *hand) {
		h.show(code128Of(h.t, "BRK-20-1P"))
		h.tap(`.nav a[href="/scan"]`)
		h.sees(breaker14)
	}},
	{"find an item by three letters", effort{2, 0, 1}, (*hand).today, func(h *hand) {
		h.tap("#q")
		h.write("1-p")
		h.sees(`document.querySelector('#found [data-sku="BRK-20-1P"]')`)
		h.tap(`#found [data-sku="BRK-20-1P"] a`)
		h.sees(`document.querySelector("article#item") && ` + breaker14)
	}},
	{"find an item by a hand scanner", effort{0, 1, 0}, (*hand).today, func(h *hand) {
		h.scan("419283027015")
		h.sees(breaker14)
	}},
	{"receive without an order", effort{2, 1, 1}, (*hand).today, func(h *hand) {
		h.scan("BRK-20-1P")
		h.sees(`document.querySelector("article#item")`)
		h.tap(`a[href$="/move?kind=receive"]`)
		h.sees(`document.querySelector("form.pad[data-ready]")`)
		h.number("2", "4")
		h.tap(bookIt)
		h.sees(toastIs, "24 ea received, 38 on hand")
	}},
	{"count a shelf with two right lines and a wrong one", effort{2 + 1, 1, 1}, keeping("count"), func(h *hand) {
		h.scan("A1-02")
		run(h.t, h.ctx, counting("VLV-CHK-34"))
		h.tap(countIt)
		run(h.t, h.ctx, counting("VLV-PRV-34"))
		h.number("4", countIt)
		run(h.t, h.ctx, counting("VLV-SH-12"))
		h.tap(countIt)
		h.sees(`document.querySelector(%q)`, finishIt)
		h.tap(finishIt)
		h.sees(toastIs, "3 items counted, 1 was off")
		run(h.t, h.ctx, openItem(h.d, "VLV-PRV-34"), until(`document.querySelectorAll('[data-kind="count"]').length == 1`))
		if got := onHand(h.t, h.ctx); got != "4" {
			h.t.Errorf("%s on hand, want 4", got)
		}
	}},
	{"move 5 items to a truck", effort{1, 1 + 5, 0}, keeping("find"), func(h *hand) {
		h.scan("Truck 1")
		h.sees(`document.querySelector('form[data-scan-into] [name="to"]') && document.querySelector("h1").innerText == "Truck 1"`)
		h.scan("BRK-20-1P")
		h.sees(loaded, 1)
		for _, code := range []string{"VLV-BALL-12", "419283001114", "VLV-CHK-34", "NM-12-2"} {
			h.scan(code)
		}
		h.sees(loaded, 5)
		h.tap("#list .dock .is-act")
		h.sees(toastIs, "5 lines moved to Truck 1")
		h.sees(`document.querySelector('[data-sku="BRK-20-1P"] [data-quantity="on-hand"]').value == "1"`)
	}},
	{"undo an act of many lines within 10 s", effort{1, 0, 0}, (*hand).stay, func(h *hand) {
		h.tap("#toast button")
		h.sees(toastIs, "Undone, all 5 entries")
		h.sees(`!document.querySelector('[data-sku="BRK-20-1P"] [data-quantity="on-hand"]')`)
	}},
	{"restock a truck to par", effort{2, 0, 0}, func(h *hand) {
		for _, one := range []struct{ code, par, saved string }{{"BRK-20-1P", "6", "Breaker 20 A, 1-pole: saved"}, {"VLV-CHK-34", "40", "Check valve 3/4 in, spring: saved"}} {
			run(h.t, h.ctx, chromedp.Evaluate(`document.querySelector("#pars").open = true`, nil), chromedp.SendKeys("#par-code", one.code, chromedp.ByQuery),
				chromedp.SendKeys("#par", one.par, chromedp.ByQuery), chromedp.Click("#pars button", chromedp.ByQuery), until(toastIs, one.saved))
		}
	}, func(h *hand) {
		h.tap(`a[href*="restock=1"]`)
		h.sees(loaded, 2)
		if text := eval[string](h.t, h.ctx, `document.querySelector("#list").innerText`); !contains(text, "Not on any shelf", "has 0 of 40 ea", "Move 2 lines") {
			h.t.Errorf("the restock says\n%s", text)
		}
		h.tap("#list .dock .is-act")
		h.sees(toastIs, "2 lines moved to Truck 1")
		h.sees(`document.querySelector('[data-sku="BRK-20-1P"] [data-quantity="on-hand"]').value == "6"`)
	}},
	{"take a whole line for a job", effort{1, 0, 0}, func(h *hand) { run(h.t, h.ctx, pickList(h.d)) }, func(h *hand) {
		h.tap(`#pick [data-sku="BRK-20-1P"] .take`)
		run(h.t, h.ctx, ticked("BRK-20-1P"))
	}},
	{"undo it within 10 s", effort{1, 0, 0}, (*hand).stay, func(h *hand) {
		h.tap("#toast button")
		h.sees(`document.querySelector('#pick [data-sku="BRK-20-1P"]:not(.is-done) .take')`)
	}},
	{"take everything for a job", effort{2, 0, 0}, func(h *hand) {
		run(h.t, h.ctx, chromedp.Click(".crumb", chromedp.ByQuery), whole("#job"))
	}, func(h *hand) {
		h.tap("#pick-list")
		run(h.t, h.ctx, whole("#pick-all"))
		h.tap("#pick-all")
		h.sees(toastIs, "lines taken")
		h.sees(`!document.querySelector("#pick .take") && document.querySelectorAll("#pick .is-done").length > 3`)
	}},
	{"undo for ever", effort{2, 0, 0}, (*hand).today, func(h *hand) {
		h.tap(`a[href="/history"]`)
		h.sees(`document.querySelector('button[aria-label^="Undo all"]')`)
		h.tap(`button[aria-label^="Undo all"]`)
		h.sees(toastIs, "Undone, all")
	}},
	{"return leftovers of two lines", effort{1 + 2 + 1, 0, 2}, func(h *hand) {
		run(h.t, h.ctx, pickList(h.d), chromedp.Click("#pick-all", chromedp.ByQuery), until(toastIs, "lines taken"),
			chromedp.Click(".crumb", chromedp.ByQuery), whole("#job"))
	}, func(h *hand) {
		h.tap("#came-back")
		h.sees(`document.querySelector("form.backs[data-ready]")`)
		for _, sku := range []string{"BRK-20-1P", "NM-12-2"} {
			run(h.t, h.ctx, chromedp.Evaluate(`document.querySelector('.back[data-sku="`+sku+`"]').scrollIntoView({block: "center"}); true`, nil))
			h.tap(`.back[data-sku="` + sku + `"] .stepper input`)
			h.sees(`!document.querySelector("[data-keys]").hidden`)
			h.number("2")
		}
		h.sees(`document.querySelector('.back[data-sku="BRK-20-1P"]').innerText.includes("Used 4")`)
		h.sees(`document.querySelector("#finish").innerText == "Put back 2 lines"`)
		h.tap("#finish")
		h.sees(toastIs, "2 lines put back")
		if got := line(h.t, h.ctx); got != "6 4 open" {
			h.t.Errorf("the line is %q", got)
		}
	}},
	{"a closed job used it all", effort{2, 0, 0}, func(h *hand) { run(h.t, h.ctx, closed(h.d)) }, func(h *hand) {
		h.tap("[data-closeout] a")
		h.sees(`document.querySelector("#all-used")`)
		h.tap("#all-used")
		h.sees(toastIs, "all of it was used")
	}},
}

// No task takes more taps, scans or typing than the specification allows, on a phone.
func TestBudgets(t *testing.T) {
	d := startDemo(t)
	ctx, cam := openWithCamera(t, phone)
	run(t, ctx, signIn(d, "ana"))
	for _, b := range budgets {
		ok := t.Run(b.task, func(t *testing.T) {
			h := &hand{t: t, ctx: ctx, d: d, cam: cam}
			b.begin(h)
			h.effort = effort{}
			b.walk(h)
			if h.taps > b.allowed.taps || h.scans > b.allowed.scans || h.typed > b.allowed.typed {
				t.Errorf("it took %+v, allowed are %+v", h.effort, b.allowed)
			}
		})
		if !ok {
			return // the tasks after it would find something else
		}
	}
}
