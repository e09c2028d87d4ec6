package jobber

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"lwc-inventory/store"
)

// trouble sorts what can go wrong with Jobber by what helps against it.
type trouble string

const (
	notConnected trouble = "not connected"         // an owner must connect
	dropped      trouble = "connection ended"      // likewise; Jobber ended it
	credentials  trouble = "wrong id or secret"    // an owner must correct the app's client id and secret
	badCode      trouble = "code not accepted"     // connecting must be started again
	unauthorized trouble = "token not accepted"    // a fresh token may help
	denied       trouble = "hidden from the app"   // the app lacks a scope
	refused      trouble = "query refused"         // asking again does not help
	throttled    trouble = "asked to slow down"    // waiting helps
	failing      trouble = "fault at Jobber"       // likewise; Jobber answered, but not with an answer
	unreachable  trouble = "no answer from Jobber" // likewise
)

// A failure is an answer of Jobber's that is none, or the lack of one.
type failure struct {
	kind trouble
	said string        // Jobber's own words, or what is known instead; never a secret
	wait time.Duration // how long Jobber asks to wait; 0 when it does not say
	err  error

	missing []string // with refused: fields that Jobber does not have any more
}

// Error tells what went wrong, for logs.
func (f *failure) Error() string {
	msg := "jobber: " + string(f.kind)
	if f.said != "" {
		msg += ": " + f.said
	}
	if f.err != nil {
		msg += ": " + f.err.Error()
	}
	return msg
}

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.err }

func failed(kind trouble, format string, args ...any) *failure {
	return &failure{kind: kind, said: short(fmt.Sprintf(format, args...))}
}

// kindOf returns the kind of the first failure in err's chain, "" for none.
func kindOf(err error) trouble {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.kind
	}
	return ""
}

// passing reports whether waiting may help.
func passing(err error) bool {
	switch kindOf(err) {
	case throttled, failing, unreachable:
		return true
	}
	return false
}

// halted reports whether nothing may be asked until an owner has done something.
func halted(err error) bool { return ended(err) || kindOf(err) == credentials }

// ended reports whether there is no connection to ask through.
func ended(err error) bool { return kindOf(err) == notConnected || kindOf(err) == dropped }

// sentence says for the owner what err means and what to do.
func sentence(err error) string {
	f, ok := errors.AsType[*failure](err)
	if !ok {
		if e, ok := errors.AsType[*store.Error](err); ok && e.Code != store.Internal {
			return e.Message
		}
		return "Something went wrong here. The log says what."
	}
	switch f.kind {
	case notConnected:
		if e, ok := errors.AsType[*store.Error](f.err); ok {
			return e.Message
		}
		return "Not connected to Jobber."
	case dropped:
		return f.said
	case credentials:
		return "Jobber does not know this client id and secret. Correct them, then connect."
	case badCode:
		return "Jobber does not accept this answer any more. Connect again."
	case denied:
		return "Jobber hides something from this app. Give the app the missing scope in Jobber's Developer Center, " +
			"then connect again. " + f.said
	case throttled:
		return "Jobber asks to slow down."
	case unreachable:
		return "Jobber does not answer."
	case failing:
		return "Jobber has a fault of its own. " + f.said
	default:
		return "Jobber refuses a question. " + f.said
	}
}

// What an owner reads when the connection has ended, or rests.
const (
	saidDisconnected = "Disconnected at Jobber."
	saidWithdrawn    = "Jobber no longer accepts the connection. It may have been ended there."
	saidLost         = "An answer of Jobber's was lost on the way, and the new key to the connection with it."
	saidBlocked      = "It serves this app nothing for now: “Service temporarily unavailable”."
)

// gone reports whether Jobber's words mean that the connection has ended.
func gone(said string) bool {
	s := strings.ToLower(said)
	return strings.Contains(s, "has disconnected this app") || strings.Contains(s, "account is not active")
}

// blocked reports whether Jobber's words mean that it serves the app nothing, though it is connected.
func blocked(said string) bool {
	return strings.Contains(strings.ToLower(said), "service temporarily unavailable")
}

// flatMessage returns what Jobber says outside of GraphQL: {"message": "…"} or
// {"error": {"message": "…"}}. It returns "" for every other body.
func flatMessage(body []byte) string {
	var flat struct {
		Message string `json:"message"`
		Error   struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &flat) != nil { // another shape: no message
		return ""
	}
	if flat.Message == "" {
		flat.Message = flat.Error.Message
	}
	return short(flat.Message)
}

// short is s as it fits into a sentence or a line of the log.
func short(s string) string { return clip(s, 200) }

// clip is s in one line, at most so many characters long.
func clip(s string, most int) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}
