package e2e

import (
	"context"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// phoneParts stand in for what the browser of these tests has not: a torch, a motor, a screen that can be kept awake, and a
// reader of codes of its own. Each notes what the page asks of it, in window.asked. That a real phone does what it is asked
// is not tested by this.
const phoneParts = `
window.asked = { torch: [], buzz: [], awake: 0, released: 0, tones: 0, looks: 0 };
window.before = "";
MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
MediaStreamTrack.prototype.applyConstraints = async (c) => { for (const a of c.advanced) asked.torch.push(a.torch); };
navigator.vibrate = (pattern) => { asked.buzz.push(String(pattern)); return true; };
WakeLock.prototype.request = async (of) => { if (of === "screen") asked.awake++; return { release: async () => { asked.released++; } }; };
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { asked.tones++; return start.call(this, at); };
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["aztec", "qr_code", "code_128", "ean_13", "upc_a", "data_matrix"]; }
  async detect(of) {
    asked.looks++;
    const x = (of.videoWidth ?? of.width) / 2 - 20, y = (of.videoHeight ?? of.height) / 2 - 20;
    return before ? [{ rawValue: before, format: "code_128", boundingBox: new DOMRectReadOnly(x, y, 40, 40) }] : [];
  }
};`

// What a phone has is used: its own reader of codes in place of ours, the torch, the motor, a tone, and a screen that
// stays on while the camera is open.
func TestWhatAPhoneHas(t *testing.T) {
	d := startDemo(t)
	ctx, _ := openWithCamera(t, phone)
	run(t, ctx, signIn(d, "ana"), chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(phoneParts).Do(ctx)
		return err
	}), openScan(d, "?verb=find"), until(`asked.looks > 1 && asked.awake == 1`))
	if n := eval[int](t, ctx, `performance.getEntriesByType("resource").filter((r) => r.name.includes("barcode-detector") || r.name.includes("zxing")).length`); n != 0 {
		t.Errorf("our decoder was loaded %d times beside the phone's own", n)
	}

	run(t, ctx, chromedp.Click("#scan-light", chromedp.ByQuery), until(`document.querySelector("#scan-light").ariaPressed == "true"`),
		chromedp.Click("#scan-light", chromedp.ByQuery), until(`document.querySelector("#scan-light").ariaPressed == "false"`))
	if got := eval[[]bool](t, ctx, `asked.torch`); !slices.Equal(got, []bool{true, false}) {
		t.Errorf("the torch was asked %v, want on and off", got)
	}

	run(t, ctx, chromedp.Evaluate(`before = "no code of ours"; true`, nil), heard("wrong"))
	if got := eval[[]string](t, ctx, `asked.buzz`); !slices.Equal(got, []string{"140,60,140,60,140"}) {
		t.Errorf("an unknown code buzzes %q", got)
	}
	if n := eval[int](t, ctx, `asked.tones`); n != 1 {
		t.Errorf("an unknown code sounded %d tones, want one", n)
	}

	run(t, ctx, chromedp.Navigate(d.url+"/scan?verb=take"), until(`asked.awake == 1`), chromedp.Click("#scan-light", chromedp.ByQuery), // a touch lets it sound
		chromedp.Evaluate(`before = "BRK-20-1P"; true`, nil), heard("right"))
	if got := said(t, ctx); got != "right: Take 1 ea" {
		t.Errorf("the page says %q", got)
	}
	if got := eval[[]string](t, ctx, `asked.buzz`); !slices.Equal(got, []string{"60"}) {
		t.Errorf("what is right buzzes %q", got)
	}
	if n := eval[int](t, ctx, `asked.tones`); n != 1 {
		t.Errorf("what is right sounded %d tones, want one", n)
	}
	run(t, ctx, chromedp.Evaluate(`before = ""; Object.defineProperty(document, "hidden", { value: true, configurable: true }); document.dispatchEvent(new Event("visibilitychange")); true`, nil),
		until(`document.querySelector("#finder").dataset.camera == "closed"`))
	if n := eval[int](t, ctx, `asked.released`); n != 1 {
		t.Errorf("the screen was let go %d times, want once", n)
	}
}
