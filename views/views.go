// Package views holds the pages' templates, one folder for each noun on the screen.
//
// A file's name is its path without the extension: item/list. Its first line says what data it
// takes. No file defines templates of another name, since all names share one space.
package views

import "embed"

// FS holds the templates.
//
//go:embed */*.html
var FS embed.FS
