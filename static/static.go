// Package static holds the files that browsers load beside the pages: style, script, icons.
//
// They are built into the binary, named after their content, and compressed once, when first asked for, so
// that a browser may keep each for ever and a request costs a map look-up.
package static

import (
	"bytes"
	"cmp"
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
	"sync"

	"github.com/andybalholm/brotli"
)

// pageScript is the script of every page, and pageParts what it is made of, in the order in which they run. One file is
// one request: on a slow link each costs a round trip. What only some pages need stays a file of its own.
const pageScript = "page.js"

var pageParts = []string{"htmx-2.0.11.min.js", "rows.js", "unsent.js", "app.js", "split.js", "wedge.js"}

//go:embed *.css *.js *.svg *.png *.wasm *.webmanifest
var served embed.FS

const prefix = "/static/"

// quality is brotli's: 5 takes some 50 ms for the largest file, 11 takes seconds for a tenth less.
const quality = 5

// File is one served file. Its bytes are shared and must not be changed.
type File struct {
	Name        string // as in the source: app.css
	ContentType string
	ETag        string // strong, quoted; of the uncompressed body
	body        func() []byte
	gzip        func() []byte
	brotli      func() []byte
}

// Body returns the file as it is. It is copied from the binary each time: nearly all browsers ask for one of the others,
// and the largest file has a megabyte.
func (f File) Body() []byte { return f.body() }

// Gzip returns the body compressed; never empty.
func (f File) Gzip() []byte { return f.gzip() }

// Brotli returns the body compressed; never empty.
func (f File) Brotli() []byte { return f.brotli() }

// Files is the set of served files. It is safe for use by several goroutines.
type Files struct {
	urls  map[string]string // by name
	files map[string]File   // by URL
}

// New hashes the embedded files. It fails only when the binary was built from a
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
	var script []byte
	for _, name := range pageParts {
		part, err := served.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("part of %s: %w", pageScript, err)
		}
		script = append(append(script, part...), '\n')
	}
	if err := f.add(pageScript, func() []byte { return script }); err != nil {
		return nil, err
	}
	for _, e := range entries {
		if slices.Contains(pageParts, e.Name()) {
			continue
		}
		if err := f.add(e.Name(), func() []byte { return embedded(e.Name()) }); err != nil {
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

// embedded returns a file that is known to be there.
func embedded(name string) []byte {
	body, err := served.ReadFile(name)
	if err != nil {
		panic(err) // the binary does not lose a part of itself
	}
	return body
}

func (f *Files) add(name string, read func() []byte) error {
	body := read()
	if order(name) > 0 {
		body = f.link(body)
		linked := body
		read = func() []byte { return linked }
	}
	file := File{Name: name, ContentType: contentType(name), body: read}
	if file.ContentType == "" {
		return fmt.Errorf("no content type for %q", path.Ext(name))
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:6])
	file.ETag = `"` + hash + `"`
	file.gzip = sync.OnceValue(func() []byte {
		return compress(read(), func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	})
	file.brotli = sync.OnceValue(func() []byte {
		return compress(read(), func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, quality) })
	})
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
	case ".wasm":
		return "application/wasm"
	case ".png":
		return "image/png"
	case ".webmanifest":
		return "application/manifest+json"
	}
	return ""
}

func compress(body []byte, with func(io.Writer) io.WriteCloser) []byte {
	var b bytes.Buffer
	w := with(&b)
	_, err := w.Write(body)
	if err := cmp.Or(err, w.Close()); err != nil {
		panic(err) // memory does not fail
	}
	return b.Bytes()
}
