package e2e

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// cut takes the network away, or gives it back, and nobody tells the page.
func cut(yes bool) chromedp.Action {
	return link(network.Conditions{Offline: yes, DownloadThroughput: -1, UploadThroughput: -1})
}

func link(c network.Conditions) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := network.EmulateNetworkConditionsByRule([]*network.Conditions{&c}).Do(ctx)
		return err
	})
}

// losing lets requests to what fits the pattern through, and loses the answers, until [fetch.Disable].
func losing(pattern string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		chromedp.ListenTarget(ctx, func(ev any) {
			if paused, ok := ev.(*fetch.EventRequestPaused); ok {
				go func() { _ = fetch.FailRequest(paused.RequestID, network.ErrorReasonConnectionClosed).Do(ctx) }()
			}
		})
		return fetch.Enable().WithPatterns([]*fetch.RequestPattern{{URLPattern: pattern, RequestStage: fetch.RequestStageResponse}}).Do(ctx)
	})
}

// A held request waits until the test says so, however busy this machine is.
type held struct {
	t     *testing.T
	ctx   context.Context
	asked chan fetch.RequestID
	end   context.CancelFunc
}

// hold holds requests to what fits the pattern, until the last of them goes on.
func hold(t *testing.T, ctx context.Context, pattern string) held {
	t.Helper()
	listen, end := context.WithCancel(ctx)
	h := held{t, ctx, make(chan fetch.RequestID, 8), end}
	chromedp.ListenTarget(listen, func(ev any) {
		if paused, ok := ev.(*fetch.EventRequestPaused); ok {
			h.asked <- paused.RequestID
		}
	})
	run(t, ctx, fetch.Enable().WithPatterns([]*fetch.RequestPattern{{URLPattern: pattern}}))
	return h
}

// next waits until one more was made.
func (h held) next() fetch.RequestID {
	h.t.Helper()
	select {
	case id := <-h.asked:
		return id
	case <-h.ctx.Done():
		h.t.Fatal("no request was made")
		return ""
	}
}

// last lets one go on, and everything after it.
func (h held) last(id fetch.RequestID) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		h.end()
		return errors.Join(fetch.ContinueRequest(id).Do(ctx), fetch.Disable().Do(ctx))
	})
}

// acts waits until a row says how it stands with its act; "" is nothing.
func acts(row, state string) chromedp.Action {
	return until(`(document.querySelector('%s')?.dataset.act ?? "") == %q`, row, state)
}

// answerRow taps a button of what a row says.
func answerRow(row, name string) chromedp.Action {
	return chromedp.Click(row+` .act-note button[aria-label^="`+name+`"]`, chromedp.ByQuery)
}

func issues(t *testing.T, ctx context.Context, d demo, sku string) int {
	t.Helper()
	run(t, ctx, openItem(d, sku))
	return eval[int](t, ctx, `document.querySelectorAll('[data-kind="issue"]').length`)
}

// The network goes while somebody picks: each line says that it is not booked, with a way to try again and to drop it, and
// nothing is lost. It comes back, and each is booked once.
func TestPickWithoutConnection(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	withAxe(t, ctx)
	row := func(sku string) string { return fmt.Sprintf(`#pick [data-sku="%s"]`, sku) }
	brk, nm := row("BRK-20-1P"), row("NM-12-2")
	run(t, ctx, signIn(d, "ana"), pickList(d), offline(true),
		chromedp.DoubleClick(brk+" .take", chromedp.ByQuery), acts(brk, "failed"), chromedp.Click(nm+" .take", chromedp.ByQuery), acts(nm, "failed"))
	if text := eval[string](t, ctx, `document.querySelector('%s').innerText`, brk); !contains(text, "Not booked yet. No connection.", "Retry", "Discard") {
		t.Errorf("the line says\n%s", text)
	}
	if eval[bool](t, ctx, `document.querySelector('%s .take').checkVisibility()`, brk) {
		t.Error("what waits to be booked can be taken once more")
	}
	axe(t, ctx, "a pick list without a connection")
	shoot(t, ctx, "", "failed", phone)
	// Trying is no harm, and dropping one brings its button back.
	run(t, ctx, answerRow(brk, "Retry"), acts(brk, "failed"), answerRow(nm, "Discard"), acts(nm, ""), until(`document.querySelector('%s .take').checkVisibility()`, nm))
	run(t, ctx, offline(false), ticked("BRK-20-1P"), until(`!document.querySelector("#unsent")`))
	if eval[bool](t, ctx, `document.querySelector('%s').matches(".is-done")`, nm) {
		t.Error("what was dropped is booked")
	}
	if n := issues(t, ctx, d, "BRK-20-1P"); n != 1 || onHand(t, ctx) != "8" {
		t.Errorf("%d entries, %s on hand; want 1 and 8", n, onHand(t, ctx))
	}

	// The page hears nothing of the network, as in a corner where it is only bad: a tap tries again.
	run(t, ctx, pickList(d), cut(true), chromedp.Click(nm+" .take", chromedp.ByQuery), acts(nm, "failed"), cut(false), answerRow(nm, "Retry"), ticked("NM-12-2"))
	if n := issues(t, ctx, d, "NM-12-2"); n != 1 {
		t.Errorf("%d entries, want 1", n)
	}
}

