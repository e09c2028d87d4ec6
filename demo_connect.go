package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"

	"lwc-inventory/store"
)

// connectAsOwner does with a browser's means what an owner does once: sign in, press Connect, allow it on
// Jobber's page, and come back. Nothing on the way knows that no person does it.
func connectAsOwner(ctx context.Context, base string, owner store.UserDraft, over http.RoundTripper) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	b := browser{ctx, &http.Client{Jar: jar, Timeout: 20 * time.Second, Transport: over}}
	page, err := b.get(base + "/login")
	if err != nil {
		return err
	}
	form := page.fields()
	form.Set("username", owner.Username)
	form.Set("password", owner.Password)
	if _, err := b.post(base+"/login", form); err != nil {
		return err
	}
	consent, err := b.get(base + "/jobs/jobber/connect")
	if err != nil {
		return err
	}
	form = consent.fields()
	form.Set("answer", "allow")
	back, err := b.post(consent.url.ResolveReference(&url.URL{Path: consent.url.Path}).String(), form)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(back.url.String(), base+"/admin/settings") {
		return errors.New("the stand-in led to " + back.url.Path)
	}
	return nil
}

// A browser keeps cookies and follows redirects.
type browser struct {
	ctx    context.Context
	client *http.Client
}

// A document is a page as it was answered.
type document struct {
	url  *url.URL
	body string
}

var (
	hiddenInput = regexp.MustCompile(`<input[^>]*type="?hidden"?[^>]*>`)
	inputName   = regexp.MustCompile(`name="?([^"\s>]*)`)
	inputValue  = regexp.MustCompile(`value="([^"]*)"`)
)

// fields returns what the page's hidden inputs would send.
func (d document) fields() url.Values {
	form := url.Values{}
	for _, tag := range hiddenInput.FindAllString(d.body, -1) {
		name, value := inputName.FindStringSubmatch(tag), inputValue.FindStringSubmatch(tag)
		if name != nil && value != nil {
			form.Set(name[1], value[1])
		}
	}
	return form
}

func (b browser) get(address string) (document, error) {
	req, err := http.NewRequestWithContext(b.ctx, http.MethodGet, address, nil)
	if err != nil {
		return document{}, err
	}
	return b.do(req)
}

func (b browser) post(address string, form url.Values) (document, error) {
	req, err := http.NewRequestWithContext(b.ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return document{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

func (b browser) do(req *http.Request) (document, error) {
	resp, err := b.client.Do(req)
	if err != nil {
		return document{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return document{}, err
	}
	if resp.StatusCode != http.StatusOK {
		return document{}, fmt.Errorf("%s %s: %s", req.Method, resp.Request.URL.Path, resp.Status)
	}
	return document{resp.Request.URL, string(body)}, nil
}
