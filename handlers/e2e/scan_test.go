package e2e

import (
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boombuler/barcode"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

const hits = `document.querySelectorAll("#scanned > li").length`

// openScan opens the scan page with a verb and waits for its camera.
func openScan(d demo, query string) chromedp.Tasks {
	return chromedp.Tasks{chromedp.Navigate(d.url + "/scan" + query), until(`document.querySelector("#finder").dataset.camera == "open"`)}
}

// said is what the last scan came to, and how it sounded.
func said(t *testing.T, ctx context.Context) string {
	t.Helper()
	return eval[string](t, ctx, `(e => e ? e.dataset.result + ": " + e.innerText : "")(document.querySelector("#scan-word [data-result]"))`)
}

func heard(result string) chromedp.Action {
	return until(`document.querySelector("#scan-word [data-result=%s]")`, result)
}

// onHandOf asks the item's own page.
func onHandOf(t *testing.T, ctx context.Context, d demo, sku string) string {
	t.Helper()
	run(t, ctx, openItem(d, sku))
	return onHand(t, ctx)
}

// A label before the camera is taken once, for as long as it is held there; everything comes from our own host.
func TestScanToTake(t *testing.T) {
	d := startDemo(t)
	ctx, cam := openWithCamera(t, phone)
	var asked []string
	chromedp.ListenTarget(ctx, func(ev any) {
		if r, ok := ev.(*network.EventRequestWillBeSent); ok {
			asked = append(asked, r.Request.URL)
		}
	})
	run(t, ctx, network.Enable(), signIn(d, "ana"))
	cam.shows(code128Of(t, "BRK-20-1P"))
	run(t, ctx, openScan(d, "?verb=take"), heard("right"), until(`document.querySelector("#scan-video").currentTime > 4`))
	if got := said(t, ctx); got != "right: Take 1 ea" {
		t.Errorf("the page says %q", got)
	}
	if n := eval[int](t, ctx, hits); n != 1 {
		t.Errorf("a label that is held before the camera was booked %d times", n)
	}
	if text := eval[string](t, ctx, `document.querySelector("#scanned > li").innerText`); !contains(text, "Breaker 20 A, 1-pole", "Took 1 ea, 14 → 13", "Undo") {
		t.Errorf("the list says %q", text)
	}
	if text := eval[string](t, ctx, `document.querySelector("#toast").innerText`); !contains(text, "1 ea taken, 13 left", "Undo") {
		t.Errorf("the toast says %q", text)
	}
	decoder := 0
	for _, url := range asked {
		if !strings.HasPrefix(url, d.url) && !strings.HasPrefix(url, "data:") {
			t.Errorf("the page asked another host: %s", url)
		}
		if strings.Contains(url, "zxing") {
			decoder++
		}
	}
	if decoder != 1 {
		t.Errorf("the decoder was loaded %d times", decoder)
	}
	if got := onHandOf(t, ctx, d, "BRK-20-1P"); got != "13" {
		t.Errorf("%s on hand, want 13", got)
	}
}

// Nobody knows the code: nothing is booked, one tap gives it to an item, and the next scan takes it.
func TestScanAnUnknownCode(t *testing.T) {
	d := startDemo(t)
	ctx, cam := openWithCamera(t, phone)
	run(t, ctx, signIn(d, "ana"))
	cam.shows(eanOf(t, "4006381333931"))
	run(t, ctx, openScan(d, "?verb=take"), heard("wrong"), until(`document.querySelector("[data-unknown]")`))
	if text := eval[string](t, ctx, `document.querySelector("#scan-ask").innerText`); !contains(text, "Unknown code", "4006381333931", "Nothing was booked", "It is an item we have", "New item", "Ignore it") {
		t.Errorf("the page says %q", text)
	}
	if n := eval[int](t, ctx, hits); n != 0 {
		t.Errorf("%d acts were booked", n)
	}
	run(t, ctx, chromedp.Click(`[data-ignore="4006381333931"]`, chromedp.ByQuery), until(`document.querySelector("#scan-ask").innerText.trim() == ""`))
	if at := eval[string](t, ctx, `document.querySelector("#finder").dataset.camera`); at != "open" {
		t.Errorf("after Ignore the camera is %s", at)
	}

	run(t, ctx, openScan(d, ""), heard("wrong"))
	cam.shows(nil) // when the camera opens again: it would do the verb with the code at once
	run(t, ctx, chromedp.Click(`.answers a[href^="/scan/attach"]`, chromedp.ByQuery), until(`document.querySelector("#attach-q")`),
		chromedp.SendKeys("#attach-q", "old-work", chromedp.ByQuery), until(`document.querySelector('#attach-rows button[data-sku="BOX-1G-OW"]')`),
		chromedp.Click(`#attach-rows button[data-sku="BOX-1G-OW"]`, chromedp.ByQuery), heard("right"), until(toastIs, "from now on"))
	if n := eval[int](t, ctx, hits); n != 0 {
		t.Errorf("giving the code to an item booked %d acts", n)
	}
	cam.shows(eanOf(t, "4006381333931"))
	run(t, ctx, openScan(d, ""), heard("right"), until(hits+` == 1`)) // the verb was kept
	if text := eval[string](t, ctx, `document.querySelector("#scanned > li").innerText`); !contains(text, "Old-work box, 1-gang", "Took 1 ea, 52 → 51") {
		t.Errorf("the list says %q", text)
	}

	// Taken back with one tap, and the scanner stays as it is.
	run(t, ctx, chromedp.Click(`#toast button`, chromedp.ByQuery), until(`document.querySelector("#scanned > li.undone")`), until(toastIs, "52 ea on hand again"))
	if at := eval[string](t, ctx, `document.querySelector("#finder").dataset.camera`); at != "open" {
		t.Errorf("after the undo the camera is %s", at)
	}
}

// Every sort of code is read: the makers', and our own labels of an item, a place and a job, which set what scans are about.
func TestScanEverySortOfCode(t *testing.T) {
	d := startDemo(t)
	ctx, cam := openWithCamera(t, phone)
	run(t, ctx, signIn(d, "ana"), openItem(d, "BRK-20-1P"))
	item := strings.TrimPrefix(eval[string](t, ctx, `location.pathname`), "/items/")
	run(t, ctx, chromedp.Navigate(d.url+"/scan?code=B2-04"), until(`document.querySelector("[data-place]")`))
	place := strings.TrimPrefix(eval[string](t, ctx, `location.pathname`), "/places/")
	for _, label := range []struct {
		name string
		code barcode.Barcode
		says string
	}{
		{"QR, our label of an item", qrCode(t, d.url+"/i/"+item), "right: Take 1 ea"},
		{"Code 128", code128Of(t, "BRK-20-1P"), "right: Take 1 ea"},
		{"EAN-13", eanOf(t, "2941789303693"), "right: Take 1 ea"},
		{"UPC-A", eanOf(t, "0419283027015"), "right: Take 1 ea"},
		{"Data Matrix", dataMatrix(t, "BRK-20-1P"), "right: Take 1 ea"},
		{"a shelf", qrCode(t, d.url+"/p/"+place), "right: B2-04"},
		{"a job", qrCode(t, d.url+"/j/1042"), "right: Job #1042"},
	} {
		cam.shows(label.code)
		run(t, ctx, openScan(d, "?verb=take"), until(`document.querySelector("#scan-word [data-result]")`))
		if got := said(t, ctx); got != label.says {
			t.Errorf("%s: the page says %q, want %q", label.name, got, label.says)
		}
	}
	run(t, ctx, until(`document.querySelector(".band").innerText.includes("for #1042")`), chromedp.Reload(), until(`document.querySelector(".band").innerText.includes("for #1042")`))
	if got := onHandOf(t, ctx, d, "BRK-20-1P"); got != "9" {
		t.Errorf("%s on hand, want 9 after five scans", got)
	}
}

// A photo of a code does what the camera would, and one without says so.
func TestPhotoOfACode(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	photo := func(name string, code barcode.Barcode) string {
		path := filepath.Join(t.TempDir(), name)
		file, err := os.Create(path)
		if err == nil {
			err = errors.Join(jpeg.Encode(file, picture(t, code), nil), file.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	run(t, ctx, signIn(d, "ana"), chromedp.Navigate(d.url+"/scan?verb=find"), until(`document.querySelector("#finder").dataset.camera == "none"`))
	if text := eval[string](t, ctx, `document.querySelector("#scan-why").innerText`); !contains(text, "camera", "Type the code", "photo", "hand scanner") {
		t.Errorf("without a camera the page says %q", text)
	}
	run(t, ctx, chromedp.SetUploadFiles("#scan-photo", []string{photo("label.jpg", dataMatrix(t, "BRK-20-1P"))}, chromedp.ByQuery), heard("right"))
	if got := eval[string](t, ctx, `document.querySelector('#scan-ask [data-sku="BRK-20-1P"] [data-quantity="on-hand"]').value`); got != "14" {
		t.Errorf("it finds %s on hand", got)
	}
	run(t, ctx, chromedp.SetUploadFiles("#scan-photo", []string{photo("shelf.jpg", nil)}, chromedp.ByQuery), heard("wrong"))
	if got := said(t, ctx); got != "wrong: No code in the picture" {
		t.Errorf("of an empty shelf the page says %q", got)
	}
}

// Over plain HTTP from another machine browsers have no camera; the page says why, and a typed code works.
func TestNoCameraWithoutHTTPS(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone, chromedp.Flag("host-resolver-rules", "MAP stock.test 127.0.0.1"))
	d.url = strings.Replace(d.url, "127.0.0.1", "stock.test", 1)
	run(t, ctx, signIn(d, "ana"), chromedp.Navigate(d.url+"/scan?verb=take"), until(`document.querySelector("#finder").dataset.camera == "none"`))
	if text := eval[string](t, ctx, `document.querySelector("#scan-why").innerText`); !contains(text, "HTTPS only", "Ask your owner") {
		t.Errorf("without HTTPS the page says %q", text)
	}
	run(t, ctx, typeCode("BRK-20-1P", "right"))
	if got := said(t, ctx); got != "right: Take 1 ea" {
		t.Errorf("a typed code says %q", got)
	}
}

// The camera is closed while nobody looks at the page, and open again when somebody does.
func TestCameraRests(t *testing.T) {
	d := startDemo(t)
	ctx, cam := openWithCamera(t, phone)
	hidden := func(yes bool) chromedp.Action {
		return chromedp.Evaluate(fmt.Sprintf(`Object.defineProperty(document, "hidden", {value: %t, configurable: true}); document.dispatchEvent(new Event("visibilitychange")); true`, yes), nil)
	}
	live := `(document.querySelector("#scan-video").srcObject?.getTracks() ?? []).filter(t => t.readyState == "live").length`
	run(t, ctx, signIn(d, "ana"), openScan(d, "?verb=take"))
	if n := eval[int](t, ctx, "%s", live); n != 1 {
		t.Errorf("%d cameras are on", n)
	}
	cam.shows(code128Of(t, "BRK-20-1P"))
	run(t, ctx, chromedp.Evaluate(`window.track = document.querySelector("#scan-video").srcObject.getTracks()[0]; true`, nil), hidden(true),
		until(`window.track.readyState == "ended" && %s == 0`, live), hidden(false), until("%s == 1", live), heard("right"))
	// A question about an undo takes the page's place.
	run(t, ctx, chromedp.Evaluate(`window.track = document.querySelector("#scan-video").srcObject.getTracks()[0]; document.querySelector("#main").replaceChildren(); true`, nil),
		until(`window.track.readyState == "ended"`))
}

// A scan in a dead corner waits, and books once when the connection is back.
func TestScanWithoutConnection(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	run(t, ctx, signIn(d, "ana"), chromedp.Navigate(d.url+"/scan?verb=take"), until(`document.querySelector("#finder").dataset.camera`), offline(true),
		chromedp.SetValue("#code", "BRK-20-1P", chromedp.ByQuery), chromedp.Click("#scan-form button", chromedp.ByQuery),
		until(`document.querySelector("#scan-waiting").innerText.includes("1 scan waits")`))
	if n := eval[int](t, ctx, hits); n != 0 {
		t.Errorf("without a connection %d acts are shown as booked", n)
	}
	run(t, ctx, offline(false), until(hits+` == 1 && document.querySelector("#scan-waiting").innerText == ""`))
	if got := onHandOf(t, ctx, d, "BRK-20-1P"); got != "13" {
		t.Errorf("%s on hand, want 13", got)
	}
}

// Scans that wait when one leaves the page go on from the next, in their order: a label turns those behind it there, too.
func TestLeaveTheScanPage(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	run(t, ctx, signIn(d, "ana"), chromedp.Navigate(d.url+"/scan?verb=take"), until(`document.querySelector("#finder").dataset.camera`),
		chromedp.Evaluate(`XMLHttpRequest.prototype.send = () => {}; true`, nil)) // nothing leaves this page any more
	for _, code := range []string{"BRK-20-1P", "Truck 1", "NUT-Y"} {
		run(t, ctx, chromedp.SetValue("#code", code, chromedp.ByQuery), chromedp.Click("#scan-form button", chromedp.ByQuery))
	}
	run(t, ctx, chromedp.Navigate(d.url+"/more"), until(`document.querySelectorAll("#unsent li").length == 1 && document.querySelector("#unsent").innerText.includes("Truck 1 has 0 ea")`))
	if got := onHandOf(t, ctx, d, "BRK-20-1P"); got != "13" {
		t.Errorf("%s on hand, want 13", got)
	}
	if got := onHandOf(t, ctx, d, "NUT-Y"); got != "1150" {
		t.Errorf("%s on hand, want 1150: nobody said that it is meant", got)
	}
	run(t, ctx, chromedp.Click(`#unsent button[aria-label^="Discard"]`, chromedp.ByQuery), until(`!document.querySelector("#unsent")`))
}
