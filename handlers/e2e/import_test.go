package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A manager brings a spreadsheet's file: what is wrong with it is told, and while it comes in the page says so.
func TestItemsFromAFile(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var many strings.Builder
	many.WriteString("sku,name,quantity\n")
	for n := range 500 {
		fmt.Fprintf(&many, "NEW-%03d,\"New part %03d, zinc\",%d\n", n, n, n)
	}
	send := func(path, then string) {
		t.Helper()
		run(t, ctx, chromedp.SetUploadFiles("#file", []string{path}, chromedp.ByQuery), chromedp.Click(`.sends button`, chromedp.ByQuery),
			chromedp.WaitVisible(then, chromedp.ByQuery))
	}
	run(t, ctx, signIn(d, "lcarver"), chromedp.Navigate(d.url+"/items/import"), chromedp.WaitVisible("#file", chromedp.ByQuery))
	shown := func(busy bool) string {
		return eval[string](t, ctx, `document.querySelector(".sends").toggleAttribute("data-busy", %t), getComputedStyle(document.querySelector(".sending")).display`, busy)
	}
	if idle, busy := shown(false), shown(true); idle != "none" || busy == "none" {
		t.Errorf("the progress is %q idle and %q while the file is sent", idle, busy)
	}
	shown(false)
	send(file("bad.csv", "sku,name,quantity\nNEW-1,One,1\nNEW-2,Two,some\n"), `[role="alert"]`)
	if said := eval[string](t, ctx, `document.querySelector('[role="alert"]').textContent`); !strings.Contains(said, "Nothing was imported.\nLine 3, column quantity: “some” is not a number.") {
		t.Errorf("the page says %q", said)
	}
	send(file("good.csv", many.String()), ".toast:not(:empty)")
	if said := eval[string](t, ctx, `location.pathname + " " + document.querySelector(".toast").textContent`); !strings.Contains(said, "/items") || !strings.Contains(said, "500 items are in the list now.") {
		t.Errorf("after the import: %q", said)
	}
}
