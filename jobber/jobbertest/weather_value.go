package jobbertest

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// The fields of Behaviour are read and written by reflection, so that the page needs no more of a
// new one than its row in the table.

// at returns the field that the knob switches.
func (k knob) at(b *Behaviour) reflect.Value {
	v := reflect.ValueOf(b).Elem()
	for name := range strings.SplitSeq(k.field, ".") {
		v = v.FieldByName(name)
	}
	return v
}

// text is the field as the page shows it: "" for the good day's value, "on" for a switch that is on.
func (k knob) text(b Behaviour) string {
	v := k.at(&b)
	if v.IsZero() {
		return ""
	}
	switch x := v.Interface().(type) {
	case bool:
		return "on"
	case time.Duration:
		return x.String()
	case []string:
		return strings.Join(x, ", ")
	}
	return fmt.Sprint(v.Interface())
}

// set changes the field to what was typed; "" is the good day's value.
func (k knob) set(b *Behaviour, text string) error {
	v, text := k.at(b), strings.TrimSpace(text)
	if text == "" {
		v.SetZero()
		return nil
	}
	switch v.Interface().(type) {
	case time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return fmt.Errorf("%q is no duration; write 500ms, 30s or 5m", text)
		}
		v.SetInt(int64(d))
		return nil
	case []string:
		v.Set(reflect.ValueOf(words(text)))
		return nil
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return fmt.Errorf("%q is no whole number from 0 up", text)
		}
		v.SetInt(int64(n))
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || !(f >= 0 && f <= 1) {
			return fmt.Errorf("%q is no share between 0 and 1", text)
		}
		v.SetFloat(f)
	case reflect.String:
		v.SetString(text)
	default:
		return fmt.Errorf("there is no control for a field of type %s", v.Type())
	}
	return nil
}

// words splits what was typed at commas.
func words(text string) []string {
	var out []string
	for w := range strings.SplitSeq(text, ",") {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// Check reports whether the knob is a box to tick.
func (k knob) Check() bool { return k.at(&Behaviour{}).Kind() == reflect.Bool }
