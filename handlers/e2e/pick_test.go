package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// pickList opens the list of job 1042 from the list of jobs.
func pickList(d demo) chromedp.Tasks {
	return chromedp.Tasks{chromedp.Navigate(d.url + "/jobs?q=1042"), chromedp.Click(`[data-number="1042"] a`, chromedp.ByQuery),
		whole("#job"), chromedp.Click("#pick-list", chromedp.ByQuery), whole("#pick")}
}

// whole waits for a page that has this and has come to its end.
func whole(sel string) chromedp.Action {
	return until(`document.readyState === "complete" && document.querySelector('%s')`, sel)
}

// ticked waits for a line of the list to be done.
func ticked(sku string) chromedp.Action {
	return until(`document.querySelector('#pick [data-sku="%s"].is-done')`, sku)
}

// A scan picks its line, and the next one may come while the first is under way.
func TestScanOnAPickList(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	run(t, ctx, signIn(d, "ana"), pickList(d))
	if n := eval[int](t, ctx, `document.querySelectorAll("#pick .line:not(.is-done)").length`); n < 4 {
		t.Fatalf("%d lines to pick", n)
	}
	scan(t, ctx, "BRK-20-1P")
	scan(t, ctx, "PEX-RNG-12")
	run(t, ctx, ticked("BRK-20-1P"), ticked("PEX-RNG-12"))
	scan(t, ctx, "NO-SUCH-1")
	run(t, ctx, until(`document.querySelector("#toast.is-bad").innerText.includes("No item has the code NO-SUCH-1")`))
}

// scan tells the page what a scanner of any sort does.
func scan(t *testing.T, ctx context.Context, code string) {
	t.Helper()
	run(t, ctx, chromedp.Evaluate(`document.dispatchEvent(new CustomEvent("scan", {cancelable: true, detail: {code: "`+code+`"}})); true`, nil))
}

// Two people on one list see each other's ticks, and nobody takes a line twice.
func TestTwoOnOneList(t *testing.T) {
	d := startDemo(t)
	ana, joe := open(t, phone), open(t, tablet)
	run(t, ana, signIn(d, "ana"), pickList(d))
	run(t, joe, signIn(d, "joe"), pickList(d))
	run(t, ana, chromedp.Click(`#pick [data-sku="BRK-20-1P"] .take`, chromedp.ByQuery), ticked("BRK-20-1P"))
	run(t, joe, ticked("BRK-20-1P")) // without a touch
	if text := eval[string](t, joe, `document.querySelector('#pick [data-sku="BRK-20-1P"]').innerText`); !contains(text, "ana", "6 ea") {
		t.Errorf("joe reads %q", text)
	}

	// Both tap at once: joe's page does not know yet that ana was first.
	const line = `#pick [data-sku="NM-12-2"] .take`
	run(t, joe, chromedp.Evaluate(`addEventListener("htmx:beforeRequest", (ev) => { if (ev.detail.requestConfig.verb === "get") ev.preventDefault(); }, true); true`, nil))
	run(t, ana, chromedp.Click(line, chromedp.ByQuery), ticked("NM-12-2"))
	run(t, joe, chromedp.Click(line, chromedp.ByQuery), until(`document.querySelector("#toast.is-bad")?.innerText.includes("ana took")`), ticked("NM-12-2"))
	run(t, joe, chromedp.Navigate(d.url+"/items?q=NM-12-2"), chromedp.Click(`[data-sku="NM-12-2"] a`, chromedp.ByQuery), until(`document.querySelector("#item")`))
	if n := eval[int](t, joe, `document.querySelectorAll('[data-kind="issue"]:not(.undone)').length`); n != 1 {
		t.Errorf("the line was taken %d times", n)
	}
}

// Where events do not come through, the page asks now and then.
func TestPickWithoutEvents(t *testing.T) {
	d := startDemo(t)
	ana, joe := open(t, phone), open(t, laptop)
	run(t, joe, chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(`window.EventSource = class extends EventTarget {
			static CLOSED = 2;
			readyState = 2;
			constructor() { super(); setTimeout(() => this.dispatchEvent(new Event("error"))); }
			close() {}
		};`).Do(ctx)
		return err
	}), signIn(d, "joe"), pickList(d))
	run(t, ana, signIn(d, "ana"), pickList(d), chromedp.Click(`#pick [data-sku="BRK-20-1P"] .take`, chromedp.ByQuery), ticked("BRK-20-1P"))
	run(t, joe, ticked("BRK-20-1P"))
}

// A job is picked and what was left over brought back without a script, from the list of jobs to the item's history: a
// whole line, a part of one, the rest at once, and a damaged one that is scrapped.
func TestPickAndReturnWithoutJavaScript(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	const cable = `#pick [data-sku="NM-12-2"]`
	run(t, ctx, emulation.SetScriptExecutionDisabled(true), signIn(d, "ana"), pickList(d),
		chromedp.Click(`#pick `+breaker+` .take`, chromedp.ByQuery), ticked("BRK-20-1P"), until(toastIs, "6 ea"),
		chromedp.Click(cable+` summary`, chromedp.ByQuery), chromedp.Click(cable+` a[href*="/move?"]`, chromedp.ByQuery), until(`document.querySelector("form.pad")`),
		chromedp.SetValue("#quantity", "20", chromedp.ByQuery), chromedp.Click(bookIt, chromedp.ByQuery),
		until(`document.querySelector('%s:not(.is-done)')?.dataset.issued == "20"`, cable),
		chromedp.Click("#pick-all", chromedp.ByQuery), ticked("NM-12-2"), until(toastIs, "lines taken"))
	if n := eval[int](t, ctx, `document.querySelectorAll("#pick .take").length`); n != 0 {
		t.Errorf("%d lines can still be taken", n)
	}

	came := `.back` + breaker
	run(t, ctx, chromedp.Click(".crumb", chromedp.ByQuery), whole("#job"), chromedp.Click("#came-back", chromedp.ByQuery), until(`document.querySelector("form.backs")`),
		chromedp.SetValue(came+` .stepper input`, "2", chromedp.ByQuery), chromedp.Click(came+" summary", chromedp.ByQuery),
		chromedp.SetValue(came+` [name^="damaged-"]`, "1", chromedp.ByQuery), chromedp.Click("#finish", chromedp.ByQuery), until(`document.querySelector(".error")`))
	if got := eval[string](t, ctx, `document.querySelector('%s .stepper input').value`, came); got != "2" {
		t.Errorf("a scrap without a reason is refused, and the field holds %q", got)
	}
	run(t, ctx, chromedp.SetValue(came+` [name^="reason-"]`, "cracked", chromedp.ByQuery), chromedp.Click("#finish", chromedp.ByQuery), whole("#job"), until(toastIs, "put back"))
	if got := line(t, ctx); got != "6 3 open" {
		t.Errorf("the line is %q, want 3 of 6 used", got)
	}
	run(t, ctx, openItem(d, "BRK-20-1P"))
	if kinds := eval[string](t, ctx, `[...document.querySelectorAll(".timeline [data-kind]")].map(e => e.dataset.kind).sort().join(" ")`); kinds != "issue receive return return scrap" && kinds != "issue receive return scrap" {
		t.Errorf("the history is %s", kinds)
	}
	if got := onHand(t, ctx); got != "10" {
		t.Errorf("%s on hand, want 14 - 6 + 2", got)
	}
}
