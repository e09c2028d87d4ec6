// Bench measures the real binary over HTTP, with 1, 10 and 100 thousand items and up to a million movements, at one
// and at sixteen clients: search, lists, acts, new items, the CSV file, webhooks in bursts, starts and memory. Beside
// each row stands what this machine can do at all, measured in the same run on the same disk.
//
// It prints one table and writes it to the file named by -out, with the machine, the date and the commit. Machines
// differ and are noisy: compare the shares of the limit. A row during which others used the machine is marked.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

var (
	out   = flag.String("out", "docs/bench.md", "the file to write; empty for none")
	quick = flag.Bool("quick", false, "only 1,000 and 10,000 items, and a tenth of the movements")
)

func main() {
	flag.Parse()
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
	binary, size, err := build(dir)
	if err != nil {
		return err
	}
	t := newTable()
	t.fact("binary, stripped", fmt.Sprintf("%.1f MB", float64(size)/1e6), "")
	lim, err := measureLimits(t)
	if err != nil {
		return fmt.Errorf("limits: %w", err)
	}
	sizes, most := []int{1_000, 10_000, 100_000}, 1_000_000
	if *quick {
		sizes, most = sizes[:2], most/10
	}
	for _, n := range sizes {
		if err := benchSize(dir, binary, n, t, lim); err != nil {
			return fmt.Errorf("%d items: %w", n, err)
		}
	}
	if err := benchGrowth(dir, binary, most, t, lim); err != nil {
		return fmt.Errorf("growth: %w", err)
	}
	t.fact("all of this", time.Since(t.began).Round(time.Second).String(), "< 8 min on 2 quiet cores")
	if *out == "" {
		return nil
	}
	return t.write(*out)
}

// benchSize measures everything with a catalogue of n items.
func benchSize(dir, binary string, n int, t *table, lim limits) error {
	r, err := newRig(dir, binary, n)
	if err != nil {
		return err
	}
	defer r.close()
	took, err := r.seed()
	if err != nil {
		return err
	}
	t.size = n
	if n == 10_000 {
		t.fact("import of 10,000 items from CSV", ms(took)+" ms", "≤ 2,000 ms")
		if err := r.seedJobs(1000, 20); err != nil {
			return err
		}
	}
	if err := r.coldStarts(t); err != nil {
		return err
	}
	if err := r.start(); err != nil {
		return err
	}
	defer r.stop()
	if err := r.idle(t); err != nil {
		return err
	}
	parts := []func(*table, limits) error{r.searches, r.lists, r.recall, r.memory, r.export, r.acts, r.creates}
	switch n {
	case 1_000:
		parts = []func(*table, limits) error{r.searches, r.lists, r.acts, r.creates}
	case 10_000:
		parts = append(parts, r.phone, r.jobs, r.underLoad, r.hooks, r.pages)
	}
	for _, part := range parts {
		if err := part(t, lim); err != nil {
			return err
		}
	}
	return nil
}

// benchGrowth measures the same acts, pages and searches with ever more movements of a thousand items.
func benchGrowth(dir, binary string, most int, t *table, lim limits) error {
	r, err := newRig(dir, binary, 1_000)
	if err != nil {
		return err
	}
	defer r.close()
	if _, err := r.seed(); err != nil {
		return err
	}
	t.size = 1_000
	for n := 1_000; n <= most; n *= 1_000 {
		if err := r.seedMovements(n); err != nil {
			return err
		}
		if err := r.rest(); err != nil {
			return err
		}
		if err := r.grown(n, t); err != nil {
			return err
		}
		if n < most && n*1_000 > most {
			n = most / 1_000 // a quick run ends between the steps
		}
	}
	return nil
}
