package handlers_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// upload sends a form with a file in it.
func (c *client) upload(path, name, text string, fields ...string) answer {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		if err := form.WriteField(fields[i], fields[i+1]); err != nil {
			c.t.Fatal(err)
		}
	}
	if name != "" {
		w, err := form.CreateFormFile("file", name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			c.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		c.t.Fatal(err)
	}
	return c.send("POST", path, body.String(), "Content-Type: "+form.FormDataContentType())
}

// A manager brings a file: all of it comes in, once, or nothing does and the page says where it is wrong.
func TestItemsFromAFile(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.GM)
	_, page := c.get("/items/import")
	token, request := hidden(t, page, "_csrf"), hidden(t, page, "request_id")
	count := func() int {
		t.Helper()
		n, err := db.Counts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n.Items
	}
	for name, tt := range map[string]struct{ file, text, says string }{
		"a bad row":     {"a.csv", "sku,name,quantity\nA,One,5\nB,Two,five\nC,,2\n", "Nothing was imported.\nLine 3, column quantity: “five” is not a number. Write one like 3 or 2.5.\nLine 4, column name: Write a name"},
		"a workbook":    {"a.xlsx", "PK\x03\x04rest", "Line 1: This is a workbook. Save it as “CSV UTF-8”"},
		"no file":       {"", "", "Choose a file."},
		"only a header": {"a.csv", "sku,name\n", "Line 2: There are no items below the header."},
	} {
		a := c.upload("/items/import", tt.file, tt.text, "_csrf", token, "request_id", request)
		if a.status != 422 || !strings.Contains(a.body, tt.says) || count() != 0 {
			t.Errorf("%s: %d, %d items\n%s", name, a.status, count(), a.body)
		}
	}
	good := "sku;name;quantity\nA-1;Elbow, 90;5\nB-1;Tee;0\n"
	for range 2 { // the second click
		a := c.upload("/items/import", "a.csv", good, "_csrf", token, "request_id", request)
		if a.status != 303 || a.header.Get("Location") != "/items" || count() != 2 {
			t.Errorf("imported: %d, %d items\n%s", a.status, count(), a.body)
		}
	}
	if _, body := c.get("/items"); !strings.Contains(body, "2 items are in the list now.") {
		t.Error("the list does not say what came in")
	}
	// The way back leads to the same form, and another file is another import.
	other := c.upload("/items/import", "b.csv", "sku,name\nC-1,Cap\n", "_csrf", token, "request_id", request)
	if other.status != 303 || count() != 3 {
		t.Errorf("another file: %d, %d items", other.status, count())
	}
	if a := c.upload("/items/import", "a.csv", good, "_csrf", token, "request_id", "another"); a.status != 409 || !strings.Contains(a.body, "Line 2, column sku: “A-1” is taken by Elbow, 90.") {
		t.Errorf("the same file again: %d\n%s", a.status, a.body)
	}
	if a := c.upload("/items/import", "a.csv", good, "request_id", "third"); a.status != 403 {
		t.Errorf("without a token: %d", a.status)
	}
	worker := c.other()
	worker.signIn(store.Warehouse)
	if status, _ := worker.get("/items/import"); status != 403 {
		t.Errorf("a warehouse worker sees the page: %d", status)
	}
	_, own := worker.get("/items/new")
	if a := worker.upload("/items/import", "a.csv", "sku,name\nC,Third\n", "_csrf", hidden(t, own, "_csrf"), "request_id", "w"); a.status != 403 || count() != 3 {
		t.Errorf("a warehouse worker imports: %d", a.status)
	}
	if _, body := worker.get("/more"); strings.Contains(body, "/items/import") {
		t.Error("a warehouse worker is led there")
	}
}

// Only who may import may send a large file; what anybody else sends stays as small as a form.
func TestALargeFileIsForManagers(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Owner)
	worker, stranger := c.other(), c.other()
	worker.signIn(store.Warehouse)
	var file strings.Builder
	file.WriteString("sku,name,notes\n")
	for n := 0; file.Len() < 3<<20; n++ {
		fmt.Fprintf(&file, "L-%d,Item %d,%s\n", n, n, strings.Repeat("long ", 100))
	}
	_, page := c.get("/items/import")
	fields := []string{"_csrf", hidden(t, page, "_csrf"), "request_id", "large"}
	if a := c.upload("/items/import", "a.csv", file.String(), fields...); a.status != 303 {
		t.Errorf("an owner: %d\n%s", a.status, a.body)
	}
	for _, tt := range []struct {
		name, path string
		who        *client
		bytes      int
	}{
		{"a worker", "/items/import", worker, 3 << 20}, {"a stranger", "/items/import", stranger, 3 << 20},
		{"an owner, elsewhere", "/items", c, 3 << 20}, {"an owner, too much", "/items/import", c, 17 << 20},
	} {
		limit := map[bool]string{true: "16 MB at most", false: "The limit is 1 MB."}[tt.path == "/items/import"]
		if status, body := tt.who.announce(tt.path, tt.bytes); status != http.StatusRequestEntityTooLarge || !strings.Contains(body, limit) {
			t.Errorf("%s: %d\n%s", tt.name, status, body)
		}
	}
}

// announce sends the head of a form of so many bytes, and returns the status and the body. Nothing else is sent: a server that refuses closes,
// and who still sends may not see the answer.
func (c *client) announce(path string, size int) (int, string) {
	c.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.listen(), "http://"))
	if err != nil {
		c.t.Fatal(err)
	}
	defer conn.Close()
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n", path, host, size)
	for name, value := range c.cookies {
		head += "Cookie: " + name + "=" + value + "\r\n"
	}
	if _, err := io.WriteString(conn, head+"\r\n"); err != nil {
		c.t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}
