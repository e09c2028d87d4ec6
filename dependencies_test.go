package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// What the binary is made of is listed with its licences, each module in the version it has.
func TestDependenciesAreListed(t *testing.T) {
	page, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	list := exec.Command("go", "list", "-deps", "-f", `{{with .Module}}{{if not .Main}}| {{.Path}} | {{.Version}} |{{end}}{{end}}`, ".")
	list.Stderr = t.Output()
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(string(out), "\n")
	slices.Sort(rows)
	rows = slices.DeleteFunc(slices.Compact(rows), func(row string) bool { return row == "" })
	if len(rows) < 20 {
		t.Fatalf("the binary is made of %q", rows)
	}
	for _, row := range rows {
		if !strings.Contains(string(page), row) {
			t.Errorf("docs/dependencies.md lacks %s; make sbom writes it", row)
		}
	}
	if n := strings.Count(string(page), "\n| ") - 6; n != len(rows) { // the heads of two tables, and four things in the browser
		t.Errorf("docs/dependencies.md lists %d modules, the binary has %d", n, len(rows))
	}
}
