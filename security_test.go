package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// asvs is how many requirements of level 1 and 2 each chapter of OWASP ASVS 5.0.0 has.
var asvs = map[string]int{"1": 27, "2": 11, "3": 19, "4": 10, "5": 9, "6": 35, "7": 18, "8": 7, "9": 7, "10": 29, "11": 14, "12": 9, "13": 13,
	"14": 9, "15": 13, "16": 16, "17": 7}

var (
	securityRow = regexp.MustCompile(`(?m)^\| ([0-9. ]+) \| (holds|n/a|open) \| (.+) \|$`)
	testName    = regexp.MustCompile("`(Test[A-Za-z0-9_]+)`")
	testFunc    = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9_]+)\(`)
)

// docs/security.md answers every requirement once, leaves none open where none may be, and names tests that exist.
func TestSecurityPage(t *testing.T) {
	page, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := allTests(t)
	for _, m := range testName.FindAllStringSubmatch(string(page), -1) {
		if !tests[m[1]] {
			t.Errorf("there is no test %s", m[1])
		}
	}
	seen, count := map[string]bool{}, map[string]int{}
	for _, m := range securityRow.FindAllStringSubmatch(string(page), -1) {
		for id := range strings.FieldsSeq(m[1]) {
			chapter, _, _ := strings.Cut(id, ".")
			if seen[id] {
				t.Errorf("%s is answered twice", id)
			}
			seen[id] = true
			count[chapter]++
			if m[2] == "open" && strings.Contains(" 1 2 6 7 8 11 ", " "+chapter+" ") {
				t.Errorf("%s is open", id)
			}
		}
	}
	for chapter, n := range asvs {
		if count[chapter] != n {
			t.Errorf("chapter %s: %d requirements are answered, and there are %d", chapter, count[chapter], n)
		}
	}
}

// allTests are the names of all tests here.
func allTests(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range testFunc.FindAllStringSubmatch(string(text), -1) {
			all[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
