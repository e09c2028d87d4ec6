package e2e

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// findings asks axe for the rules of WCAG 2.2 A and AA and its own best practice. In the dark only the colours
// can differ.
const findings = `axe.run(document, {preload: false, resultTypes: ["violations"], runOnly: %s}).then(r =>
  r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.target.join(" ") + " (" + n.failureSummary.replace(/\s+/g, " ") + ")")))`

const (
	allRules = `{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]}`
	colours  = `{type: "rule", values: ["color-contrast", "link-in-text-block"]}`
)

// withAxe puts the checker into every page that the browser opens from here on.
func withAxe(t *testing.T, ctx context.Context) {
	t.Helper()
	source, err := os.ReadFile("testdata/axe-4.14.1.min.js")
	if err != nil {
		t.Fatal(err)
	}
	run(t, ctx, chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(string(source)).Do(ctx)
		return err
	}))
}

// axe lets the checker look at the page as it stands, light and dark.
func axe(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	for _, look := range []struct {
		name, rules string
		dark        bool
	}{{"light", allRules, false}, {"dark", colours, true}} {
		var found []string
		run(t, ctx, scheme(look.dark), chromedp.Evaluate(strings.Replace(findings, "%s", look.rules, 1), &found, awaited))
		for _, f := range found {
			t.Errorf("%s, %s: %s", name, look.name, f)
		}
	}
}

// awaited waits for the script's promise.
func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// No page has a finding of axe, on a phone, a tablet and a laptop, light and dark.
func TestAxe(t *testing.T) {
	d := startDemo(t)
	for _, s := range []screen{phone, tablet, laptop} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.height, s.phone = 16_000, false // all of a page: what a bar covers only until one scrolls is no finding
			ctx := open(t, s)
			withAxe(t, ctx)
			walk(t, ctx, d, func(name string) {
				axe(t, ctx, name)
			})
		})
	}
}

// The checker is the published one.
func TestAxeIsAsRecorded(t *testing.T) {
	sums, err := os.Open("testdata/vendor.sums")
	if err != nil {
		t.Fatal(err)
	}
	defer sums.Close()
	checked := 0
	for lines := bufio.NewScanner(sums); lines.Scan(); {
		sum, name, _ := strings.Cut(lines.Text(), "  ")
		if strings.HasSuffix(name, ".tgz") {
			continue // the package of npm that the files come from
		}
		body, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if got := sha256.Sum256(body); hex.EncodeToString(got[:]) != sum {
			t.Errorf("%s is not the file that vendor.sums records", name)
		}
		checked++
	}
	if checked != 3 {
		t.Errorf("%d files have a sum, want the checker and its two licences", checked)
	}
}
