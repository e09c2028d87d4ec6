package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// A tablet on the counter: an owner makes it a station; Ana gives her PIN, takes one, says that she is done, and
// the next person is asked for theirs.
func TestPIN(t *testing.T) {
	d := startDemo(t)
	dir := os.Getenv("SCREENSHOTS")
	if dir != "" && !filepath.IsAbs(dir) {
		dir = filepath.Join("..", "..", dir)
	}
	own := open(t, phone)
	run(t, own, signIn(d, "ana"), chromedp.Navigate(d.url+"/profile"),
		chromedp.SendKeys("#pin-current", d.passwords["ana"], chromedp.ByQuery), chromedp.SendKeys("#pin", "2580", chromedp.ByQuery),
		chromedp.Click(`form[action="/profile/pin"] button`, chromedp.ByQuery), until(toastIs, "Your PIN opens"))

	ctx := open(t, tablet)
	run(t, ctx, signIn(d, "lcarver"), chromedp.Navigate(d.url+"/admin/stations"), chromedp.SendKeys("#name", "Counter tablet", chromedp.ByQuery),
		chromedp.Click(`form[action="/admin/stations"] button`, chromedp.ByQuery), until(`document.querySelector(".people a")`))
	shoot(t, ctx, dir, "station", tablet)
	run(t, ctx, chromedp.Navigate(d.url+"/admin/users"), until(`document.querySelector(".people a")`)) // nobody is anybody yet

	run(t, ctx, chromedp.Navigate(d.url+"/items?low=1"), until(`document.querySelector(".people a")`),
		chromedp.Click(".people a", chromedp.ByQuery), until(`document.querySelector(".pinpad .key")`))
	shoot(t, ctx, dir, "station-pin", tablet)
	run(t, ctx, keys("1", "3", "5", "7"), chromedp.Click(".pinpad .btn.is-main", chromedp.ByQuery), until(`document.querySelector("#pin-error")?.innerText.includes("Wrong PIN")`),
		keys("2", "5", "8", "1", "back", "0"), chromedp.Click(".pinpad .btn.is-main", chromedp.ByQuery),
		until(`location.pathname + location.search === "/items?low=1" && document.querySelector(".desk")`))
	run(t, ctx, openItem(d, "BRK-20-1P"), openPad("issue"), keys("1"), chromedp.Click(bookIt, chromedp.ByQuery), until(toastIs, "1 ea taken"))
	if !eval[bool](t, ctx, `document.querySelector('[data-kind="issue"]').innerText.includes("ana")`) {
		t.Error("the movement does not name ana")
	}
	run(t, ctx, chromedp.Navigate(d.url+"/admin/users"), until(`document.body.innerText.includes("Sign in with your password")`),
		chromedp.Click(".desk button", chromedp.ByQuery), until(`document.querySelector(".people a")`))

	// The PIN runs out between the number and the tap, here since somebody says elsewhere that they are done: the act waits
	// for its person, and is booked when they are back.
	pin := chromedp.Tasks{chromedp.Click(".people a", chromedp.ByQuery), until(`document.querySelector(".pinpad .key")`),
		keys("2", "5", "8", "0"), chromedp.Click(".pinpad .btn.is-main", chromedp.ByQuery), until(`document.querySelector(".desk")`)}
	run(t, ctx, pin, openItem(d, "BRK-20-1P"), openPad("issue"), keys("2"),
		chromedp.Evaluate(`fetch("/station/leave", {method: "POST", body: new URLSearchParams({_csrf: document.querySelector("[name=_csrf]").value})}).then(r => r.status)`, nil, awaited),
		chromedp.Click(bookIt, chromedp.ByQuery), until(`document.querySelector(".people a")`))
	if eval[bool](t, ctx, `!!document.querySelector("#unsent")`) {
		t.Error("what waits for ana is shown to nobody in particular")
	}
	run(t, ctx, pin, until(`!document.querySelector("#unsent")`), openItem(d, "BRK-20-1P"))
	if got := onHand(t, ctx); got != "11" {
		t.Errorf("%s on hand, want 11: one and two were taken", got)
	}
}
