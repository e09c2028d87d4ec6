package e2e

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/datamatrix"
	"github.com/boombuler/barcode/ean"
	"github.com/boombuler/barcode/qr"
	"github.com/chromedp/chromedp"
)

// A camera is a file that the browser takes for its camera.
type camera struct {
	t    *testing.T
	path string
}

// openWithCamera starts a browser of the screen's size with a camera that may be used.
func openWithCamera(t *testing.T, s screen) (context.Context, camera) {
	t.Helper()
	cam := camera{t, filepath.Join(t.TempDir(), "camera.mjpeg")}
	cam.shows(nil)
	return open(t, s, chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-video-capture", cam.path)), cam
}

// shows puts a code before the camera; nil is an empty shelf. It counts from the next time the camera opens.
func (c camera) shows(code barcode.Barcode) {
	c.t.Helper()
	frame := picture(c.t, code)
	var one bytes.Buffer
	if err := jpeg.Encode(&one, frame, &jpeg.Options{Quality: 92}); err != nil {
		c.t.Fatal(err)
	}
	next := c.path + ".next" // a camera that is open goes on with the old file
	err := errors.Join(os.WriteFile(next, bytes.Repeat(one.Bytes(), 10), 0o600), os.Rename(next, c.path))
	if err != nil {
		c.t.Fatal(err)
	}
}

// picture is a label with the code, as a camera would see it.
func picture(t *testing.T, code barcode.Barcode) image.Image {
	t.Helper()
	frame := image.NewRGBA(image.Rect(0, 0, 640, 480)) // colour: the browser cannot read grey films
	draw.Draw(frame, frame.Bounds(), image.NewUniform(color.RGBA{90, 80, 70, 255}), image.Point{}, draw.Src)
	if code == nil {
		return frame
	}
	width, height := 400, 140
	if code.Metadata().Dimensions == 2 {
		width, height = 260, 260
	}
	scaled, err := barcode.Scale(code, width, height)
	if err != nil {
		t.Fatal(err)
	}
	label := image.Rect(0, 0, width+80, height+80).Add(image.Pt((560-width)/2, (400-height)/2))
	draw.Draw(frame, label, image.White, image.Point{}, draw.Src)
	draw.Draw(frame, scaled.Bounds().Add(label.Min.Add(image.Pt(40, 40))), scaled, image.Point{}, draw.Src)
	return frame
}

func qrCode(t *testing.T, text string) barcode.Barcode {
	t.Helper()
	return must(t)(qr.Encode(text, qr.M, qr.Auto))
}

func code128Of(t *testing.T, text string) barcode.Barcode {
	t.Helper()
	c, err := code128.Encode(text)
	return must(t)(c, err)
}

func eanOf(t *testing.T, digits string) barcode.Barcode {
	t.Helper()
	c, err := ean.Encode(digits)
	return must(t)(c, err)
}

func dataMatrix(t *testing.T, text string) barcode.Barcode {
	t.Helper()
	return must(t)(datamatrix.Encode(text))
}

func must(t *testing.T) func(barcode.Barcode, error) barcode.Barcode {
	return func(c barcode.Barcode, err error) barcode.Barcode {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}

// Where there are two cameras one tap takes the other, and it is the one next time; with one there is nothing to choose.
func TestTheOtherCamera(t *testing.T) {
	d := startDemo(t)
	const using = `(document.querySelector("#finder video").srcObject?.getVideoTracks()[0].getSettings().deviceId ?? "")`
	ctx := open(t, phone, chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", "device-count=2"))
	page := chromedp.Tasks{chromedp.Navigate(d.url + "/scan"), until(`document.querySelector("#finder").dataset.camera == "open" && !document.querySelector("#scan-camera").hidden`)}
	run(t, ctx, signIn(d, "ana"), page)
	first := eval[string](t, ctx, using)
	run(t, ctx, chromedp.Click("#scan-camera", chromedp.ByQuery), until(using+` && `+using+` != %q`, first))
	second := eval[string](t, ctx, using)
	run(t, ctx, page, until(using+` == %q`, second), chromedp.Click("#scan-camera", chromedp.ByQuery), until(using+` == %q`, first))

	alone, _ := openWithCamera(t, phone)
	run(t, alone, signIn(d, "ana"), chromedp.Navigate(d.url+"/scan"), until(`document.querySelector("#finder").dataset.camera == "open"`))
	if eval[bool](t, alone, `document.querySelector("#scan-camera").checkVisibility()`) {
		t.Error("one camera, and a button for another")
	}
}
