package main

import (
	"fmt"
	"regexp"
	"slices"
)

var asset = regexp.MustCompile(`(?:href|src)="(/static/[^"#]+)`)

// phone counts what a browser that has nothing yet loads to show the item list: the page and all that it names.
// Bytes are bodies as they travel, compressed with brotli.
func (r *rig) phone(t *table, _ limits) error {
	page, header, err := r.get("/items", "br")
	if err != nil {
		return err
	}
	if header.Get("Content-Encoding") != "br" {
		return fmt.Errorf("the page is not compressed")
	}
	plain, _, err := r.get("/items", "")
	if err != nil {
		return err
	}
	bytes, seen := len(page), []string{}
	for _, m := range asset.FindAllStringSubmatch(plain, -1) {
		if slices.Contains(seen, m[1]) {
			continue
		}
		seen = append(seen, m[1])
		body, _, err := r.get(m[1], "br")
		if err != nil {
			return err
		}
		bytes += len(body)
	}
	t.fact("item list on a phone, first time", fmt.Sprintf("%d requests, %.1f kB (the page %.1f kB)", len(seen)+1, float64(bytes)/1000, float64(len(page))/1000),
		"≤ 6 requests, ≤ 60 kB")
	return nil
}
