package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "lwc-inventory/"

// allowed is the shape of the program: what each package may import of its own kind.
// What is only simulated (jobbertest, mailbox, sample) nobody imports but the demo, in this package, and the bench.
var allowed = map[string][]string{
	".":                 {"alerts", "alerts/mailbox", "backup", "handlers", "jobber", "jobber/jobbertest", "static", "store", "store/sample", "views"},
	"alerts":            {"store"},
	"alerts/mailbox":    {},
	"backup":            {"store"},
	"handlers":          {"backup", "jobber", "static", "store", "views"},
	"jobber":            {"store"},
	"jobber/jobbertest": {},
	"static":            {},
	"store":             {},
	"store/sample":      {"store"},
	"store/storetest":   {"store"},
	"views":             {},
	"bench":             {"jobber/jobbertest", "store"},
}

func TestImports(t *testing.T) {
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err == nil && file == "tools" { // what makes the program is no part of it
			return filepath.SkipDir
		}
		if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := path.Dir(filepath.ToSlash(file))
		may, ok := allowed[pkg]
		if !ok {
			t.Errorf("%s: package %s has no place in the program's shape", file, pkg)
		}
		for _, imp := range f.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			if own, ok := strings.CutPrefix(name, module); ok && !slices.Contains(may, own) {
				t.Errorf("%s: %s may not import %s", file, pkg, own)
			}
			if name == "testing" && pkg != "store/storetest" {
				t.Errorf("%s: testing would end up in the program", file)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
