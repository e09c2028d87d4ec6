package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
)

const (
	apart    = `(([l, d]) => l.width > 200 && d.width > 300 && l.right <= d.left)(["#list", "#detail"].map(id => document.querySelector(id).getBoundingClientRect()))`
	chosen   = `[...document.querySelectorAll("#list .row-name[aria-current=true]")].map(a => a.pathname).join()`
	rowTop   = `Math.round(document.querySelector('#list [data-sku="%s"] .row-name').getBoundingClientRect().top)`
	requests = `performance.getEntriesByType("resource").filter(e => !e.name.includes("/static/")).length`
	list     = `(document.querySelector("#q").value + " " + (document.querySelector("#list .pages .note")?.innerText ?? ""))`
)

// press taps what script presses: a click of the browser's own would scroll first.
func press(selector string) chromedp.Action {
	return chromedp.Evaluate(`setTimeout(() => document.querySelector('`+selector+`').click()); true`, nil)
}

// still waits for a script to say true once what was fetched has been put in its place and heard of by the page's scripts.
func still(script string, args ...any) chromedp.Action {
	return until(`document.readyState == "complete" && !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling") && `+script, args...)
}

// shows waits for a detail's page with its list beside it.
func shows(sku string) chromedp.Action {
	return still(`document.querySelector('#detail article[data-sku="%s"]') && `+apart, sku)
}

func rowOf(sku string) string { return `#list [data-sku="` + sku + `"] .row-name` }

// On a tablet and a laptop the list stays while its items come and go beside it: one request a tap, the item's own
// address, Back and a reload lead to what was there.
func TestListAndDetail(t *testing.T) {
	d := startDemo(t)
	for _, s := range []screen{tablet, laptop} {
		t.Run(s.name, func(t *testing.T) {
			ctx := open(t, s)
			withAxe(t, ctx)
			run(t, ctx, signIn(d, "ana"), chromedp.Navigate(d.url+"/items?category=Plumbing"), until(`!document.querySelector("#detail > *")`),
				chromedp.Evaluate(`scrollTo(0, 300)`, nil))
			want := func(what, script, want string, args ...any) {
				t.Helper()
				if got := eval[string](t, ctx, `String(`+script+`)`, args...); got != want {
					t.Errorf("%s: %s, want %s", what, got, want)
				}
			}
			top := eval[string](t, ctx, `String(`+rowTop+`)`, "VLV-BALL-12")
			before := eval[int](t, ctx, requests)
			run(t, ctx, press(rowOf("VLV-BALL-12")), shows("VLV-BALL-12"))
			ball := eval[string](t, ctx, `location.pathname`)
			if n := eval[int](t, ctx, requests) - before; n != 1 {
				t.Errorf("one tap made %d requests", n)
			}
			want("the row's height after the tap", rowTop, top, "VLV-BALL-12")
			want("the chosen row", chosen, ball)
			want("the title", `document.title`, "Ball valve 1/2 in, brass, full port · LWC Inventory")
			axe(t, ctx, "an item beside its list")

			run(t, ctx, press(rowOf("VLV-BALL-34")), shows("VLV-BALL-34"))
			valve := eval[string](t, ctx, `location.pathname`)
			run(t, ctx, press(`#list .pages a[rel="next"]`), still(list+`.includes("26 to")`))
			want("the address after paging", `location.pathname`, valve)
			page := eval[string](t, ctx, list)
			run(t, ctx, chromedp.Reload(), shows("VLV-BALL-34"))
			want("the list after a reload", list, page)

			run(t, ctx, chromedp.SendKeys("#q", "ball", chromedp.ByQuery), still(`document.querySelector('%s') && !document.querySelector("#list .pages")`, rowOf("VLV-BALL-12")))
			want("the address after a search", `location.pathname`, valve)
			want("the chosen row after a search", chosen, valve)
			run(t, ctx, chromedp.NavigateBack(), shows("VLV-BALL-12"))
			want("the address after going back", `location.pathname`, ball)
			want("the search after going back", list, "ball ")
			want("the chosen row after going back", chosen, ball)
			run(t, ctx, chromedp.NavigateBack(), until(`!document.querySelector("#detail > *")`))
			want("the list by itself", `location.pathname + location.search`, "/items?category=Plumbing")
		})
	}
}

// A job's act brings its row in the list beside it up to date.
func TestJobBesideItsList(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, tablet)
	withAxe(t, ctx)
	row := `#list [data-number="1042"] `
	run(t, ctx, signIn(d, "ana"), chromedp.Navigate(d.url+"/jobs?when=tomorrow"), press(row+".row-name"), until(`document.querySelector("#detail #job") && `+apart))
	axe(t, ctx, "a job beside its list")
	run(t, ctx, press(breaker+` form[action$="/issue"] button`), until(`document.querySelector('%s[role=img]').ariaLabel.includes("1 picked")`, row))
	if got := eval[string](t, ctx, chosen); got != eval[string](t, ctx, `location.pathname`) {
		t.Errorf("the chosen row is %s", got)
	}
	// What a search finds elsewhere has no half to fill: its page comes whole, with its list.
	run(t, ctx, chromedp.Navigate(d.url+"/dashboard"), chromedp.SendKeys("#q", "1-p", chromedp.ByQuery),
		until(`document.querySelector('#found %s')`, breaker), press("#found "+breaker+" a"), shows("BRK-20-1P"))
}

// A place stands beside the tree of places, where the form for one more has fields of its own.
func TestPlaceBesideItsList(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, tablet)
	withAxe(t, ctx)
	run(t, ctx, signIn(d, "ana"), chromedp.Navigate(d.url+"/places"), still(`document.querySelector("#list .row-name")`))
	run(t, ctx, press("#list .row-name"), still(`document.querySelector("#detail [data-place]") && `+apart))
	axe(t, ctx, "a place beside the others")
	for _, bad := range eval[[]string](t, ctx, covered+`(document)`) {
		t.Error(bad)
	}
	at := eval[string](t, ctx, `location.pathname`)
	if got := eval[string](t, ctx, chosen); got != at {
		t.Errorf("the chosen row is %s, want %s", got, at)
	}
	// What is refused stands in the place's form, and what was typed for a new place is another matter.
	run(t, ctx, chromedp.Evaluate(`for (const d of document.querySelectorAll("#detail details")) d.open = true; true`, nil),
		chromedp.Evaluate(`document.querySelector("#name").value = ""; document.querySelector("#name").form.requestSubmit(); true`, nil),
		until(`document.querySelector("#detail #name[aria-invalid]") && !document.querySelector("#list [aria-invalid]") && `+apart))
	axe(t, ctx, "a place that was not saved beside the others")
}

// On a phone a row leads to the item's own page, as without script, and no list comes with it.
func TestPhoneHasOneHalf(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	run(t, ctx, signIn(d, "ana"), chromedp.Navigate(d.url+"/items"), chromedp.Evaluate(`window.here = 1`, nil),
		press(rowOf("VLV-BALL-12")), until(`document.querySelector("article#item") && !window.here`))
	halves := func(ctx context.Context) string {
		return eval[string](t, ctx, `[document.querySelector("#list"), document.querySelector("#detail"), document.cookie].join()`)
	}
	if got := halves(ctx); got != ",," {
		t.Errorf("on a phone there are %s", got)
	}
}
