package alerts

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"time"
)

// A SendError is why a mail did not go out.
type SendError struct {
	Permanent bool          // the server will never take this mail: trying again is no use
	Server    bool          // not this mail's fault: no other would get through now either
	Doubtful  bool          // the server had the whole mail and did not say what it did with it
	After     time.Duration // the server asks not to be tried sooner; 0: it does not say
	Doing     string        // what it happened at
	Answer    string        // the server's own words, like "550 5.1.1 Nobody here by that name"; "" if it said nothing
	Err       error
}

// Error returns what was being done and the server's own words, or what went wrong without any.
func (e *SendError) Error() string {
	if e.Answer != "" {
		return e.Doing + ": " + e.Answer
	}
	return e.Doing + ": " + plainly(e.Err)
}

// Unwrap returns the error beneath.
func (e *SendError) Unwrap() error { return e.Err }

// plainly says in words what the network says in its own.
func plainly(err error) string {
	if errors.Is(err, io.EOF) {
		return "the server closed the connection"
	}
	if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() {
		return "the server did not answer in time"
	}
	return err.Error()
}

// unreached is a failure before the server heard of any mail. Even a final answer, to a
// password for one, is then the settings' fault: mails wait until those are right.
func unreached(doing string, err error) *SendError {
	return &SendError{Server: true, Doing: doing, Answer: answerIn(err), Err: err}
}

// untaken is a failure to hand over one mail.
func untaken(doing string, err error) *SendError {
	e := &SendError{Doing: doing, Answer: answerIn(err), Err: err}
	answer, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		_, e.Doubtful = errors.AsType[doubt](err)
		return e
	}
	switch answer.Code {
	case 421, 530, 534, 535, 538: // it is going away, or wants a better sign-in first
		e.Server = true
	default:
		e.Permanent = answer.Code >= 500
	}
	return e
}

// answerIn returns the server's answer that is in err, on one line.
func answerIn(err error) string {
	answer, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%d %s", answer.Code, strings.Join(strings.Fields(answer.Msg), " "))
}
