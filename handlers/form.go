package handlers

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// maxRequestID is how long a request id may be; ours are much shorter.
const maxRequestID = 64

// formValue returns the named field as it was sent, the first if there are several. Only the body
// counts: Fiber's own FormValue prefers what stands in the address.
func formValue(c *fiber.Ctx, name string) string {
	if form, err := c.MultipartForm(); err == nil {
		if all := form.Value[name]; len(all) > 0 {
			return all[0]
		}
		return ""
	}
	return string(c.Request().PostArgs().Peek(name))
}

// refusePacked refuses a compressed form. No browser sends one, and unpacking has no limit: some
// kilobytes from a stranger become gigabytes here.
func refusePacked(c *fiber.Ctx) error {
	if c.Get(fiber.HeaderContentEncoding) != "" {
		return fiber.ErrUnsupportedMediaType
	}
	return nil
}

// formText returns the named field without the space around it.
func formText(c *fiber.Ctx, name string) string {
	return strings.TrimSpace(strings.ToValidUTF8(formValue(c, name), "\uFFFD"))
}

// formHas reports whether the form has the named field, be it empty.
func formHas(c *fiber.Ctx, name string) bool {
	if form, err := c.MultipartForm(); err == nil {
		return len(form.Value[name]) > 0
	}
	return c.Request().PostArgs().Has(name)
}

// formTick reports whether the named box is ticked.
func formTick(c *fiber.Ctx, name string) bool {
	switch strings.ToLower(formText(c, name)) {
	case "", "0", "false", "off", "no":
		return false
	}
	return true
}

// formID returns the id in the named field, or 0 if the field is empty. It fails with
// [store.Invalid] if the field holds something else.
func formID[T ~uint64](c *fiber.Ctx, name string) (T, error) {
	text := formText(c, name)
	if text == "" {
		return 0, nil
	}
	id, err := store.ParseID[T](text)
	if err != nil {
		return 0, fieldError(name, "Choose one of the list.")
	}
	return id, nil
}

// formQty returns the quantity in the named field. It fails with [store.Invalid].
func formQty(c *fiber.Ctx, name string) (store.Qty, error) {
	q, err := store.ParseQty(formText(c, name))
	return q, inField(name, err)
}

// formPack returns the pack in the named field; the zero pack, if the field is empty. It fails with [store.Invalid].
func formPack(c *fiber.Ctx, name string) (store.Pack, error) {
	p, err := store.ParsePack(formText(c, name))
	return p, inField(name, err)
}

// requestID returns the form's request id, by which an act counts once. It fails with
// [store.Invalid] when there is none or it is too long.
func requestID(c *fiber.Ctx) (string, error) {
	id := formText(c, "request_id")
	if id == "" || utf8.RuneCountInString(id) > maxRequestID {
		return "", fieldError("request_id", "The form has no request id of at most 64 characters. Reload the page and try again.")
	}
	return id, nil
}

// fieldError is a complaint about one field.
func fieldError(name, message string) error {
	return &store.Error{Code: store.Invalid, Message: message, Fields: map[string]string{name: message}}
}

// inField puts err's sentence beside the named field, if it stands beside none yet.
func inField(name string, err error) error {
	e, ok := errors.AsType[*store.Error](err)
	if !ok || len(e.Fields) > 0 {
		return err
	}
	beside := *e
	beside.Fields = map[string]string{name: e.Message}
	return &beside
}

// complaints are why a form comes back: what stands above it and beside its fields. The zero
// value is a form without any.
type complaints struct {
	Message string            // about the form as a whole
	Fields  map[string]string // by field name
}

// complaintsIn returns what err has to say in a form. It returns false for errors that are not
// about what was typed: those have a page of their own.
func complaintsIn(err error) (complaints, bool) {
	e, ok := errors.AsType[*store.Error](err)
	if !ok || e.Code != store.Invalid && e.Code != store.Conflict {
		return complaints{}, false
	}
	return complaints{Message: e.Message, Fields: e.Fields}, true
}

// formStatus is the status of a form that comes back because of err.
func formStatus(err error) int { return statusOf[store.CodeOf(err)] }

// join adds the complaints of another check, so that a form tells all at once.
func (p complaints) join(other complaints) complaints {
	if p.Message == "" {
		p.Message = other.Message
	}
	all := map[string]string{}
	for _, fields := range []map[string]string{other.Fields, p.Fields} {
		for name, text := range fields {
			all[name] = text
		}
	}
	p.Fields = all
	return p
}

// Any reports whether there is something to complain of.
func (p complaints) Any() bool { return p.Message != "" || len(p.Fields) > 0 }

// Banner is the sentence above the form.
func (p complaints) Banner() string {
	switch n := len(p.Fields); n {
	case 0:
		return p.Message
	case 1:
		return "Not saved. One field needs a look."
	default:
		return fmt.Sprintf("Not saved. %s fields need a look.", countWord(n))
	}
}

// Of returns the complaint about the named field, or "".
func (p complaints) Of(name string) string { return p.Fields[name] }

// At is the data of layout/error: the complaint about the named field, to be shown beside it.
func (p complaints) At(name string) fieldComplaint {
	return fieldComplaint{ID: name + "-error", Text: p.Fields[name]}
}

// A fieldComplaint stands beside the field whose aria-describedby names its ID.
type fieldComplaint struct{ ID, Text string }

func countWord(n int) string {
	words := []string{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"}
	if n < len(words) {
		return words[n]
	}
	return fmt.Sprint(n)
}
