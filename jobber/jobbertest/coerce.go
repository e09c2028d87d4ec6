package jobbertest

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// problem is one thing that is wrong with a variable's value, as Jobber reports it.
type problem struct {
	Path        []any  `json:"path"`
	Explanation string `json:"explanation"`
	Message     string `json:"message,omitempty"`
}

// coerceVariables checks the variables of an operation strictly: what is a string is no number, and
// enum values keep their case. It returns one error for each variable that will not do.
func coerceVariables(schema *ast.Schema, op *ast.OperationDefinition, given map[string]any) (map[string]any, gqlerror.List) {
	vars := map[string]any{}
	var errs gqlerror.List
	for _, def := range op.VariableDefinitions {
		raw, ok := given[def.Variable]
		if !ok && def.DefaultValue != nil {
			v, err := def.DefaultValue.Value(nil)
			if err != nil {
				errs = append(errs, gqlerror.WrapPath(nil, err))
				continue
			}
			vars[def.Variable] = v
			continue
		}
		if !ok && !def.Type.NonNull {
			continue
		}
		c := coercion{schema: schema}
		vars[def.Variable] = c.value(def.Type, raw, []any{})
		if len(c.problems) > 0 {
			errs = append(errs, variableError(def, raw, c.problems))
		}
	}
	return vars, errs
}

func variableError(def *ast.VariableDefinition, raw any, problems []problem) *gqlerror.Error {
	msg := fmt.Sprintf("Variable $%s of type %s was provided invalid value", def.Variable, def.Type)
	var inside []string
	for _, p := range problems {
		if len(p.Path) > 0 {
			inside = append(inside, fmt.Sprintf("%s (%s)", dotted(p.Path), p.Explanation))
		}
	}
	if len(inside) > 0 {
		msg += " for " + strings.Join(inside, ", ")
	}
	return &gqlerror.Error{
		Message:    msg,
		Locations:  []gqlerror.Location{{Line: def.Position.Line, Column: def.Position.Column}},
		Extensions: map[string]any{"value": raw, "problems": problems},
	}
}

func dotted(path []any) string {
	parts := make([]string, len(path))
	for i, p := range path {
		parts[i] = fmt.Sprint(p)
	}
	return strings.Join(parts, ".")
}

// coercion turns JSON into the values of the schema's input types and collects what will not turn.
type coercion struct {
	schema   *ast.Schema
	problems []problem
}

func (c *coercion) fail(path []any, explanation string) any {
	c.problems = append(c.problems, problem{Path: append([]any{}, path...), Explanation: explanation})
	return nil
}

func (c *coercion) value(t *ast.Type, raw any, path []any) any {
	if raw == nil {
		if t.NonNull {
			return c.fail(path, "Expected value to not be null")
		}
		return nil
	}
	if t.Elem != nil {
		return c.list(t.Elem, raw, path)
	}
	def := c.schema.Types[t.NamedType]
	switch def.Kind {
	case ast.Enum:
		return c.enum(def, raw, path)
	case ast.InputObject:
		return c.object(def, raw, path)
	default:
		return c.scalar(def, raw, path)
	}
}

func (c *coercion) list(elem *ast.Type, raw any, path []any) any {
	items, ok := raw.([]any)
	if !ok {
		return []any{c.value(elem, raw, path)}
	}
	out := make([]any, len(items))
	for i, item := range items {
		out[i] = c.value(elem, item, append(path, i))
	}
	return out
}

func (c *coercion) enum(def *ast.Definition, raw any, path []any) any {
	s, ok := raw.(string)
	if ok && def.EnumValues.ForName(s) != nil {
		return s
	}
	var names []string
	for _, v := range def.EnumValues {
		names = append(names, v.Name)
	}
	return c.fail(path, fmt.Sprintf("Expected %q to be one of: %s", fmt.Sprint(raw), strings.Join(names, ", ")))
}

func (c *coercion) object(def *ast.Definition, raw any, path []any) any {
	in, ok := raw.(map[string]any)
	if !ok {
		return c.fail(path, fmt.Sprintf("Expected %v to be a key-value object", raw))
	}
	for name := range in {
		if def.Fields.ForName(name) == nil {
			c.fail(append(path, name), "Field is not defined on "+def.Name)
		}
	}
	out := map[string]any{}
	for _, f := range def.Fields {
		v, given := in[f.Name]
		if given || f.Type.NonNull {
			out[f.Name] = c.value(f.Type, v, append(path, f.Name))
		}
	}
	return out
}

func (c *coercion) scalar(def *ast.Definition, raw any, path []any) any {
	num, isNum := raw.(json.Number)
	var v any
	ok := true
	switch def.Name {
	case "Int":
		n, err := num.Int64()
		v, ok = n, isNum && err == nil && n >= math.MinInt32 && n <= math.MaxInt32
	case "Float":
		f, err := num.Float64()
		v, ok = f, isNum && err == nil
	case "String":
		v, ok = raw.(string)
	case "Boolean":
		v, ok = raw.(bool)
	default:
		v, err := parseScalar(def.Name, raw)
		if err != nil {
			c.problems = append(c.problems, problem{append([]any{}, path...), err.Error(), err.Error()})
		}
		return v
	}
	if !ok {
		shown, err := json.Marshal(raw)
		if err != nil {
			shown = fmt.Append(nil, raw)
		}
		return c.fail(path, fmt.Sprintf("Could not coerce value %s to %s", shown, def.Name))
	}
	return v
}
