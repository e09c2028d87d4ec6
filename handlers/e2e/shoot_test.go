package e2e

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// shoot looks at the page as it stands: nothing may be wider than the screen. With a folder it keeps the
// picture, light and dark.
func shoot(t *testing.T, ctx context.Context, dir, name string, s screen) {
	t.Helper()
	run(t, ctx, chromedp.WaitVisible("main", chromedp.ByQuery))
	if wide := eval[int64](t, ctx, `document.documentElement.scrollWidth`); wide > s.width {
		t.Errorf("%s is %d wide on a screen of %d", name, wide, s.width)
	}
	if dir == "" {
		return
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dark := range []bool{false, true} {
		var png []byte
		run(t, ctx, scheme(dark), chromedp.CaptureScreenshot(&png))
		look := "light"
		if dark {
			look = "dark"
		}
		if err := os.WriteFile(filepath.Join(dir, name+"-"+s.name+"-"+look+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run(t, ctx, scheme(false))
}
