package handlers

// A sheet is paper that labels are printed on. Lengths are in millimetres.
type sheet struct {
	Key  string // as it stands in addresses
	Name string
	Cols int
	Rows int

	pageW, pageH   float64
	left, top      float64 // of the first label
	width, height  float64 // of one label
	acrossX, downY float64 // from one label to the next
}

// inch is an inch in millimetres.
const inch = 25.4

// sheets are the papers to choose from, the most common first. Measures are the makers' own: Avery's
// templates 5160 (US letter) and L7160 (A4), Brother's DK-11209, and the 2 by 1 inch label of thermal printers.
var sheets = []sheet{
	{Key: "5160", Name: "Avery 5160, 30 on US letter", Cols: 3, Rows: 10, pageW: 8.5 * inch, pageH: 11 * inch,
		left: 0.1875 * inch, top: 0.5 * inch, width: 2.625 * inch, height: inch, acrossX: 2.75 * inch, downY: inch},
	{Key: "l7160", Name: "Avery L7160, 21 on A4", Cols: 3, Rows: 7, pageW: 210, pageH: 297,
		left: 7.25, top: 15.15, width: 63.5, height: 38.1, acrossX: 66.0, downY: 38.1},
	{Key: "62mm", Name: "Label printer, 62 by 29 mm", Cols: 1, Rows: 1, pageW: 62, pageH: 29, width: 62, height: 29},
	{Key: "2x1", Name: "Label printer, 2 by 1 inch", Cols: 1, Rows: 1, pageW: 2 * inch, pageH: inch, width: 2 * inch, height: inch},
}

// sheetOf returns the sheet of a key, or the first.
func sheetOf(key string) sheet {
	for _, s := range sheets {
		if s.Key == key {
			return s
		}
	}
	return sheets[0]
}

// Cells is how many labels one page holds.
func (s sheet) Cells() int { return s.Cols * s.Rows }

// Roll reports whether each label is a page of its own.
func (s sheet) Roll() bool { return s.Cells() == 1 }

// at returns the upper left corner of a cell of a page, counted from 0 in reading order.
func (s sheet) at(cell int) (x, y float64) {
	return s.left + float64(cell%s.Cols)*s.acrossX, s.top + float64(cell/s.Cols)*s.downY
}
