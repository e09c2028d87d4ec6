package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// keyEvent is input.DispatchKeyEventParams, whose time is in whole seconds.
type keyEvent struct {
	Type      string  `json:"type"`
	Key       string  `json:"key"`
	Text      string  `json:"text,omitempty"`
	Code      int     `json:"windowsVirtualKeyCode,omitempty"`
	Timestamp float64 `json:"timestamp"` // seconds
}

// listening waits until a page has listened for a while: what is scanned in its first moments may have begun on the page
// before, and is to be scanned again.
func listening() chromedp.Action {
	return until(`((page) => page.domContentLoadedEventEnd > 0 && performance.now() > page.domContentLoadedEventEnd + 100)(performance.getEntriesByType("navigation")[0])`)
}

// strokes are keys that come a gap apart by their own clock, however busy this machine is, and Enter after them.
func strokes(text string, gap time.Duration) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		if err := listening().Do(ctx); err != nil {
			return err
		}
		at := time.Now()
		stroke := func(key, text string, code int) error {
			stamp := float64(at.UnixMicro()) / 1e6
			at = at.Add(gap)
			return errors.Join(
				cdp.Execute(ctx, input.CommandDispatchKeyEvent, keyEvent{"keyDown", key, text, code, stamp}, nil),
				cdp.Execute(ctx, input.CommandDispatchKeyEvent, keyEvent{"keyUp", key, "", code, stamp}, nil))
		}
		for _, r := range text {
			if err := stroke(string(r), string(r), 0); err != nil {
				return err
			}
		}
		return stroke("Enter", "\r", 13)
	})
}

// inOneGo are codes from a hand scanner, right after something the page does: it comes to nothing else before them, and no
// key waits for this machine.
func inOneGo(after string, codes ...string) chromedp.Action {
	keys, err := json.Marshal(codes)
	return chromedp.ActionFunc(func(ctx context.Context) error {
		return errors.Join(err, chromedp.Evaluate(after+`; { let at = performance.now();
for (const code of `+string(keys)+`) for (const key of [...code, "Enter"]) {
  const ev = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  Object.defineProperty(ev, "timeStamp", { value: at += 8 });
  document.body.dispatchEvent(ev);
} } true`, nil).Do(ctx))
	})
}

// A hand scanner finds an item from any page with one scan; what people type does nothing, and a text field keeps its text.
func TestHandScanner(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, laptop)
	const fast, slow = 8 * time.Millisecond, 120 * time.Millisecond
	run(t, ctx, signIn(d, "ana"))
	for _, path := range []string{"/dashboard", "/jobs", "/more", "/history"} {
		run(t, ctx, chromedp.Navigate(d.url+path), until(`document.readyState == "complete"`), strokes("419283027015", fast),
			until(`document.querySelector('article[data-sku="BRK-20-1P"]')`))
	}
	// The button that happens to have the focus is not pressed: a scan ends in Enter.
	run(t, ctx, chromedp.Navigate(d.url+"/jobs?q=1042"), chromedp.Click(`[data-number="1042"] a`, chromedp.ByQuery), until(`document.querySelector("#job")`),
		chromedp.Focus(`[data-sku="BRK-20-1P"] form[action$="/issue"] button`, chromedp.ByQuery), strokes("BOX-1G-OW", fast),
		until(`document.querySelector('article[data-sku="BOX-1G-OW"]')`))
	if got := onHandOf(t, ctx, d, "BRK-20-1P"); got != "14" {
		t.Errorf("a scan pressed the button that had the focus: %s on hand, want 14", got)
	}

	run(t, ctx, chromedp.Navigate(d.url+"/more"), until(`document.readyState == "complete"`), strokes("419283027015", slow), strokes("419", fast))
	if at := eval[string](t, ctx, `location.pathname`); at != "/more" {
		t.Errorf("what people type led to %s", at)
	}
	run(t, ctx, chromedp.Navigate(d.url+"/items/new"), chromedp.Focus("#name", chromedp.ByQuery), strokes("419283027015", fast),
		until(`document.querySelector("main [role=alert]") && document.querySelector("#name").value == "419283027015"`))

	// On the scan page it does the verb, one more with each scan.
	run(t, ctx, chromedp.Navigate(d.url+"/scan?verb=take"), until(`document.querySelector("#finder").dataset.camera`),
		strokes("BRK-20-1P", fast), strokes("419283027015", fast), until(hits+` == 2`))
	if got := onHandOf(t, ctx, d, "BRK-20-1P"); got != "12" {
		t.Errorf("%s on hand, want 12", got)
	}
}

// Half a code is none: when its first keys were pressed on the page before, and some between the two were lost, it is to be
// scanned again, and nothing else is looked up in its place.
func TestScanBetweenPages(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, laptop)
	run(t, ctx, signIn(d, "ana"), chromedp.Navigate(d.url+"/more"), whole("h1"), listening(),
		chromedp.Evaluate(`sessionStorage.setItem("lwc-scans", JSON.stringify({part: {typed: "41928", last: performance.timeOrigin + performance.now()}, person: document.body.dataset.person})); true`, nil),
		inOneGo("", "3027015"), until(toastIs, "Scan that again: the page was changing."))
	if at := eval[string](t, ctx, `location.pathname`); at != "/more" {
		t.Errorf("half a code led to %s", at)
	}
	run(t, ctx, strokes("419283027015", 8*time.Millisecond), until(`document.querySelector('article[data-sku="BRK-20-1P"]')`))

	// What was read whole on the way out is the next page's.
	const atItsEnd = `queueMicrotask(() => localStorage.setItem("seen", sessionStorage.getItem("lwc-scans")))`
	run(t, ctx, listening(), inOneGo(`location.assign("/more"); `+atItsEnd, "BOX-1G-OW"), until(`document.querySelector('article[data-sku="BOX-1G-OW"]')`))
	if seen := eval[string](t, ctx, `localStorage.getItem("seen")`); !contains(seen, "BOX-1G-OW") {
		t.Errorf("the page that was left kept %s for the next one", seen)
	}

	// The first thing for a truck leads to the list's page; two more are scanned while it loads, and come on the list.
	run(t, ctx, chromedp.Navigate(d.url+"/more"), whole("h1"))
	handScan(t, ctx, "Truck 1")
	run(t, ctx, until(`document.querySelector('form[data-scan-into] [name="to"]')`), whole("h1"), listening(),
		inOneGo("", "BRK-20-1P", "VLV-BALL-12", "419283001114"), until(`document.querySelectorAll("#list .is-load").length == 3`))
}
