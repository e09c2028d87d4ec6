package handlers_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// listenLive serves c's server on a port, and opens a stream as c.
func listenLive(t *testing.T, c *client, path string) (*bufio.Reader, *http.Response) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- c.app.Listener(ln) }()
	t.Cleanup(func() {
		c.server.EndStreams()
		if err := c.app.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return openLive(t, c, ln.Addr().String(), path)
}

func openLive(t *testing.T, c *client, addr, path string) (*bufio.Reader, *http.Response) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // an event that never comes fails the test, and does not hang it
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", "http://"+addr+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range c.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return bufio.NewReader(resp.Body), resp
}

// nextMark reads events until one tells a mark.
func nextMark(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if mark, ok := strings.CutPrefix(line, "data: "); ok {
			return strings.TrimSpace(mark)
		}
	}
}

// A tick of one person is told to the other's browser; the stream ends when the server does.
func TestLivePick(t *testing.T) {
	db, noon := noonDB(t)
	it := storetest.Item(t, db, "AB-1", 14, 0)
	id := storetest.Job(t, db, 1042, noon, storetest.Line("AB-1", 6))
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	events, resp := listenLive(t, c, fmt.Sprintf("/pick/live?job=%v", id))
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	first := nextMark(t, events)
	_, body := c.get(fmt.Sprintf("/jobs/%v/pick", id))
	wantTexts(t, body, `data-mark="`+first+`"`)
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: 6000, Job: id})
	if second := nextMark(t, events); second == first {
		t.Error("a tick, and the same mark")
	}
	c.server.EndStreams()
	if rest, err := events.ReadString('x'); err == nil || strings.Contains(rest, "data:") {
		t.Errorf("after the end there is %q, %v", rest, err)
	}
	for path, want := range map[string]int{"/pick/live": 422, "/pick/live?job=99": 404, "/pick/live?day=x": 422} {
		if status, _ := c.get(path); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
}

// One person opens so many streams and no more, and gets the place back when one ends.
func TestStreamsAreLimited(t *testing.T) {
	db, noon := noonDB(t)
	id := storetest.Job(t, db, 1042, noon)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	path := fmt.Sprintf("/pick/live?job=%v", id)
	_, first := listenLive(t, c, path)
	addr := first.Request.URL.Host
	for i := 2; i <= 9; i++ {
		_, resp := openLive(t, c, addr, path)
		if want := map[bool]int{true: 200, false: 429}[i <= 8]; resp.StatusCode != want {
			t.Errorf("stream %d: %d, want %d", i, resp.StatusCode, want)
		}
	}
}
