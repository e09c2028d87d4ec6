package jobbertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// execution runs one operation on the data. The state's lock is held while it does.
type execution struct {
	schema     *ast.Schema
	st         *state
	now        time.Time
	user       *User // who connected the app
	vars       map[string]any
	disconnect func() // what the mutation appDisconnect does
	app        Options

	cost int // points used so far
	path ast.Path
}

// object is a JSON object that keeps the order of its fields, as GraphQL asks.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:", m.name) // a GraphQL name needs no escaping
		v, err := json.Marshal(m.value)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", m.name, err)
		}
		b.Write(v)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// selected is what a query wants under one name: the same field may be asked for several times,
// and then its selections are merged.
type selected struct {
	name   string
	fields []*ast.Field
}

// collect lists the fields of a selection that apply to a type, in order.
func (x *execution) collect(set ast.SelectionSet, typ string, into []selected) []selected {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			if !included(sel.Directives, x.vars) {
				continue
			}
			i := slices.IndexFunc(into, func(s selected) bool { return s.name == sel.Alias })
			if i < 0 {
				into = append(into, selected{sel.Alias, []*ast.Field{sel}})
			} else {
				into[i].fields = append(into[i].fields, sel)
			}
		case *ast.InlineFragment:
			if included(sel.Directives, x.vars) && x.applies(sel.TypeCondition, typ) {
				into = x.collect(sel.SelectionSet, typ, into)
			}
		case *ast.FragmentSpread:
			if included(sel.Directives, x.vars) && x.applies(sel.Definition.TypeCondition, typ) {
				into = x.collect(sel.Definition.SelectionSet, typ, into)
			}
		}
	}
	return into
}

// applies reports whether a fragment on cond is about objects of a type.
func (x *execution) applies(cond, typ string) bool {
	if cond == "" || cond == typ {
		return true
	}
	return slices.ContainsFunc(x.schema.PossibleTypes[cond], func(d *ast.Definition) bool { return d.Name == typ })
}

// object resolves the selections on one object.
func (x *execution) object(typ string, obj any, sets ...ast.SelectionSet) (object, error) {
	var sels []selected
	for _, set := range sets {
		sels = x.collect(set, typ, sels)
	}
	out := make(object, 0, len(sels))
	for _, s := range sels {
		x.path = append(x.path, ast.PathName(s.name))
		v, err := x.field(typ, obj, s)
		if err != nil {
			return nil, err
		}
		x.path = x.path[:len(x.path)-1]
		out = append(out, member{s.name, v})
	}
	return out, nil
}

func (x *execution) field(typ string, obj any, s selected) (any, error) {
	f := s.fields[0]
	x.cost += weight(f)
	if f.Name == "__typename" {
		return typ, nil
	}
	resolve, ok := resolverOf(typ, f.Name)
	if !ok {
		return nil, x.errorf("The stand-in does not carry the field %s.%s", typ, f.Name)
	}
	args := f.ArgumentMap(x.vars)
	v, err := resolve(x, obj, args)
	if err != nil {
		return nil, x.errorf("%s.%s: %s", typ, f.Name, err)
	}
	if list, ok := v.([]any); ok && isConnection(f) {
		if v, err = pageOf(list, args); err != nil {
			return nil, x.errorf("%s.%s: %s", typ, f.Name, err)
		}
	}
	sets := make([]ast.SelectionSet, len(s.fields))
	for i, f := range s.fields {
		sets[i] = f.SelectionSet
	}
	return x.complete(f.Definition.Type, v, sets)
}

// complete shapes a resolved value as the schema's type says.
func (x *execution) complete(t *ast.Type, v any, sets []ast.SelectionSet) (any, error) {
	if v == nil {
		if t.NonNull {
			return nil, x.errorf("Cannot return null for non-nullable type %s", t)
		}
		return nil, nil
	}
	if t.Elem != nil {
		list, ok := v.([]any)
		if !ok {
			return nil, x.errorf("expected a list, got %T", v)
		}
		out := make([]any, len(list))
		for i, e := range list {
			x.path = append(x.path, ast.PathIndex(i))
			c, err := x.complete(t.Elem, e, sets)
			if err != nil {
				return nil, err
			}
			x.path = x.path[:len(x.path)-1]
			out[i] = c
		}
		return out, nil
	}
	return x.completeNamed(x.schema.Types[t.NamedType], v, sets)
}

func (x *execution) completeNamed(def *ast.Definition, v any, sets []ast.SelectionSet) (any, error) {
	switch def.Kind {
	case ast.Object:
		return x.object(def.Name, v, sets...)
	case ast.Union, ast.Interface:
		switch v := v.(type) {
		case textField:
			return x.object("CustomFieldText", v, sets...)
		default:
			return nil, x.errorf("no type known for %T", v)
		}
	case ast.Enum:
		s := fmt.Sprint(v)
		if def.EnumValues.ForName(s) == nil {
			return nil, x.errorf("%q is no value of %s", s, def.Name)
		}
		return s, nil
	default:
		if t, ok := v.(time.Time); ok {
			return t.UTC().Format(time.RFC3339), nil
		}
		return v, nil
	}
}

// errorf makes an error that names the place in the answer where it happened.
func (x *execution) errorf(format string, args ...any) error {
	return &gqlerror.Error{Message: fmt.Sprintf(format, args...), Path: slices.Clone(x.path)}
}
