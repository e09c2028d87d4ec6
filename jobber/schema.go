package jobber

import (
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
)

// typeBelow is the type of the records that a field of our queries leads to.
var typeBelow = map[string]string{
	"job": "Job", "jobs": "Job", "visit": "Visit", "visits": "Visit", "lineItems": "JobLineItem",
	"client": "Client", "property": "Property", "address": "PropertyAddress",
	"product": "ProductOrService", "products": "ProductOrService", "linkedProductOrService": "ProductOrService",
	"assignedUsers": "User", "user": "User", "name": "Name", "account": "Account", "pageInfo": "PageInfo",
	"appDisconnect": "AppDisconnectPayload", "userErrors": "MutationErrors",
}

// vital are the fields without which a job would be misread: better an old number than a wrong one. So
// are the lists themselves, and the roots of queries.
var vital = []string{
	"Account.id", "Job.id", "Job.jobNumber", "Job.jobStatus", "Job.completedAt", "Job.updatedAt", "Job.billingType",
	"Job.startAt", "Job.lineItems", "Job.visits", "Visit.id", "Visit.job", "Visit.startAt", "Visit.isComplete",
	"Visit.lineItems", "JobLineItem.id", "JobLineItem.name", "JobLineItem.quantity", "JobLineItem.category",
	"JobLineItem.linkedProductOrService", "ProductOrService.id", "ProductOrService.name", "Client.jobs", "Property.jobs",
}

// isVital reports whether a field, named with its type, cannot be left out.
func isVital(name string) bool {
	typ, _, _ := strings.Cut(name, ".")
	return slices.Contains(vital, name) || typ == "Query" || typ == "Mutation" || typ == "PageInfo" || strings.HasSuffix(typ, "Connection")
}

var noSuchField = regexp.MustCompile(`^Field '(\w+)' doesn't exist on type '(\w+)'`)

// missingField returns the field, with its type, that Jobber says it does not have; "" for other words.
func missingField(said string) string {
	m := noSuchField.FindStringSubmatch(said)
	if m == nil {
		return ""
	}
	return m[2] + "." + m[1]
}

// A pruning is a query from which fields are taken.
type pruning struct {
	gone []string
	used map[string]bool // variables that are still used
	cut  []string        // fields that were taken out
}

// without returns op without the fields that Jobber does not have, the variables it still needs, and
// which of the fields it had.
func (op operation) without(gone []string, vars map[string]any) (operation, map[string]any, []string) {
	if len(gone) == 0 {
		return op, vars, nil
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: string(op)})
	if err != nil {
		panic(err) // it is a constant of ours, and every test that asks anything parses it
	}
	q := doc.Operations[0]
	root := "Query"
	if q.Operation == ast.Mutation {
		root = "Mutation"
	}
	p := pruning{gone: gone, used: map[string]bool{}}
	q.SelectionSet = p.prune(q.SelectionSet, root)
	if len(p.cut) == 0 {
		return op, vars, nil
	}
	q.VariableDefinitions = slices.DeleteFunc(q.VariableDefinitions, func(v *ast.VariableDefinition) bool { return !p.used[v.Variable] })
	kept := map[string]any{}
	for name, v := range vars {
		if p.used[name] {
			kept[name] = v
		}
	}
	var text strings.Builder
	formatter.NewFormatter(&text).FormatQueryDocument(doc)
	return operation(text.String()), kept, p.cut
}

// prune returns what is left of the selection on a type; a field with nothing left below it goes too.
func (p *pruning) prune(set ast.SelectionSet, typ string) ast.SelectionSet {
	var out ast.SelectionSet
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.InlineFragment:
			if sel.SelectionSet = p.prune(sel.SelectionSet, sel.TypeCondition); len(sel.SelectionSet) > 0 {
				out = append(out, sel)
			}
		case *ast.Field:
			if name := typ + "." + sel.Name; slices.Contains(p.gone, name) {
				p.cut = append(p.cut, name)
				continue
			}
			if len(sel.SelectionSet) > 0 {
				if sel.SelectionSet = p.prune(sel.SelectionSet, below(typ, sel)); len(sel.SelectionSet) == 0 {
					continue
				}
			}
			for _, arg := range sel.Arguments {
				p.use(arg.Value)
			}
			out = append(out, sel)
		}
	}
	return out
}

// use notes the variables in a value.
func (p *pruning) use(v *ast.Value) {
	if v.Kind == ast.Variable {
		p.used[v.Raw] = true
	}
	for _, c := range v.Children {
		p.use(c.Value)
	}
}

// below returns the type of what a field of typ leads to.
func below(typ string, f *ast.Field) string {
	switch {
	case f.Name == "nodes":
		return strings.TrimSuffix(typ, "Connection")
	case isList(f):
		return typeBelow[f.Name] + "Connection"
	}
	return typeBelow[f.Name]
}
