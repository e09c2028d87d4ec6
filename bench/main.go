// Bench measures the real binary over HTTP with 10,000 items: start, size, what a phone loads, search and
// stock acts with 1 and 16 clients. Beside the acts stands what this disk can do at all, measured in the same run.
//
// It prints one table. Machines differ and are noisy: compare the ratios.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	items    = 10_000
	password = "bench-password-1"
)

func main() {
	if err := bench(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench() error {
	dir, err := os.MkdirTemp("", "lwc-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r := rig{dir: dir, binary: filepath.Join(dir, "lwc-inventory")}
	if err := r.prepare(); err != nil {
		return err
	}
	size, err := os.Stat(r.binary)
	if err != nil {
		return err
	}
	fmt.Printf("| what | value |\n|---|---|\n| binary, stripped | %.1f MB |\n", float64(size.Size())/1e6)
	if err := r.coldStarts(); err != nil {
		return err
	}
	if err := r.start(); err != nil {
		return err
	}
	defer r.stop()
	if err := r.waitForIndex(); err != nil {
		return err
	}
	for _, part := range []func() error{r.phone, r.search, r.acts} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// A rig is the binary, its data, and the running process.
type rig struct {
	dir, binary, addr string
	cmd               *exec.Cmd
	session           *http.Cookie
	csrf              string
	ids               []string // of items
}

func (r *rig) base() string { return "http://" + r.addr }

// prepare builds the binary and fills its data folder as an owner would: by its own commands.
func (r *rig) prepare() error {
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", r.binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	r.addr = ln.Addr().String()
	if err := ln.Close(); err != nil {
		return err
	}
	file := filepath.Join(r.dir, "items.csv")
	if err := os.WriteFile(file, []byte(catalogue(items)), 0o600); err != nil {
		return err
	}
	if err := r.command(password, "user", "add", "--username", "bench", "--role", "owner", "--password-stdin"); err != nil {
		return err
	}
	began := time.Now()
	if err := r.command("", "import", "items", file); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "import of %d items: %v\n", items, time.Since(began).Round(time.Millisecond))
	return nil
}

func (r *rig) process(args ...string) *exec.Cmd {
	cmd := exec.Command(r.binary, args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "ADDR="+r.addr, "DATA_DIR="+filepath.Join(r.dir, "data"), "LOG_LEVEL=error", "JOBBER_SYNC_INTERVAL=0")
	return cmd
}

func (r *rig) command(stdin string, args ...string) error {
	cmd := r.process(args...)
	cmd.Stdin = strings.NewReader(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", args, err, out)
	}
	return nil
}

// coldStarts measures from the process's start to its first answer, with a search index that is there.
func (r *rig) coldStarts() error {
	if err := r.start(); err != nil { // once, so that the index is made
		return err
	}
	if err := r.waitForIndex(); err != nil {
		return err
	}
	if err := r.stop(); err != nil {
		return err
	}
	var times []time.Duration
	for range 5 {
		began := time.Now()
		if err := r.start(); err != nil {
			return err
		}
		times = append(times, time.Since(began))
		if err := r.stop(); err != nil {
			return err
		}
	}
	fmt.Printf("| cold start to the first answer, %d items (median of 5) | %s |\n", items, ms(percentile(times, 50)))
	return nil
}

// start starts the server and returns when it answers.
func (r *rig) start() error {
	r.cmd = r.process("serve")
	r.cmd.Stderr = os.Stderr
	if err := r.cmd.Start(); err != nil {
		return err
	}
	client := http.Client{Timeout: time.Second}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if resp, err := client.Get(r.base() + "/readyz"); err == nil {
			if err := resp.Body.Close(); err != nil {
				return err
			}
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
	}
	return fmt.Errorf("the server does not answer")
}

func (r *rig) stop() error {
	if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return r.cmd.Wait()
}

// waitForIndex signs in and returns once the search finds the last item.
func (r *rig) waitForIndex() error {
	if err := r.signIn(); err != nil {
		return err
	}
	last := fmt.Sprintf("SKU-%05d", items-1)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		body, _, err := r.get("/items?q="+last, "")
		if err != nil {
			return err
		}
		if strings.Contains(body, `data-sku="`+last+`"`) {
			return nil
		}
	}
	return fmt.Errorf("the search never found %s", last)
}

// get answers the body as it came over the wire; encoding is what the client accepts, "" for none.
func (r *rig) get(path, encoding string) (string, http.Header, error) {
	req, err := http.NewRequest(http.MethodGet, r.base()+path, nil)
	if err != nil {
		return "", nil, err
	}
	if r.session != nil {
		req.AddCookie(r.session)
	}
	req.Header.Set("Accept-Encoding", encoding)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s", path, resp.Status)
	}
	return string(body), resp.Header, err
}
