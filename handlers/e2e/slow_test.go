package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// edge is a link as in the far corner of a warehouse: 400 ms there and back, 400 kbit/s.
func edge(ctx context.Context) error {
	_, err := network.EmulateNetworkConditionsByRule([]*network.Conditions{{Latency: 400, DownloadThroughput: 50_000, UploadThroughput: 50_000}}).Do(ctx)
	return err
}

// shifts adds up how far what stands on the page jumped while it loaded: 0.1 is where it begins to look broken
// (web.dev, Cumulative Layout Shift).
const shifts = `new Promise((done) => { let sum = 0; new PerformanceObserver((list) => { for (const e of list.getEntries()) sum += e.value; }).observe({ type: "layout-shift", buffered: true }); requestAnimationFrame(() => requestAnimationFrame(() => done(sum))); })`

// On a slow link nothing looks broken: pages come whole and do not jump, a line that is being taken says so, a second
// tap takes nothing more, and a keystroke does not wait for the one before.
func TestSlowLink(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	run(t, ctx, signIn(d, "ana"), chromedp.ActionFunc(edge))
	for _, path := range []string{"/dashboard", "/items", "/jobs"} {
		run(t, ctx, chromedp.Navigate(d.url+path), chromedp.WaitVisible("main h1", chromedp.ByQuery))
		var jumped float64
		run(t, ctx, chromedp.Evaluate(shifts, &jumped, awaited))
		if jumped > 0.1 {
			t.Errorf("%s jumps by %.2f while it comes", path, jumped)
		}
		if bare := eval[bool](t, ctx, `getComputedStyle(document.querySelector("main")).fontFamily.includes("Times")`); bare {
			t.Errorf("%s stands there without its style", path)
		}
	}

	take := breaker + ` form[action$="/issue"] button`
	run(t, ctx, chromedp.Navigate(d.url+"/jobs?q=1042"), chromedp.Click(`[data-number="1042"] a`, chromedp.ByQuery),
		until(`document.querySelector("#job") && document.readyState === "complete"`)) // its scripts are there, too
	// Everything from here on goes on in the page, so that no answer comes between.
	said := eval[string](t, ctx, `(() => { const b = document.querySelector('%s'); b.click(); b.click(); const f = b.form;
		return [f.closest("tr").dataset.act, f.closest("tr").querySelector(".act-note").innerText.trim(), b.getAttribute("aria-disabled")].join(); })()`, take)
	if said != `sending,Sending…,true` {
		t.Errorf("while it is sent, the line says %s", said)
	}
	run(t, ctx, until(`document.querySelector('%s[data-line]')?.dataset.issued == "6"`, breaker), openItem(d, "BRK-20-1P"))
	if got := onHand(t, ctx); got != "8" {
		t.Errorf("%s on hand after two taps, want 8", got)
	}

	run(t, ctx, chromedp.Navigate(d.url+"/items"), chromedp.SendKeys("#q", "breaker", chromedp.ByQuery),
		until(`document.querySelector("#item-rows").innerText.includes("Breaker 20 A")`))
	if got := eval[string](t, ctx, `document.querySelector("#q").value`); got != "breaker" {
		t.Errorf("typing on a slow link left %q", got)
	}
}
