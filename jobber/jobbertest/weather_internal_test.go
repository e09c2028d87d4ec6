package jobbertest

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

// leaves returns the paths of all fields that hold a value and no fields of their own.
func leaves(t reflect.Type, path string) []string {
	var out []string
	for f := range t.Fields() {
		if f.Type.Kind() == reflect.Struct {
			out = append(out, leaves(f.Type, path+f.Name+".")...)
		} else {
			out = append(out, path+f.Name)
		}
	}
	return out
}

// What can go wrong in a test can go wrong on the page: no field of Behaviour is without a switch.
func TestEveryBehaviourHasASwitch(t *testing.T) {
	var rows []string
	for _, f := range weather {
		for _, k := range f.knobs {
			if slices.Contains(rows, k.field) {
				t.Errorf("%s has two switches", k.field)
			}
			if k.label == "" || k.note == "" {
				t.Errorf("the switch of %s does not say what it does", k.field)
			}
			rows = append(rows, k.field)
		}
	}
	fields := leaves(reflect.TypeFor[Behaviour](), "")
	for _, f := range fields {
		if !slices.Contains(rows, f) {
			t.Errorf("Behaviour.%s has no switch: add its row to weather.go", f)
		}
	}
	for _, r := range rows {
		if !slices.Contains(fields, r) {
			t.Errorf("there is a switch of %s, and no such field", r)
		}
	}
}

// Each switch changes its own field and no other, reads back as it was set, and goes back to a good day.
func TestSwitchesTurn(t *testing.T) {
	for _, f := range weather {
		for _, k := range f.knobs {
			t.Run(k.field, func(t *testing.T) {
				var b Behaviour
				text := sampleOf(k, &b)
				if err := k.set(&b, text); err != nil {
					t.Fatalf("%q: %v", text, err)
				}
				if k.at(&b).IsZero() {
					t.Fatalf("%q left the field as it was", text)
				}
				if got := k.text(b); got != text {
					t.Errorf("set to %q, it reads %q", text, got)
				}
				other := b
				k.at(&other).SetZero()
				if !reflect.ValueOf(other).IsZero() {
					t.Errorf("it changed another field too: %+v", b)
				}
				if err := k.set(&b, ""); err != nil || !k.at(&b).IsZero() {
					t.Errorf("empty is no good day: %+v, %v", b, err)
				}
			})
		}
	}
}

// sampleOf is what a person might set the knob to.
func sampleOf(k knob, b *Behaviour) string {
	switch v := k.at(b); {
	case len(k.choices) > 1:
		return k.choices[1]
	case v.Type() == reflect.TypeFor[time.Duration]():
		return "1m30s"
	case v.Kind() == reflect.Bool:
		return "on"
	case v.Kind() == reflect.Int || v.Kind() == reflect.Int64:
		return "7"
	case v.Kind() == reflect.Float64:
		return "0.25"
	case v.Kind() == reflect.Slice:
		return "one, two"
	}
	return "2025-01-20"
}
