package e2e

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestMails looks at every kind of mail on a phone, light and dark: nothing is wider than the screen, and axe finds nothing.
// It takes the ones that the tests of alerts hold, or those in MAILS, and writes their pictures there.
func TestMails(t *testing.T) {
	dir, suffix, shots := filepath.Join("..", "..", "alerts", "testdata"), ".html.golden", ""
	if out := os.Getenv("MAILS"); out != "" {
		if !filepath.IsAbs(out) {
			out = filepath.Join("..", "..", out) // as seen from where make runs
		}
		dir, suffix, shots = out, ".html", out
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"+suffix))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d mails in %s, %v", len(files), dir, err)
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := os.ReadFile(filepath.Join(dir, filepath.Base(r.URL.Path)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(body)
	}))
	t.Cleanup(web.Close)
	ctx := open(t, phone)
	withAxe(t, ctx)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), suffix)
		run(t, ctx, chromedp.Navigate(web.URL+"/"+filepath.Base(file)), chromedp.WaitVisible(`h1`, chromedp.ByQuery))
		if wide := eval[int64](t, ctx, `document.documentElement.scrollWidth`); wide > phone.width {
			t.Errorf("%s is %d wide on a screen of %d", name, wide, phone.width)
		}
		axe(t, ctx, name)
		for _, dark := range []bool{false, true} {
			keepMailShot(t, ctx, shots, name, dark)
		}
	}
}

// keepMailShot keeps a picture of all of the mail, if there is a folder for it.
func keepMailShot(t *testing.T, ctx context.Context, dir, name string, dark bool) {
	t.Helper()
	if dir == "" {
		return
	}
	look := map[bool]string{false: "light", true: "dark"}[dark]
	var png []byte
	run(t, ctx, scheme(dark), chromedp.FullScreenshot(&png, 100))
	if err := os.WriteFile(filepath.Join(dir, name+"-"+look+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}
