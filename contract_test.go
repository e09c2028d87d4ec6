package main

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// The contract_*_test.go files hold the names that others rely on: they know nothing of the program but its
// commands, its addresses and the marks in its pages. Each test is named by the sentence it holds.

// A person is somebody at a running program, with a browser of their own.
type person struct {
	t    *testing.T
	base string
	env  map[string]string // of the program
	b    browser
}

const ownersPassword = "the owner's password"

// company starts the program on an empty folder and sets it up: lee is the owner.
func company(t *testing.T, env map[string]string) person {
	t.Helper()
	lee := person{t, "http://" + start(t, env).addr, env, visitor(t)}
	lee.setUp()
	return lee
}

// setUp makes lee the owner of an empty program.
func (p person) setUp() {
	p.t.Helper()
	if a := p.post("/setup", "username", "lee", "email", "lee@example.com", "password", ownersPassword); a.url.Path != "/dashboard" {
		p.t.Fatalf("the set-up led to %s with %d:\n%s", a.url, a.status, a.body)
	}
}

// hire makes a user and signs them in with a browser of their own.
func (p person) hire(name, role string, more ...string) person {
	p.t.Helper()
	fields := append([]string{"username", name, "role", role, "active", "1", "password", "password of " + name}, more...)
	if a := p.post("/admin/users", fields...); a.status != 200 {
		p.t.Fatalf("add %s: %d\n%s", name, a.status, a.body)
	}
	return p.other(name, "password of "+name)
}

// other is another browser, signed in.
func (p person) other(name, password string) person {
	p.t.Helper()
	o := person{p.t, p.base, p.env, visitor(p.t)}
	if a := o.post("/login", "username", name, "password", password); a.url.Path != "/dashboard" {
		p.t.Fatalf("%s cannot sign in: %d at %s", name, a.status, a.url)
	}
	return o
}

// An answer is the last of a chain of redirects.
type answer struct {
	status int
	url    *url.URL
	header http.Header
	body   string
	all    []*element
}

func (p person) get(path string, header ...string) answer {
	p.t.Helper()
	return p.send(http.MethodGet, path, "", header...)
}

// post sends a form with this browser's token.
func (p person) post(path string, fields ...string) answer {
	p.t.Helper()
	form := url.Values{"_csrf": {p.token()}}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return p.send(http.MethodPost, path, form.Encode(), "Content-Type: application/x-www-form-urlencoded")
}

func (p person) token() string {
	p.t.Helper()
	a := p.get("/profile") // leads those who are not signed in to the sign-in or the set-up
	for _, e := range a.all {
		if e.attr["name"] == "_csrf" {
			return e.attr["value"]
		}
	}
	p.t.Fatalf("%s has no form token", a.url)
	return ""
}

func (p person) send(method, path, body string, header ...string) answer {
	p.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = p.base + path
	}
	req, err := http.NewRequestWithContext(p.t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, h := range header {
		k, v, _ := strings.Cut(h, ": ")
		req.Header.Set(k, v)
	}
	resp, err := p.b.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Request.URL, resp.Header, string(text), elements(p.t, string(text))}
}

// An element of a page, with the text inside it.
type element struct {
	name  string
	attr  map[string]string
	above []*element
	text  string
}

// elements reads a page as a lenient reader of XML would.
func elements(t *testing.T, page string) []*element {
	t.Helper()
	var all, open []*element
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		switch tok := token.(type) {
		case xml.StartElement:
			e := &element{name: tok.Name.Local, attr: map[string]string{}, above: slices.Clone(open)}
			for _, a := range tok.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			all, open = append(all, e), append(open, e)
		case xml.EndElement:
			open = open[:max(len(open)-1, 0)]
		case xml.CharData:
			for _, e := range open {
				e.text += string(tok)
			}
		case nil:
			return all // a text, no page
		}
	}
}

// find returns the elements that have all of these attributes; one without "=" is there whatever its value.
func (a answer) find(attrs ...string) []*element {
	var found []*element
	for _, e := range a.all {
		if !slices.ContainsFunc(attrs, func(want string) bool { return !e.has(want) }) {
			found = append(found, e)
		}
	}
	return found
}

func (e *element) has(want string) bool {
	name, value, exact := strings.Cut(want, "=")
	got, ok := e.attr[name]
	return ok && (!exact || got == value)
}

// in reports whether e stands inside of an element with this attribute, or has it.
func (e *element) in(want string) bool {
	return e.has(want) || slices.ContainsFunc(e.above, func(o *element) bool { return o.has(want) })
}

// one returns a value of the one element that has these attributes.
func (a answer) one(t *testing.T, value string, attrs ...string) string {
	t.Helper()
	found := a.find(attrs...)
	if len(found) == 0 {
		t.Errorf("%s has nothing with %v", a.url, attrs)
		return ""
	}
	return found[0].attr[value]
}

// total is the first of an item's quantities that is not one place's.
func (a answer) total(name string) string {
	for _, e := range a.find("data-quantity=" + name) {
		if !e.in("data-place") {
			return e.attr["value"]
		}
	}
	return "none"
}

// at is what stands in a place, "" if nothing is said of it.
func (a answer) at(place, name string) string {
	for _, e := range a.find("data-quantity=" + name) {
		if e.in("data-place=" + place) {
			return e.attr["value"]
		}
	}
	return ""
}

// says is the text of the page's messages.
func (a answer) says() string {
	var all []string
	for _, e := range a.all {
		if e.attr["role"] == "alert" || e.attr["role"] == "status" {
			all = append(all, strings.Join(strings.Fields(e.text), " "))
		}
	}
	return strings.TrimSpace(strings.Join(all, " "))
}

// item makes an item and returns its address.
func (p person) item(fields ...string) string {
	p.t.Helper()
	a := p.post("/items", fields...)
	if a.status != 200 || len(a.find("data-item")) == 0 {
		p.t.Fatalf("add %v: %d at %s: %s", fields, a.status, a.url, a.says())
	}
	return a.url.Path
}

// eventually waits for what happens beside the answers: nothing tells a visitor of it.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit, tick := time.After(20*time.Second), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
