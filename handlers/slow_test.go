package handlers_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"lwc-inventory/handlers"
	"lwc-inventory/store/storetest"
)

// Hundreds of connections that say nothing, half a head, or a body that never ends are cut off when their time is
// over, and others are served meanwhile.
func TestSlowClients(t *testing.T) {
	c := newClient(t, storetest.Open(t), func(s *handlers.Server) { s.ReadTime = 2 * time.Second })
	base := c.listen()
	const each = 100
	var slow []net.Conn
	for _, says := range []string{"", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nusername=a"} {
		for range each {
			conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, says); err != nil {
				t.Fatal(err)
			}
			slow = append(slow, conn)
		}
	}
	for i := range 20 {
		if status := ask(t, "GET", base+"/healthz", "", http.Header{}); status != 200 {
			t.Fatalf("request %d beside %d slow ones: %d", i, len(slow), status)
		}
	}
	for i, conn := range slow {
		if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil { // far longer than it takes
			t.Fatal(err)
		}
		if answer, err := io.ReadAll(conn); err != nil || strings.HasPrefix(string(answer), "HTTP/1.1 2") {
			t.Fatalf("connection %d was not cut off: %.60q, %v", i, answer, err)
		}
	}
}

// What is too large is refused before it is read to its end.
func TestLimits(t *testing.T) {
	c := newClient(t, storetest.Open(t))
	base := c.listen()
	form := func(n int) string { return "_csrf=x&username=" + strings.Repeat("a", n) }
	for _, tt := range []struct {
		name, method, path, body string
		header                   []string
		status                   int
	}{
		{"a form of two megabytes", "POST", "/login", form(2 << 20), nil, 413},
		{"a webhook of a hundred kilobytes", "POST", "/jobs/jobber/webhook", strings.Repeat("x", 100<<10), nil, 413},
		{"a head of twenty kilobytes", "GET", "/login", "", []string{"X-Long: " + strings.Repeat("a", 20<<10)}, 431},
		{"an address of twenty kilobytes", "GET", "/login?next=/" + strings.Repeat("a", 20<<10), "", nil, 431},
		{"ten thousand fields", "POST", "/login", strings.Repeat("a=1&", 10_000), nil, 403},
		{"a file where there is none", "PUT", "/static/app.css", "x", nil, 405},
	} {
		t.Run(tt.name, func(t *testing.T) {
			header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
			for _, h := range tt.header {
				k, v, _ := strings.Cut(h, ": ")
				header.Set(k, v)
			}
			if status := ask(t, tt.method, base+tt.path, tt.body, header); status != tt.status {
				t.Errorf("status %d, want %d", status, tt.status)
			}
		})
	}
}
