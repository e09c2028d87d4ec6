package main

import (
	"fmt"
	"regexp"
	"time"
)

var jobLink = regexp.MustCompile(`data-job="(\d+)" data-number="1042"`)

// pages measures the pages of a day's work as one person meets them: whole, signed in, beside the jobs of the stand-in's
// office, whose lines nobody has matched yet.
func (r *rig) pages(t *table, _ limits) error {
	job, err := r.firstJob()
	if err != nil {
		return err
	}
	wide := *r.to
	wide.cookie += "; beside=-" // a screen with room for a list beside its item
	for _, p := range []struct {
		name, path string
		want       int
		by         *sender
	}{
		{"dashboard", "/dashboard", 200, r.to},
		{"search, whole page", "/items?q=copper+elbow", 200, r.to},
		{"item", "/items/1", 200, r.to},
		{"item and the list beside it", "/items/1", 200, &wide},
		{"job with lines that wait", "/jobs/" + job, 200, r.to},
		{"lines that wait", "/match", 200, r.to},
		{"pick list", "/jobs/" + job + "/pick", 200, r.to},
		{"scan", "/scan", 200, r.to},
		{"scan of a code", "/scan?code=419283027015", 200, r.to},
		{"places", "/places", 200, r.to},
		{"counts", "/counts", 200, r.to},
		{"history", "/history", 200, r.to},
	} {
		c, err := measure(p.name, 1, r.pid(), func(int) (int, error) { return p.by.send(ask{path: p.path, want: p.want}) })
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		t.cell(c, "p95 "+ms(c.percentile(95))+" ms", "p95 ≤ 30 ms")
	}
	return nil
}

// firstJob is a job of the stand-in's office, once the first sync has brought it.
func (r *rig) firstJob() (string, error) {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		body, _, err := r.get("/jobs?q=1042", "")
		if err != nil {
			return "", err
		}
		if m := jobLink.FindStringSubmatch(body); m != nil {
			return m[1], nil
		}
	}
	return "", fmt.Errorf("the sync brought no job 1042")
}
