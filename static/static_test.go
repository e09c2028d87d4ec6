package static

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

func TestFiles(t *testing.T) {
	f, err := New()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"app.css":                 "text/css; charset=utf-8",
		"page.js":                 "text/javascript; charset=utf-8",
		"favicon.svg":             "image/svg+xml",
		"scan.js":                 "text/javascript; charset=utf-8",
		"icons.svg":               "image/svg+xml",
		"manifest.webmanifest":    "application/manifest+json",
		"zxing-reader-3.1.3.wasm": "application/wasm",
	}
	for name, contentType := range want {
		url := f.URL(name)
		file, ok := f.Lookup(url)
		if !ok {
			t.Errorf("%s: nothing at its address %q", name, url)
			continue
		}
		if file.Name != name || file.ContentType != contentType {
			t.Errorf("%s: got %s, %s", name, file.Name, file.ContentType)
		}
		if !regexp.MustCompile(`^/static/[a-z0-9.-]+\.[0-9a-f]{12}\.[a-z]+$`).MatchString(url) {
			t.Errorf("%s: odd address %q", name, url)
		}
		if hash := strings.Trim(file.ETag, `"`); !strings.Contains(url, hash) {
			t.Errorf("%s: ETag %s is not the hash in %q", name, file.ETag, url)
		}
	}
	if n := f.URL("nope.css"); n != "" {
		t.Errorf("unknown name has the address %q", n)
	}
	for _, url := range []string{"", "/static/app.css", "/static/app.000000000000.css", "/static/../static.go"} {
		if file, ok := f.Lookup(url); ok {
			t.Errorf("Lookup(%q) found %s", url, file.Name)
		}
	}
}

// The script of every page holds its parts whole, in their order, and none of them is served a second time.
func TestPageScript(t *testing.T) {
	f, err := New()
	if err != nil {
		t.Fatal(err)
	}
	script, _ := f.Lookup(f.URL(pageScript))
	rest := script.Body()
	for _, name := range pageParts {
		part, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, after, ok := bytes.Cut(rest, part)
		if !ok {
			t.Errorf("%s is not in %s, or before its turn", name, pageScript)
		}
		rest = after
		if url := f.URL(name); url != "" {
			t.Errorf("%s is served at %s, too", name, url)
		}
	}
}

func TestCompressed(t *testing.T) {
	f, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range f.Names() {
		file, _ := f.Lookup(f.URL(name))
		zr, err := gzip.NewReader(bytes.NewReader(file.Gzip()))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for how, r := range map[string]io.Reader{"gzip": zr, "brotli": brotli.NewReader(bytes.NewReader(file.Brotli()))} {
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, file.Body()) {
				t.Errorf("%s: %s does not give the body back (%v)", name, how, err)
			}
		}
		t.Logf("%-22s %6d bytes, gzip %5d, brotli %5d", name, len(file.Body()), len(file.Gzip()), len(file.Brotli()))
	}
}

// The files must get along with the policy that the pages are served under, and with names that
// change: nothing may point to a file by its plain name.
func TestBodies(t *testing.T) {
	f, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range f.Names() {
		file, _ := f.Lookup(f.URL(name))
		for _, plain := range f.Names() {
			if bytes.Contains(file.Body(), []byte("/static/"+plain)) {
				t.Errorf("%s names %s without its hash", name, plain)
			}
		}
		if strings.HasSuffix(name, ".css") && regexp.MustCompile(`url\(|@import`).Match(file.Body()) {
			t.Errorf("%s loads another file; its address would not be hashed", name)
		}
	}
	manifest, _ := f.Lookup(f.URL("manifest.webmanifest"))
	for _, icon := range []string{"favicon.svg", "icon-192.png", "icon-512.png", "icon-maskable-512.png"} { // phones install an app with PNGs only
		if !bytes.Contains(manifest.Body(), []byte(f.URL(icon))) {
			t.Errorf("the manifest does not name the icon's address %s", f.URL(icon))
		}
	}
}

func TestVendored(t *testing.T) {
	sums, err := os.Open("vendor.sums")
	if err != nil {
		t.Fatal(err)
	}
	defer sums.Close()
	checked := map[string]bool{}
	for lines := bufio.NewScanner(sums); lines.Scan(); {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok {
			t.Fatalf("vendor.sums: cannot read %q", lines.Text())
		}
		if strings.HasSuffix(name, ".tgz") {
			continue // checked by vendor.sh when it fetches the package
		}
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := sha256.Sum256(body); hex.EncodeToString(got[:]) != sum {
			t.Errorf("%s is not the file that vendor.sums records; run vendor.sh", name)
		}
		checked[name] = true
	}
	minified, err := filepath.Glob("*.min.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(minified, "zxing-reader-3.1.3.wasm", "htmx.LICENSE", "barcode-detector.LICENSE", "zxing-wasm.LICENSE") {
		if !checked[name] {
			t.Errorf("%s has no sum in vendor.sums", name)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(); err != nil {
			b.Fatal(err)
		}
	}
}
