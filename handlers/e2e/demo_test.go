// Package e2e drives the program as people do: the real binary, its demo, and a real browser.
package e2e

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// A demo is the running binary and where its three sites are.
type demo struct {
	url, office, mailbox string
	passwords            map[string]string
}

var (
	siteLine = regexp.MustCompile(`(http://\S+)$`)
	userLine = regexp.MustCompile(`^  (\w+) +(\S+) +(Owner|General manager|Warehouse)$`)
)

// startDemo runs the binary's demo on a port of its own.
func startDemo(t *testing.T, env ...string) demo {
	t.Helper()
	cmd := exec.Command(binary, "demo")
	cmd.Dir = t.TempDir() // no .env of ours
	cmd.Env = append(os.Environ(), "ADDR=127.0.0.1:0", "TZ=America/Chicago")
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the demo ended with %v", err)
		}
	})
	return readWelcome(t, out)
}

// readWelcome reads what the demo prints when it is ready.
func readWelcome(t *testing.T, out io.Reader) demo {
	t.Helper()
	d := demo{passwords: map[string]string{}}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		line := lines.Text()
		if m := userLine.FindStringSubmatch(line); m != nil {
			d.passwords[m[1]] = m[2]
		}
		m := siteLine.FindStringSubmatch(line)
		switch {
		case m == nil:
		case d.url == "":
			d.url = m[1]
		case d.office == "":
			d.office = m[1]
		default:
			d.mailbox = m[1]
			go io.Copy(io.Discard, out) // nothing may fill the pipe
			return d
		}
	}
	t.Fatalf("the demo said no addresses: %v", lines.Err())
	return d
}

// A screen is the size of somebody's device.
type screen struct {
	name          string
	width, height int64
	phone         bool
}

var (
	phone  = screen{"390", 390, 844, true}
	tablet = screen{"820", 820, 1180, true}
	laptop = screen{"1440", 1440, 900, false}
)

// open starts a browser of the screen's size, and with what else it is told.
func open(t *testing.T, s screen, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is missing; `make test` installs it")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WindowSize(int(s.width), int(s.height)))
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), append(opts, more...)...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc, chromedp.WithErrorf(t.Logf))
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 6*time.Minute)
	t.Cleanup(cancel)
	size := chromedp.EmulateViewport(s.width, s.height)
	if s.phone {
		size = chromedp.EmulateViewport(s.width, s.height, chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	run(t, ctx, size)
	return ctx
}

// scheme makes the browser ask for light or dark pages.
func scheme(dark bool) chromedp.Action {
	value := "light"
	if dark {
		value = "dark"
	}
	return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}})
}

func run(t *testing.T, ctx context.Context, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(ctx, actions...); err != nil {
		var where, body string
		if e := chromedp.Run(ctx, chromedp.Location(&where), chromedp.Text("body", &body, chromedp.ByQuery)); e != nil {
			t.Logf("the page cannot be read either: %v", e)
		}
		t.Fatalf("%v\nat %s:\n%s", err, where, body)
	}
}

// signIn fills the form as a person does.
func signIn(d demo, user string) chromedp.Tasks {
	return chromedp.Tasks{
		chromedp.Navigate(d.url + "/login"),
		chromedp.SendKeys("#username", user, chromedp.ByQuery),
		chromedp.SendKeys("#password", d.passwords[user], chromedp.ByQuery),
		chromedp.Click(`form button:not([type="button"])`, chromedp.ByQuery),
		chromedp.WaitVisible(`[data-figure="short-jobs"]`, chromedp.ByQuery),
	}
}

// eval returns what a script says of the page.
func eval[T any](t *testing.T, ctx context.Context, script string, args ...any) T {
	t.Helper()
	var v T
	run(t, ctx, chromedp.Evaluate(fmt.Sprintf(script, args...), &v))
	return v
}

// until waits for a script to say true of a page that is read to its end, over page loads too: while one is under way
// scripts fail, and a page half read has half its words.
func until(script string, args ...any) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		script := fmt.Sprintf(script, args...)
		var yes bool
		var last error
		for {
			if last = chromedp.Evaluate(`document.readyState != "loading" && !!(`+script+")", &yes).Do(ctx); last == nil && yes {
				return nil
			}
			select {
			case <-time.After(50 * time.Millisecond): // the browser is another process: there is nothing else to wait on
			case <-ctx.Done():
				return fmt.Errorf("never true: %s (%v)", script, last)
			}
		}
	})
}

func contains(s string, parts ...string) bool {
	for _, p := range parts {
		if !strings.Contains(s, p) {
			return false
		}
	}
	return true
}