// The network goes after the server booked and before the answer came: nobody knows, and trying again books nothing more.
func TestAnswerLost(t *testing.T) {
	d := startDemo(t)
	ana, joe := open(t, phone), open(t, phone)
	const brk = `#pick [data-sku="BRK-20-1P"]`
	run(t, joe, signIn(d, "joe"), pickList(d))
	run(t, ana, signIn(d, "ana"), pickList(d), losing("*/pick"), chromedp.Click(brk+" .take", chromedp.ByQuery), acts(brk, "failed"))
	run(t, joe, ticked("BRK-20-1P"))
	run(t, ana, fetch.Disable(), answerRow(brk, "Retry"), ticked("BRK-20-1P"), acts(brk, ""))
	if n := issues(t, ana, d, "BRK-20-1P"); n != 1 || onHand(t, ana) != "8" {
		t.Errorf("%d entries, %s on hand; want 1 and 8", n, onHand(t, ana))
	}
}

// Two lines are tapped before the first answer came: the list that comes with it still says that the second is on its way.
func TestTwoLinesAtOnce(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	const nm = `#job [data-sku="NM-12-2"]`
	run(t, ctx, signIn(d, "ana"), pickList(d), chromedp.Click(".crumb", chromedp.ByQuery), whole("#job"),
		chromedp.Click(`#job [data-sku="BOX-1G-OW"] form[action$="/issue"] button`, chromedp.ByQuery), until(toastIs, "4 ea"))
	if n := eval[int](t, ctx, `performance.getEntriesByType("resource").filter((e) => e.initiatorType == "xmlhttprequest").length`); n != 1 {
		t.Errorf("taking one line took %d requests, want its own", n)
	}
	acting := hold(t, ctx, "*/issue")
	run(t, ctx, chromedp.Evaluate(`for (const row of ['`+breaker+`', '`+nm+`'])
  document.querySelector(row + ' form[action$="/issue"] button').click(); true`, nil))
	first, second := acting.next(), acting.next()
	run(t, ctx, fetch.ContinueRequest(first), until(`document.querySelector('%s[data-line]').dataset.issued == "6"`, breaker), acts(nm, "sending"))
	run(t, ctx, acting.last(second), until(`document.querySelector('%s').dataset.issued == document.querySelector('%s').dataset.required`, nm, nm),
		acts(nm, ""))
	if n := issues(t, ctx, d, "NM-12-2"); n != 1 {
		t.Errorf("%d entries, want 1", n)
	}
}

// A line of a count that is lost waits at its row; counted again, the newer number is the one that counts.
func TestCountWithoutConnection(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	const row = `#count li[data-sku="VLV-STOP-S"]`
	run(t, ctx, signIn(d, "ana"), chromedp.Navigate(d.url+"/count?code=A1"), counting("VLV-BALL-1"),
		chromedp.Click(row+" a.row-name", chromedp.ByQuery), counting("VLV-STOP-S"), whole("#count"), cut(true), chromedp.Click(row+" .take", chromedp.ByQuery),
		acts(row, "failed"), cut(false), keys("2", "5"), chromedp.Click(bookIt, chromedp.ByQuery), until(`document.querySelector('%s [data-counted]')?.value == "25"`, row),
		acts(row, ""), until(`!document.querySelector("#unsent")`))
	// Nothing of the older word is left that would come later.
	run(t, ctx, chromedp.Reload(), until(`document.querySelector('%s [data-counted]')?.value == "25"`, row))
}

// What came back is one act of many lines: each says that it is not booked, and what was typed stands there still.
func TestLeftoversWithoutConnection(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	withAxe(t, ctx)
	const brk = `.back[data-sku="BRK-20-1P"]`
	run(t, ctx, signIn(d, "ana"), pickList(d), chromedp.Click("#pick-all", chromedp.ByQuery), until(toastIs, "lines taken"),
		chromedp.Click(".crumb", chromedp.ByQuery), whole("#job"), chromedp.Click("#came-back", chromedp.ByQuery), until(`document.querySelector("form.backs[data-ready]")`),
		chromedp.Click(brk+` [data-step="1"]`, chromedp.ByQuery), offline(true), chromedp.Click("#finish", chromedp.ByQuery), acts(brk, "failed"))
	if n := eval[int](t, ctx, `document.querySelectorAll("[data-act]").length`); n != 1 {
		t.Errorf("%d lines say something, want the one with an amount", n)
	}
	if got := eval[string](t, ctx, `document.querySelector('%s input').value`, brk); got != "1" {
		t.Errorf("the line holds %q", got)
	}
	axe(t, ctx, "what came back, without a connection")
	run(t, ctx, offline(false), acts(brk, "booked"), openItem(d, "BRK-20-1P"))
	if got := onHand(t, ctx); got != "9" {
		t.Errorf("%s on hand, want 9: 14 less 6 and 1 back", got)
	}
}
