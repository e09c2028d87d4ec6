package jobbertest

import (
	_ "embed"
	"fmt"
	"slices"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// schemaSDL is the part of Jobber's schema that apps see and this product could use.
//
//go:embed schema.graphql
var schemaSDL string

// loadSchema panics when the embedded schema does not parse: the program was built from a broken file.
func loadSchema() *ast.Schema {
	return gqlparser.MustLoadSchema(&ast.Source{Name: "schema.graphql", Input: schemaSDL})
}

// validate reports what Jobber would refuse in a query, in Jobber's words where they are known. gone are
// fields that the schema has and Jobber has no more.
func validate(schema *ast.Schema, doc *ast.QueryDocument, gone []string) gqlerror.List {
	rs := rules.NewDefaultRules()
	rs.RemoveRule(rules.FieldsOnCorrectTypeRule.Name)
	rs.AddRule("JobberFields", fieldsExist(gone))
	rs.AddRule("JobberScalars", scalarsParse)
	return validator.ValidateWithRules(schema, doc, rs)
}

func fieldsExist(gone []string) core.RuleFunc {
	return func(on *core.Events, add core.AddErrFunc) {
		on.OnField(func(_ *core.Walker, f *ast.Field) {
			if f.ObjectDefinition == nil {
				return
			}
			typ := f.ObjectDefinition.Name
			if f.Definition == nil || slices.Contains(gone, typ+"."+f.Name) {
				add(core.Message("Field '%s' doesn't exist on type '%s'", f.Name, typ), core.At(f.Position))
			}
		})
	}
}

// scalarsParse checks the values of Jobber's own scalars that are written into the query itself.
func scalarsParse(on *core.Events, add core.AddErrFunc) {
	on.OnValue(func(_ *core.Walker, v *ast.Value) {
		if v.Definition == nil || v.Definition.Kind != ast.Scalar || v.Definition.BuiltIn {
			return
		}
		if v.Kind == ast.Variable || v.Kind == ast.NullValue || v.Kind == ast.ListValue {
			return
		}
		raw, err := v.Value(nil)
		if err == nil {
			_, err = parseScalar(v.Definition.Name, raw)
		}
		if err != nil {
			add(core.Message("%s", err.Error()), core.At(v.Position))
		}
	})
}

// parseScalar turns a raw value into one of Jobber's own scalars, or says why it is none.
func parseScalar(name string, raw any) (any, error) {
	s, isText := raw.(string)
	switch name {
	case "EncodedId":
		if !isText || !validID(s) {
			return nil, fmt.Errorf("'%v' is not a valid EncodedId", raw)
		}
		return s, nil
	case "ISO8601DateTime":
		t, err := time.Parse(time.RFC3339, s)
		if !isText || err != nil {
			return nil, fmt.Errorf("'%v' is not a valid ISO8601DateTime", raw)
		}
		return t, nil
	case "Timezone":
		if _, err := time.LoadLocation(s); !isText || err != nil {
			return nil, fmt.Errorf("'%v' is not a valid Timezone", raw)
		}
		return s, nil
	default:
		return raw, nil
	}
}
