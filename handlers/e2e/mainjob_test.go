package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const breaker = `[data-sku="BRK-20-1P"]`

// The main job on a phone: a job of tomorrow is short; one of its lines is taken with one tap; the item falls below
// its minimum; the mail about it arrives; the undo puts everything back exactly.
func TestTheMainJob(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	run(t, ctx, signIn(d, "ana"))

	row := eval[string](t, ctx, `document.querySelector('[data-number="1042"]').innerText`)
	if !contains(row, "Bathroom rough-in", "Karen Miller", "Joe Lind", "Short", "GFCI receptacle") {
		t.Errorf("the dashboard says of job 1042:\n%s", row)
	}
	run(t, ctx, chromedp.Click(`[data-number="1042"] a`, chromedp.ByQuery), until(`document.querySelector('article[data-number="1042"]')`))
	job := eval[string](t, ctx, `location.href`)
	text := eval[string](t, ctx, `document.querySelector("main").innerText`)
	if !contains(text, "Karen Miller", "418 Alder Street", "Cedar Falls", "Joe Lind, Mia Torres", "08:00", "Materials") {
		t.Errorf("the job's page says:\n%s", text)
	}
	if got := line(t, ctx); got != "6 0 open" {
		t.Fatalf("the breaker's line is %q, want 6 required, none issued", got)
	}

	run(t, ctx, chromedp.Click(breaker+` form[action$="/issue"] button`, chromedp.ByQuery), // one tap
		until(`document.querySelector('%s[data-line]').dataset.issued == "6"`, breaker))
	if got := line(t, ctx); got != "6 6 issued" {
		t.Errorf("after the tap the line is %q", got)
	}
	if toast := eval[string](t, ctx, `document.querySelector("#toast").innerText`); !contains(toast, "6 ea", "Undo") {
		t.Errorf("the toast says %q", toast)
	}

	run(t, ctx, chromedp.Click(breaker+` a.row-name`, chromedp.ByQuery), until(`document.querySelector('article%s')`, breaker))
	item := eval[string](t, ctx, `location.href`)
	if got := onHand(t, ctx); got != "8" {
		t.Errorf("on hand = %s, want 8 of 14", got)
	}
	entry := `.timeline [data-kind="issue"]`
	if to := eval[string](t, ctx, `document.querySelector('%s a').href`, entry); to != job {
		t.Errorf("the history leads to %s, want the job %s", to, job)
	}
	if text := eval[string](t, ctx, `document.querySelector('%s').innerText`, entry); !contains(text, "#1042", "ana", "6") {
		t.Errorf("the history says %q", text)
	}

	mails := mailAbout(t, ctx, d, "Breaker 20 A")
	if !contains(mails["ana@lwc.example"], "Breaker 20 A, 1-pole", "BRK-20-1P", "8", "inimum 10", "#1042", "ana") {
		t.Errorf("the mail says:\n%s", mails["ana@lwc.example"])
	}
	if len(mails) != 3 {
		t.Errorf("%d people got the mail, want the three with alerts on", len(mails))
	}

	run(t, ctx, chromedp.Navigate(item), chromedp.Click(entry+` form[action$="/undo"] button`, chromedp.ByQuery),
		until(`document.querySelector('article [data-quantity="on-hand"]').value == "14"`))
	run(t, ctx, chromedp.Navigate(job))
	if got := line(t, ctx); got != "6 0 open" {
		t.Errorf("after the undo the line is %q", got)
	}
}

// line says what the breaker's line requires, what was issued, and its state.
func line(t *testing.T, ctx context.Context) string {
	t.Helper()
	return eval[string](t, ctx, `(({required, issued, state}) => required + " " + issued + " " + state)(document.querySelector('%s[data-line]').dataset)`, breaker)
}

func onHand(t *testing.T, ctx context.Context) string {
	t.Helper()
	return eval[string](t, ctx, `document.querySelector('article [data-quantity="on-hand"]').value`)
}

// mailAbout waits for a mail whose subject has these words and returns what each of its readers got.
func mailAbout(t *testing.T, ctx context.Context, d demo, words string) map[string]string {
	t.Helper()
	got := map[string]string{}
	for range 40 {
		run(t, ctx, chromedp.Navigate(d.mailbox), until(`document.readyState == "complete"`))
		links := eval[[]string](t, ctx, `[...document.querySelectorAll("[data-mail] a")].filter(a => a.innerText.includes(%q)).map(a => a.href)`, words)
		if len(links) < 3 {
			continue // the page took its time to load; that is all the waiting there is
		}
		for _, l := range links {
			run(t, ctx, chromedp.Navigate(l))
			text := eval[string](t, ctx, `document.querySelector("main").innerText`)
			for _, who := range []string{"lee@lwc.example", "dana@lwc.example", "ana@lwc.example", "joe@lwc.example"} {
				if strings.Contains(text, who) {
					got[who] = text
				}
			}
		}
		return got
	}
	t.Fatalf("no mail about %q came", words)
	return nil
}

// A change at the office reaches the warehouse by webhook: nobody syncs by hand.
func TestADayAtTheOffice(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, laptop)
	run(t, ctx, signIn(d, "ana"), chromedp.Click(`[data-number="1042"] a`, chromedp.ByQuery), until(`document.querySelector('article[data-number="1042"]')`))
	job := eval[string](t, ctx, `location.href`)
	seenAt := func(page, script string) {
		t.Helper()
		for range 200 {
			run(t, ctx, chromedp.Navigate(page))
			if eval[bool](t, ctx, "!!(%s)", script) {
				return
			}
		}
		t.Fatalf("never true at %s: %s", page, script)
	}
	seen := func(script string) { t.Helper(); seenAt(job, script) }
	run(t, ctx, chromedp.Navigate(d.office))
	run(t, ctx, chromedp.Click(`a[data-number="1042"]`, chromedp.ByQuery), until(`document.querySelector("[data-office-line]")`))
	office := eval[string](t, ctx, `location.href`)
	quantity := `[...document.querySelectorAll("[data-office-line]")].find(e => e.innerText.includes("Breaker")).querySelector("input[name=quantity]")`
	run(t, ctx, chromedp.Evaluate(quantity+`.value = "9"; `+quantity+`.form.requestSubmit(); true`, nil),
		until(`document.querySelector('li[data-topic="JOB_UPDATE"]')`))
	seenAt(office, `document.querySelector('li[data-topic="JOB_UPDATE"][data-delivered="true"]')`)
	seen(`document.querySelector('[data-sku="BRK-20-1P"][data-line]').dataset.required == "9"`)

	run(t, ctx, chromedp.Navigate(office), chromedp.Click(`form[action$="/close"] button:not([formaction])`, chromedp.ByQuery),
		until(`document.querySelector('li[data-topic="JOB_CLOSED"]')`))
	seen(`document.querySelector("article").dataset.state == "closed"`)
	run(t, ctx, chromedp.Navigate(office), chromedp.Click(`button[formaction$="/delete"]`, chromedp.ByQuery),
		until(`document.querySelector('li[data-topic="JOB_DESTROY"]')`))
	seen(`document.querySelector("article").dataset.state == "deleted"`)
}
