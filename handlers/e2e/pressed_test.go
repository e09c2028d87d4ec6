package e2e

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// covered lists what a finger on the middle of a link, button or field would miss, and what is smaller than 48 px; what takes
// a chip away may be 44 wide.
// A press counts when it meets the element, its label, or a link to the same page. Links in a running
// sentence may be as high as its lines.
const covered = `(root => {
  const bad = [];
  const name = el => el ? el.tagName.toLowerCase() + (el.id && "#" + el.id) + " “" + (el.getAttribute("aria-label") || el.innerText || el.name || "").trim().replace(/\s+/g, " ").slice(0, 40) + "”" : "nothing";
  const inSentence = el => getComputedStyle(el).display === "inline" && el.parentElement.innerText.trim() !== el.innerText.trim();
  for (const el of root.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    if (!el.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true}) || el.closest(".vh, .skip")) continue;
    const target = el.closest("label")?.control === el && (el.type === "checkbox" || el.type === "radio") ? el.closest("label") : el;
    target.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
    const r = target.getClientRects()[0], x = r.x + r.width / 2, y = r.y + r.height / 2;
    const meets = (x, y) => {
      const hit = document.elementFromPoint(x, y);
      return hit && (target.contains(hit) || el.contains(hit) || hit.closest("label")?.control === el || (el.href && hit.closest("a")?.href === el.href));
    };
    if (!meets(x, y)) { bad.push(name(el) + " is under " + name(document.elementFromPoint(x, y))); continue; }
    if (inSentence(el)) continue;
    const reach = (dx, dy) => { let n = 0; while (n < 48 && meets(x + dx * (n + 2), y + dy * (n + 2))) n += 2; return n; };
    const wide = reach(-1, 0) + reach(1, 0), high = reach(0, -1) + reach(0, 1);
    const room = 2, least = el.closest(".chip.is-set") ? 44 : 48;
    if (wide < least - room || high < 48 - room) bad.push(name(el) + " answers on " + wide + " × " + high + " px");
  }
  return bad;
})`

// inMenus is the same for what stands in folded menus, each opened in turn.
const inMenus = `[...document.querySelectorAll("main details:not([open])")].slice(0, 3).flatMap(d => {
  d.open = true;
  const bad = ` + covered + `(d);
  d.open = false;
  return bad;
})`

// Everything that shows can be pressed, at every size, no page is wider than its screen, and none has a word for the browser's
// console: a refusal by the content policy would stand there.
func TestEverythingCanBePressed(t *testing.T) {
	d := startDemo(t)
	small := screen{"320", 320, 640, true} // also what is left of a laptop at 400 %
	for _, s := range []screen{small, phone, tablet, laptop} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			ctx := open(t, s)
			grumbles := listen(ctx)
			walk(t, ctx, d, func(name string) {
				for _, bad := range eval[[]string](t, ctx, covered+`(document)`) {
					t.Errorf("%s: %s", name, bad)
				}
				for _, bad := range eval[[]string](t, ctx, inMenus) {
					t.Errorf("%s, in a menu: %s", name, bad)
				}
				if wide := eval[int64](t, ctx, `document.documentElement.scrollWidth`); wide > s.width {
					t.Errorf("%s is %d wide on a screen of %d", name, wide, s.width)
				}
				for _, g := range grumbles() {
					if name != "nowhere" || !strings.Contains(g, "404") { // which the browser remarks on
						t.Errorf("%s: the console says %s", name, g)
					}
				}
			})
		})
	}
}

// listen collects what pages write to the console, their mistakes, and the browser's own remarks. What it
// returns hands them over, once.
func listen(ctx context.Context) func() []string {
	var mu sync.Mutex
	var said []string
	chromedp.ListenTarget(ctx, func(ev any) {
		var text string
		switch ev := ev.(type) {
		case *log.EventEntryAdded:
			text = fmt.Sprintf("%s %s: %s (%s)", ev.Entry.Source, ev.Entry.Level, ev.Entry.Text, ev.Entry.URL)
		case *runtime.EventExceptionThrown:
			text = ev.ExceptionDetails.Error()
		case *runtime.EventConsoleAPICalled:
			text = string(ev.Type)
			for _, a := range ev.Args {
				text += " " + string(a.Value)
			}
		default:
			return
		}
		mu.Lock()
		defer mu.Unlock()
		said = append(said, text)
	})
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		now := said
		said = nil
		return now
	}
}
