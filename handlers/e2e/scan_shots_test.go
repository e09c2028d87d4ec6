package e2e

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// typeCode sends a code as a person types it, and waits for what it came to.
func typeCode(code, result string) chromedp.Tasks {
	return chromedp.Tasks{
		chromedp.Evaluate(`document.querySelector("#scan-word").replaceChildren(); true`, nil),
		chromedp.SetValue("#code", code, chromedp.ByQuery), chromedp.Click("#scan-form button", chromedp.ByQuery), heard(result)}
}

// walkScan stops at every state of the scan page, with a label before the camera.
func walkScan(t *testing.T, ctx context.Context, d demo, cam camera, look func(name string)) {
	t.Helper()
	cam.shows(eanOf(t, "4006381333931"))
	run(t, ctx, openScan(d, "?verb=take"), heard("wrong"))
	look("scan-camera-unknown")
	run(t, ctx, chromedp.Click(`.answers a[href^="/scan/attach"]`, chromedp.ByQuery), until(`document.querySelector("#attach-q")`),
		chromedp.SendKeys("#attach-q", "breaker", chromedp.ByQuery), until(`document.querySelector("#attach-rows button")`))
	look("scan-attach")
	run(t, ctx, chromedp.Click(`a[data-ignore=""]`, chromedp.ByQuery), typeCode("#1042", "right"), typeCode("B2-04", "right"),
		typeCode("BRK-20-1P", "right"), typeCode("BOX-1G-OW", "ask"))
	look("scan-sure")
	run(t, ctx, typeCode("BRK-20-1P", "right"))
	look("scan-take")
	run(t, ctx, chromedp.Click(`#verb-move`, chromedp.ByQuery), until(`document.querySelector("#verb-move[aria-current]")`),
		typeCode("BOX-1G-OW", "ask"))
	look("scan-where")
	run(t, ctx, chromedp.Click(`#verb-find`, chromedp.ByQuery), until(`document.querySelector("#verb-find[aria-current]")`),
		typeCode("BOX-1G-OW", "right"))
	look("scan-found")
}

// Nothing on the scan page is wider than its screen, whatever it shows. SCREENSHOTS keeps pictures, as with the other pages.
func TestScanScreens(t *testing.T) {
	dir := os.Getenv("SCREENSHOTS")
	if dir != "" && !filepath.IsAbs(dir) {
		dir = filepath.Join("..", "..", dir) // as seen from where make runs
	}
	d := startDemo(t)
	for _, s := range []screen{phone, tablet, laptop} {
		t.Run(s.name, func(t *testing.T) {
			ctx, cam := openWithCamera(t, s)
			run(t, ctx, signIn(d, "lcarver"))
			walkScan(t, ctx, d, cam, func(name string) { shoot(t, ctx, dir, name, s) })
		})
	}
}

// No state of the scan page has a finding of axe.
func TestScanAxe(t *testing.T) {
	d := startDemo(t)
	for _, s := range []screen{phone, laptop} {
		t.Run(s.name, func(t *testing.T) {
			s.height, s.phone = 9000, false // as in TestAxe
			ctx, cam := openWithCamera(t, s)
			withAxe(t, ctx)
			run(t, ctx, signIn(d, "lcarver"))
			walkScan(t, ctx, d, cam, func(name string) {
				axe(t, ctx, name)
			})
		})
	}
}
