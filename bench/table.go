package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// A table is the result: rows as they were measured.
type table struct {
	began time.Time
	load  string // of the machine when it began
	size  int    // items, for the rows to come
	rows  []string
}

const tableHead = "| what | items | clients | per s | p50 ms | p99 ms | CPU ms | bytes | limit in this run | wanted |\n|---|--:|--:|--:|--:|--:|--:|--:|---|---|\n"

func newTable() *table {
	fmt.Print(tableHead)
	return &table{began: time.Now(), load: load()}
}

func (t *table) add(columns ...string) {
	row := "| " + strings.Join(columns, " | ") + " |\n"
	fmt.Print(row)
	t.rows = append(t.rows, row)
}

// fact is a row that is no measurement of many operations.
func (t *table) fact(what, value, wanted string) {
	items := ""
	if t.size > 0 {
		items = thousands(t.size)
	}
	t.add(what+": **"+value+"**", items, "", "", "", "", "", "", "", wanted)
}

// cell is the row of a measurement; limit is what the machine alone would do, in words.
func (t *table) cell(c cell, limit, wanted string) {
	what := c.what
	if c.foreign > 0.2 {
		what += fmt.Sprintf(" (others used %.0f %% of the machine)", 100*c.foreign)
	}
	items := ""
	if t.size > 0 {
		items = thousands(t.size)
	}
	cpu := ""
	if c.cpu > 0 {
		cpu = fmt.Sprintf("%.2f", float64(c.cpu.Microseconds())/1000/float64(len(c.times)))
	}
	t.add(what, items, strconv.Itoa(c.clients), thousands(int(c.rate())), ms(c.percentile(50)), ms(c.percentile(99)), cpu,
		thousands(int(c.bytes/int64(max(len(c.times), 1)))), limit, wanted)
}

// write writes the table with what a reader must know of the machine.
func (t *table) write(path string) error {
	var b bytes.Buffer
	b.WriteString("# Measurements\n\nWritten by `make bench`; what the rows say and what was learned from them is in [performance.md](performance.md).\n\n")
	for _, f := range [][2]string{{"Date", t.began.UTC().Format("2006-01-02 15:04 UTC")}, {"Commit", commit()}, {"Machine", machine()},
		{"Load when it began", t.load}} {
		fmt.Fprintf(&b, "- %s: %s\n", f[0], f[1])
	}
	b.WriteString("\nServer and clients share the cores. CPU is the server's, per operation. A row during which others used more than a fifth of the\n" +
		"machine says so: then only CPU, bytes and shares of the limit mean something.\n\n")
	b.WriteString(tableHead)
	for _, row := range t.rows {
		b.WriteString(row)
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

func commit() string {
	hash, err := exec.Command("git", "rev-parse", "--short=12", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	changed, err := exec.Command("git", "status", "--porcelain", "--untracked-files=no").Output()
	if err == nil && len(bytes.TrimSpace(changed)) > 0 {
		return string(bytes.TrimSpace(hash)) + " with changes"
	}
	return string(bytes.TrimSpace(hash))
}

func machine() string {
	name := runtime.GOARCH
	for line := range strings.Lines(readText("/proc/cpuinfo")) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			name = strings.TrimSpace(value)
			break
		}
	}
	kernel := strings.Join(strings.Fields(readText("/proc/sys/kernel/osrelease")), "")
	return fmt.Sprintf("%s, %d cores, %s %s, %s", name, runtime.NumCPU(), runtime.GOOS, kernel, runtime.Version())
}

func load() string {
	if f := strings.Fields(readText("/proc/loadavg")); len(f) > 2 {
		return strings.Join(f[:3], " ")
	}
	return "unknown"
}

// readText reads a file of /proc; elsewhere than on Linux there is none.
func readText(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(data)
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
