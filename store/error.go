package store

import (
	"errors"
	"fmt"
	"time"
)

// A Code says what kind of failure an [Error] is, in words a program can act on.
type Code string

const (
	Conflict  Code = "conflict"  // the record changed meanwhile, or exists already
	DiskFault Code = "disk"      // the disk refused a write; nothing was booked
	Forbidden Code = "forbidden" // this person may not, or is not who they say
	Internal  Code = "internal"  // a fault of ours; the message is not for users
	Invalid   Code = "invalid"   // the caller's input breaks a rule
	NoRoom    Code = "no_room"   // the disk is full; nothing was booked, and it passes by itself
	NotFound  Code = "not_found" // no such record
	TooMany   Code = "too_many"  // wait before trying again; see RetryAfter
	Unusual   Code = "unusual"   // nothing was booked; the message asks whether it is meant
)

// An Error is a failure the person using the program can understand.
// Every other error is a fault: it is logged in full and shown without detail.
type Error struct {
	Code       Code
	Message    string            // a sentence for the person using the program
	Fields     map[string]string // what is wrong, by form field
	RetryAfter time.Duration     // for TooMany
}

// Error returns code and message, for logs.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Errorf returns an [*Error] with the given code and message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// CodeOf reports the code of the first [*Error] in err's chain,
// "" for nil, and [Internal] for everything else.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// problems collects what is wrong with a form, by field.
type problems map[string]string

// add notes a problem with field unless one is noted already: the first is the one to mend.
func (p problems) add(field, format string, args ...any) {
	if _, ok := p[field]; !ok {
		p[field] = fmt.Sprintf(format, args...)
	}
}

// err returns an [Invalid] error that names every problem, or nil if there is none.
func (p problems) err() error {
	switch len(p) {
	case 0:
		return nil
	case 1:
		for _, sentence := range p {
			return &Error{Code: Invalid, Message: sentence, Fields: p}
		}
	}
	return &Error{Code: Invalid, Message: fmt.Sprintf("%d fields need a look.", len(p)), Fields: p}
}

// messageOf returns the sentence of the first [*Error] in err's chain, or "".
func messageOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Message
	}
	return ""
}
