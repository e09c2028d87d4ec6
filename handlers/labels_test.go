package handlers

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// pagesOf returns the drawing commands of a PDF's pages.
func pagesOf(t *testing.T, pdf []byte) []string {
	t.Helper()
	var pages []string
	for _, m := range regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`).FindAllSubmatch(pdf, -1) {
		z, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue // a font's own stream
		}
		text, err := io.ReadAll(z)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte(" re f")) {
			pages = append(pages, string(text))
		}
	}
	return pages
}

var rectangle = regexp.MustCompile(`(?m)^(-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) re f`)

// ink draws what a page fills, as a printer of 600 dots an inch would, and cuts a label out.
func ink(t *testing.T, page string, on sheet, cell int) image.Image {
	t.Helper()
	const dots = 600.0 / 72 // for a point
	x, y := on.at(cell)
	mm := func(v float64) int { return int(v * pointsInMM * dots) }
	img := image.NewGray(image.Rect(0, 0, mm(on.width), mm(on.height)))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for _, m := range rectangle.FindAllStringSubmatch(page, -1) {
		var v [4]float64
		for i := range v {
			var err error
			if v[i], err = strconv.ParseFloat(m[i+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		// A PDF counts from the lower left corner, up.
		left, top := v[0]*dots-float64(mm(x)), (on.pageH*pointsInMM-v[1])*dots-float64(mm(y))
		for py := int(top); py < int(top-v[3]*dots); py++ {
			for px := int(left); px < int(left+v[2]*dots); px++ {
				img.Set(px, py, color.Gray{})
			}
		}
	}
	return img
}

func readCode(img image.Image) (string, error) {
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return "", err
	}
	res, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		return "", err
	}
	return res.GetText(), nil
}

// Each label lies where the maker's template has it, and a scanner reads what it says.
func TestLabelPDF(t *testing.T) {
	texts := make([]labelText, 5)
	for i := range texts {
		texts[i] = labelText{URL: fmt.Sprintf("https://stock.example.com/i/%d", i+1), Title: "Copper elbow 90°, ½ in, a name that needs more than a line",
			Code: "ELB-90-050", Note: "ea"}
	}
	for _, on := range sheets {
		t.Run(on.Key, func(t *testing.T) {
			start := max(1, on.Cells()-2) // so that it turns to a second page
			pdf, err := labelPDF(texts, on, start, time.Unix(19e8, 0))
			if err != nil {
				t.Fatal(err)
			}
			pages := pagesOf(t, pdf)
			for i, want := range texts {
				n := start - 1 + i
				page := n / on.Cells()
				if page >= len(pages) {
					t.Fatalf("%d pages, and label %d is on page %d", len(pages), i+1, page+1)
				}
				if got, err := readCode(ink(t, pages[page], on, n%on.Cells())); err != nil || got != want.URL {
					t.Errorf("label %d reads %q, %v", i+1, got, err)
				}
			}
			x, y := on.at(on.Cells() - 1) // makers leave the same margin on both sides
			if right, below := on.pageW-x-on.width, on.pageH-y-on.height; math.Abs(right-on.left) > 0.5 || math.Abs(below-on.top) > 0.5 {
				t.Errorf("margins of %.2f and %.2f mm left and above, %.2f and %.2f right and below", on.left, on.top, right, below)
			}
		})
	}
}

// A label's text stays on the label, however long the name.
func TestLabelTextFits(t *testing.T) {
	long := labelText{URL: "https://stock.example.com/i/1", Title: "Ünïcödé " + string(bytes.Repeat([]byte("wide "), 60)), Code: string(bytes.Repeat([]byte("W"), 64))}
	pdf, err := labelPDF([]labelText{long}, sheetOf("2x1"), 1, time.Unix(19e8, 0))
	if err != nil {
		t.Fatal(err)
	}
	at := regexp.MustCompile(`BT ([\d.]+) ([\d.]+) Td`)
	found := at.FindAllStringSubmatch(pagesOf(t, pdf)[0], -1)
	if len(found) < 3 {
		t.Fatalf("%d lines of text", len(found))
	}
	for _, m := range found {
		y, err := strconv.ParseFloat(m[2], 64)
		if err != nil || y < 0 || y > 72 {
			t.Errorf("a line at %s points of 72: %v", m[2], err)
		}
	}
}
