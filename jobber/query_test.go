package jobber_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	gql "github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"lwc-inventory/jobber"
)

// operationNames lists the operations there are, and checks that none is missing in the list that
// the tests see.
func operationNames(t *testing.T) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "query.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	declared := 0
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			if typ, ok := v.Type.(*ast.Ident); ok && typ.Name == "operation" {
				declared += len(v.Names)
			}
		}
		return true
	})
	if declared != len(jobber.Operations) || declared == 0 {
		t.Fatalf("query.go has %d operations, the tests know %d", declared, len(jobber.Operations))
	}
	var names []string
	for _, text := range jobber.Operations {
		names = append(names, operationName(text))
	}
	return names
}

func operationName(text string) string {
	return regexp.MustCompile(`^(?:query|mutation) (\w+)`).FindStringSubmatch(text)[1]
}

// TestQueriesFitBothSchemas validates every text against the schema that is known, and against the
// same without what the older of the two known versions lacks.
func TestQueriesFitBothSchemas(t *testing.T) {
	names := operationNames(t)
	if len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names) {
		t.Errorf("a name is there twice: %v", names)
	}
	sdl, err := os.ReadFile("jobbertest/schema.graphql")
	if err != nil {
		t.Fatal(err)
	}
	older := withoutLater(string(sdl))
	if older == string(sdl) {
		t.Fatal("the schema marks nothing as added later")
	}
	for version, text := range map[string]string{"newer": string(sdl), "older": older} {
		schema, err := gqlparser.LoadSchema(&gql.Source{Input: text})
		if err != nil {
			t.Fatal(err)
		}
		for i, q := range jobber.Operations {
			if _, errs := gqlparser.LoadQueryWithRules(schema, q, rules.NewDefaultRules()); len(errs) > 0 {
				t.Errorf("%s, %s schema: %v", names[i], version, errs)
			}
		}
	}
}

// withoutLater drops the lines of the schema that say so.
func withoutLater(sdl string) string {
	return strings.Join(slices.DeleteFunc(strings.SplitAfter(sdl, "\n"), func(line string) bool {
		return strings.Contains(line, "not in I25") && !strings.HasPrefix(line, "#") && !strings.Contains(line, "arg ")
	}), "")
}
