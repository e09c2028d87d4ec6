package jobber

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// defaultPage is how many nodes Jobber charges for when a query names no number.
const defaultPage = 100

// free are the fields that a list has beside its nodes. Jobber charges nothing for them.
var free = []string{"nodes", "edges", "pageInfo", "totalCount"}

// price returns what op costs at most, by Jobber's formula: a field is one point; a list is its page
// size times the fields of a node. It is what the bucket must hold before Jobber begins; what is then
// taken from it is what there really was.
func (op operation) price(vars map[string]any) int {
	doc, err := parser.ParseQuery(&ast.Source{Input: string(op)})
	if err != nil {
		panic(err) // it is a constant of ours, and every test that asks anything parses it
	}
	return priceOf(doc.Operations[0].SelectionSet, vars)
}

func priceOf(set ast.SelectionSet, vars map[string]any) int {
	sum := 0
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.InlineFragment:
			sum += priceOf(sel.SelectionSet, vars)
		case *ast.Field:
			switch {
			case sel.Name == "pageInfo" || sel.Name == "totalCount":
			case slices.Contains(free, sel.Name):
				sum += priceOf(sel.SelectionSet, vars)
			case isList(sel):
				sum += pageSize(sel, vars) * priceOf(sel.SelectionSet, vars)
			default:
				sum += 1 + priceOf(sel.SelectionSet, vars)
			}
		}
	}
	return sum
}

// isList reports whether a field is one of Jobber's paged lists.
func isList(f *ast.Field) bool {
	return slices.ContainsFunc(f.SelectionSet, func(s ast.Selection) bool {
		child, ok := s.(*ast.Field)
		return ok && slices.Contains(free, child.Name)
	})
}

// pageSize returns how many nodes a list is asked for.
func pageSize(f *ast.Field, vars map[string]any) int {
	arg := f.Arguments.ForName("first")
	if arg == nil {
		return defaultPage
	}
	v, err := arg.Value.Value(vars)
	if err != nil {
		return defaultPage
	}
	switch n := v.(type) {
	case int:
		return n
	case int64:
		return int(n)
	}
	return defaultPage
}
