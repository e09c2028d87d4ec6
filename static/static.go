// Package static holds the files that browsers load beside the pages: style, script, icons.
//
// They are built into the binary, named after their content, and compressed once at the start, so
// that a browser may keep each for ever and a request costs a map look-up.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
)

//go:embed *.css *.js *.svg *.webmanifest
var served embed.FS

const prefix = "/static/"

// quality is brotli's: 5 takes some 10 ms for everything, 11 takes seconds for a tenth less.
const quality = 5

// File is one served file. Its bytes are shared and must not be changed.
type File struct {
	Name        string // as in the source: app.css
	ContentType string
	ETag        string // strong, quoted; of the uncompressed body
	Body        []byte
	Gzip        []byte // Body compressed; never empty
	Brotli      []byte // Body compressed; never empty
}

// Files is the set of served files. It is safe for use by several goroutines.
type Files struct {
	urls  map[string]string // by name
	files map[string]File   // by URL
}

// New hashes and compresses the embedded files. It fails only when the binary was built from a
// folder with a file of a kind that has no content type here.
func New() (*Files, error) {
	entries, err := served.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("list static files: %w", err)
	}
	f := &Files{urls: map[string]string{}, files: map[string]File{}}
	// The manifest names other files by their URLs, so it comes after them.
	slices.SortStableFunc(entries, func(a, b fs.DirEntry) int {
		return order(a.Name()) - order(b.Name())
	})
	// One writer for all: a new one costs more than what it compresses here.
	gz, br := gzip.NewWriter(io.Discard), brotli.NewWriterLevel(io.Discard, quality)
	for _, e := range entries {
		if err := f.add(e.Name(), gz, br); err != nil {
			return nil, fmt.Errorf("static file %s: %w", e.Name(), err)
		}
	}
	return f, nil
}

// URL returns the address to put into a page for the named file, such as
// /static/app.3f2a9c1b07de.css for app.css, or "" when there is no such file.
func (f *Files) URL(name string) string { return f.urls[name] }

// Names returns the names of all files, sorted.
func (f *Files) Names() []string { return slices.Sorted(maps.Keys(f.urls)) }

// Lookup returns the file at an address that [Files.URL] gave out. An address with another hash is
// unknown: it belongs to another version of the program, whose bytes these are not.
func (f *Files) Lookup(url string) (File, bool) {
	file, ok := f.files[url]
	return file, ok
}

func (f *Files) add(name string, gz, br writer) error {
	body, err := served.ReadFile(name)
	if err != nil {
		return err
	}
	if order(name) > 0 {
		body = f.link(body)
	}
	file := File{Name: name, ContentType: contentType(name), Body: body}
	if file.ContentType == "" {
		return fmt.Errorf("no content type for %q", path.Ext(name))
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:6])
	file.ETag = `"` + hash + `"`
	if file.Gzip, err = compress(gz, body); err != nil {
		return fmt.Errorf("gzip: %w", err)
	}
	if file.Brotli, err = compress(br, body); err != nil {
		return fmt.Errorf("brotli: %w", err)
	}
	ext := path.Ext(name)
	url := prefix + strings.TrimSuffix(name, ext) + "." + hash + ext
	f.urls[name], f.files[url] = url, file
	return nil
}

// link puts the hashed addresses in the place of plain ones, such as "/static/favicon.svg".
func (f *Files) link(body []byte) []byte {
	for name, url := range f.urls {
		body = bytes.ReplaceAll(body, []byte(`"`+prefix+name+`"`), []byte(`"`+url+`"`))
	}
	return body
}

// order is 1 for files that name others.
func order(name string) int {
	if path.Ext(name) == ".webmanifest" {
		return 1
	}
	return 0
}

// contentType does not ask the system's table of types, which differs between machines.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".webmanifest":
		return "application/manifest+json"
	}
	return ""
}

// A writer compresses into whatever it was last reset to.
type writer interface {
	io.WriteCloser
	Reset(io.Writer)
}

func compress(w writer, body []byte) ([]byte, error) {
	var b bytes.Buffer
	w.Reset(&b)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
