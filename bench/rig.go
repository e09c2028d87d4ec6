package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"time"
)

const password = "bench-password-1"

// A rig is the binary, a data folder, and the process that runs on it.
type rig struct {
	dir, binary, addr string
	goods             []material
	cmd               *exec.Cmd
	far               *slowJobber
	session           string // the cookie
	csrf              string
	to                *sender
	serial            atomic.Int64 // makes names and requests of one run different
}

// build builds the binary as it is shipped, and returns its size.
func build(dir string) (path string, size int64, err error) {
	path = filepath.Join(dir, "lwc-inventory")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", 0, fmt.Errorf("build: %w\n%s", err, out)
	}
	st, err := os.Stat(path)
	if err != nil {
		return "", 0, err
	}
	return path, st.Size(), nil
}

// newRig returns a rig with an empty data folder, for a catalogue of n items.
func newRig(dir, binary string, n int) (*rig, error) {
	folder, err := os.MkdirTemp(dir, "data-")
	if err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := ln.Addr().String()
	if err := ln.Close(); err != nil {
		return nil, err
	}
	far, err := startJobber()
	if err != nil {
		return nil, err
	}
	return &rig{dir: folder, binary: binary, addr: addr, goods: catalogue(n), far: far}, nil
}

// close frees what the rig holds; the data folder goes, since a million movements fill a disk.
func (r *rig) close() error {
	return errors.Join(r.far.stop(), os.RemoveAll(r.dir))
}

func (r *rig) base() string { return "http://" + r.addr }

func (r *rig) pid() int { return r.cmd.Process.Pid }

func (r *rig) process(args ...string) *exec.Cmd {
	cmd := exec.Command(r.binary, args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "ADDR="+r.addr, "DATA_DIR="+filepath.Join(r.dir, "data"), "LOG_LEVEL=error", "JOBBER_SYNC_INTERVAL=0", "SECRET_KEY="+secret)
	cmd.Env = append(cmd.Env, r.far.env()...)
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

// coldStarts measures from the process's start to its first answer, with a search index that is there.
func (r *rig) coldStarts(t *table) error {
	if err := r.rest(); err != nil { // so that the index is made
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
	t.fact("cold start to the first answer, median of 5", ms(percentile(times, 50))+" ms", map[int]string{10_000: "≤ 40 ms", 100_000: "≤ 60 ms"}[t.size])
	return nil
}

// rest runs the server until it has nothing to do: seeding leaves it a million events to judge and drop at once, which one
// that ran all along never has.
func (r *rig) rest() error {
	if err := r.start(); err != nil {
		return err
	}
	return errors.Join(r.waitForIndex(), r.stop())
}

// waitForIndex signs in and returns once the search finds the last item, by its name: a SKU is found without an index.
func (r *rig) waitForIndex() error {
	if err := r.signIn(); err != nil {
		return err
	}
	last := r.goods[len(r.goods)-1]
	for deadline := time.Now().Add(4 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		body, _, err := r.get("/items?q="+url.QueryEscape(last.name), "")
		if err != nil {
			return err
		}
		if strings.Contains(body, `data-sku="`+last.sku+`"`) {
			r.settle()
			return nil
		}
	}
	return fmt.Errorf("the search never found %s", last.name)
}

// settle waits until the server has nothing to do: after a start it may have events to judge and pieces of its index
// to put together, which would stand in the rows of what is measured.
func (r *rig) settle() {
	const calm = 400 * time.Millisecond
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		before := processTime(r.pid())
		time.Sleep(calm)
		if processTime(r.pid())-before <= calm/20 {
			return
		}
	}
}

var csrfField = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

// signIn signs the bench's user in.
func (r *rig) signIn() error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	client := http.Client{Jar: jar}
	page, err := read(client.Get(r.base() + "/login"))
	if err != nil {
		return err
	}
	form := url.Values{"_csrf": {csrfField.FindStringSubmatch(page)[1]}, "username": {"bench"}, "password": {password}}
	if _, err := read(client.PostForm(r.base()+"/login", form)); err != nil {
		return err
	}
	at, err := url.Parse(r.base())
	if err != nil {
		return err
	}
	cookies := jar.Cookies(at)
	if len(cookies) == 0 {
		return errors.New("the sign-in gave no session")
	}
	r.session = cookies[len(cookies)-1].String()
	r.to = newSender(r.addr, r.session)
	if page, err = read(client.Get(r.base() + "/items/new")); err != nil {
		return err
	}
	r.csrf = csrfField.FindStringSubmatch(page)[1]
	return nil
}

// get answers the body as it came over the wire; encoding is what the client accepts, "" for none.
func (r *rig) get(path, encoding string) (string, http.Header, error) {
	req, err := http.NewRequest(http.MethodGet, r.base()+path, nil)
	if err != nil {
		return "", nil, err
	}
	req.Header.Set("Cookie", r.session)
	req.Header.Set("Accept-Encoding", encoding)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", nil, err
	}
	body, err := read(resp, nil)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s", path, resp.Status)
	}
	return body, resp.Header, err
}

func read(resp *http.Response, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}
