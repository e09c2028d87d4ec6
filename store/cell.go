package store

import "strings"

// A spreadsheet takes a cell that begins with one of these for a formula, which may send what else is in the sheet
// to somebody. An apostrophe before it makes it text (OWASP, CSV injection); our own import takes it off again.
const formulaMarks = "=+-@\t\r\n＝＋－＠"

// cellOf is the text as it stands in a file for spreadsheets.
func cellOf(text string) string {
	if startsFormula(strings.TrimLeft(text, "'")) {
		return "'" + text
	}
	return text
}

// textOf is what cellOf made the cell of.
func textOf(cell string) string {
	if strings.HasPrefix(cell, "'") && startsFormula(strings.TrimLeft(cell, "'")) {
		return cell[1:]
	}
	return cell
}

func startsFormula(text string) bool {
	for _, r := range text {
		return strings.ContainsRune(formulaMarks, r)
	}
	return false
}
