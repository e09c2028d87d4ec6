package e2e

import (
	"context"
	"strconv"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

const (
	countIt  = `form.pad .dock button`
	finishIt = `form[action="/count/finish"] .dock button`
)

// handScan types a code as a hand scanner does: fast, and Enter at the end.
func handScan(t *testing.T, ctx context.Context, code string) {
	t.Helper()
	run(t, ctx, listening(), chromedp.Evaluate(`document.activeElement.blur(); for (const key of [...`+strconv.Quote(code)+`, "Enter"])
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })); true`, nil))
}

// counting waits for the keypad of an item.
func counting(sku string) chromedp.Action {
	return until(`document.querySelector('form.pad[data-ready][data-sku="%s"]')`, sku)
}

// A row says right in one tap wherever it stands and stays there; a scan leads to its line; nothing that is scanned
// becomes an amount.
func TestCountFromTheList(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	run(t, ctx, signIn(d, "ana"), chromedp.Navigate(d.url+"/count?code=A1"), counting("VLV-BALL-1"))
	const row = `#count [data-sku="VLV-STOP-S"]`
	top := func() float64 {
		return eval[float64](t, ctx, `document.querySelector('%s').getBoundingClientRect().top`, row)
	}
	run(t, ctx, chromedp.Evaluate(`document.querySelector('`+row+`').scrollIntoView({block: "center"}); true`, nil))
	before := top()
	run(t, ctx, chromedp.Click(row+" button", chromedp.ByQuery), until(`document.querySelector('%s [data-counted]')`, row))
	if now := top(); now < before-2 || now > before+2 {
		t.Errorf("the line stands at %v, it stood at %v", now, before)
	}
	handScan(t, ctx, "VLV-CHK-34")
	run(t, ctx, counting("VLV-CHK-34"))
	if got := eval[string](t, ctx, `document.querySelector("#quantity").value`); got != "9" {
		t.Errorf("after a scan the amount is %q", got)
	}
	handScan(t, ctx, "A1-02")
	run(t, ctx, until(`document.querySelector("#count h1").innerText == "A1-02"`), counting("VLV-CHK-34"), chromedp.Click(countIt, chromedp.ByQuery), counting("VLV-PRV-34"))

	// What is not finished is still there after the browser was closed.
	place := eval[string](t, ctx, `document.querySelector('form.pad [name="place"]').value`)
	run(t, ctx, chromedp.Navigate(d.url+"/counts"), chromedp.Click(`section[aria-labelledby="h-open"] a[href$="place=`+place+`"]`, chromedp.ByQuery),
		counting("VLV-PRV-34"), until(`document.querySelector("#count [data-counted]")`))
}

// Counting and loading go without a script.
func TestCountWithoutJavaScript(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	run(t, ctx, emulation.SetScriptExecutionDisabled(true), signIn(d, "ana"), chromedp.Navigate(d.url+"/count?code=A1-02"),
		until(`document.querySelector('form.pad[data-sku="VLV-CHK-34"]')`), chromedp.Click(countIt, chromedp.ByQuery),
		until(`document.querySelector('form.pad[data-sku="VLV-PRV-34"]')`),
		chromedp.Click(`#count [data-sku="VLV-PRV-34"] .take`, chromedp.ByQuery), until(`document.querySelector('form.pad[data-sku="VLV-SH-12"]')`),
		chromedp.SetValue("#quantity", "1", chromedp.ByQuery), chromedp.Click(countIt, chromedp.ByQuery),
		until(`document.querySelector(%q)`, finishIt), chromedp.Click(finishIt, chromedp.ByQuery), until(toastIs, "3 items counted"))
	run(t, ctx, chromedp.Navigate(d.url+"/load?code=Truck+1"), until(`document.querySelector("h1").innerText == "Move to Truck 1"`),
		chromedp.SendKeys("#code", "VLV-BALL-12\r", chromedp.ByQuery), until(`document.querySelector("#list .is-load")`),
		chromedp.Click("#list .dock .is-act", chromedp.ByQuery), until(toastIs, "1 line moved to Truck 1"))
}
