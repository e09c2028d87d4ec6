package handlers

import (
	"bytes"
	"fmt"
	"image/color"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/boombuler/barcode/qr"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// labelText is what one label says: its code, and the same for eyes.
type labelText struct {
	URL   string // in the code
	Title string
	Code  string // a SKU; may be empty
	Note  string // where it stands, or what it is; may be empty
}

// Measures of the text on a label, in millimetres and points.
const (
	labelPad   = 2.0
	labelFont  = "go"
	biggest    = 13.0
	smallest   = 5.0
	pointsInMM = 72 / inch
	leading    = 1.15 // from line to line, in heights of the text
)

// labelPDF draws labels on a sheet, the first on cell start (counted from 1), and goes on over as many
// pages as it takes. Lines of text that do not fit become smaller, and then end in dots.
func labelPDF(labels []labelText, on sheet, start int, made time.Time) ([]byte, error) {
	f := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: min(on.pageW, on.pageH), Ht: max(on.pageW, on.pageH)}})
	f.SetCreationDate(made)
	f.SetCatalogSort(true)
	f.SetTitle("Labels", true)
	f.SetAutoPageBreak(false, 0)
	f.AddUTF8FontFromBytes(labelFont, "", goregular.TTF)
	f.AddUTF8FontFromBytes(labelFont, "B", gobold.TTF)
	orientation := "P"
	if on.pageW > on.pageH {
		orientation = "L"
	}
	for i, l := range labels {
		cell := (start - 1 + i) % on.Cells()
		if i == 0 || cell == 0 {
			f.AddPageFormat(orientation, fpdf.SizeType{Wd: min(on.pageW, on.pageH), Ht: max(on.pageW, on.pageH)})
		}
		x, y := on.at(cell)
		if err := drawLabel(f, l, x, y, on.width, on.height); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	err := f.Output(&out)
	return out.Bytes(), err
}

func drawLabel(f *fpdf.Fpdf, l labelText, x, y, w, h float64) error {
	side := min(h-2*labelPad, w*0.45)
	if err := drawCode(f, l.URL, x+labelPad, y+(h-side)/2, side); err != nil {
		return err
	}
	left, room := x+side+2*labelPad, w-side-3*labelPad
	size := min(biggest, h*pointsInMM/6)
	lineHeight := func(pt float64) float64 { return pt / pointsInMM * leading }
	bottom := y + h - labelPad
	for _, small := range []struct {
		text, style string
		pt          float64
	}{{l.Note, "", size * 0.7}, {l.Code, "B", size * 0.9}} {
		if small.text == "" {
			continue
		}
		text := fitText(f, small.text, small.style, small.pt, room)
		f.Text(left, bottom-lineHeight(small.pt)*0.2, text)
		bottom -= lineHeight(small.pt)
	}
	if l.Code == "" {
		size *= 1.7 // a shelf's name is read from the aisle
	}
	drawTitle(f, l.Title, left, y+labelPad, room, bottom-y-labelPad, size)
	return nil
}

// drawTitle writes the name over as many lines as there is room for, smaller if it must.
func drawTitle(f *fpdf.Fpdf, title string, x, y, w, h, pt float64) {
	var lines []string
	for ; ; pt -= 0.5 {
		f.SetFont(labelFont, "B", pt)
		lines = f.SplitText(title, w)
		if pt <= smallest || float64(len(lines))*pt/pointsInMM*leading <= h {
			break
		}
	}
	high := pt / pointsInMM * leading
	fit := max(1, int(h/high))
	if len(lines) > fit {
		lines = lines[:fit]
		lines[fit-1] += "…"
	}
	for i, line := range lines {
		f.Text(x, y+high*(float64(i)+0.8), fitText(f, line, "B", pt, w))
	}
}

// fitText sets the font and returns the text as it fits into a width.
func fitText(f *fpdf.Fpdf, text, style string, pt, w float64) string {
	f.SetFont(labelFont, style, pt)
	for ; pt > smallest && f.GetStringWidth(text) > w; pt -= 0.5 {
		f.SetFont(labelFont, style, pt)
	}
	short := []rune(text)
	for len(short) > 1 && f.GetStringWidth(text) > w {
		short = short[:len(short)-1]
		text = string(short) + "…"
	}
	return text
}

// drawCode draws a QR code as rectangles: it stays sharp at any printer's resolution. The quiet zone
// of four modules that ISO/IEC 18004 asks for is inside the square.
func drawCode(f *fpdf.Fpdf, text string, x, y, side float64) error {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return fmt.Errorf("a code for %q: %w", text, err)
	}
	const quiet = 4
	n := code.Bounds().Dx()
	module := side / float64(n+2*quiet)
	f.SetFillColor(0, 0, 0)
	for row := range n {
		for col := 0; col < n; col++ {
			run := 0
			for col+run < n && code.At(col+run, row) == (color.Gray16{Y: 0}) {
				run++
			}
			if run > 0 {
				f.Rect(x+module*float64(quiet+col), y+module*float64(quiet+row), module*float64(run), module, "F")
				col += run - 1
			}
		}
	}
	return nil
}
