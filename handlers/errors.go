package handlers

import (
	"context"
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// statusOf maps what the store says to what HTTP says. It is the only place that does.
var statusOf = map[store.Code]int{
	store.Conflict:  http.StatusConflict,
	store.DiskFault: http.StatusInternalServerError,
	store.Internal:  http.StatusInternalServerError,
	store.Invalid:   http.StatusUnprocessableEntity,
	store.Unusual:   http.StatusUnprocessableEntity,
	store.NoRoom:    http.StatusInsufficientStorage,
	store.NotFound:  http.StatusNotFound,
	store.Forbidden: http.StatusForbidden,
	store.TooMany:   http.StatusTooManyRequests,
}

// sayings are the sentences for errors that carry none of their own.
var sayings = map[int]string{
	http.StatusBadRequest:                  "The browser sent something that cannot be read.",
	http.StatusForbidden:                   "This is not for your role.",
	http.StatusNotFound:                    "There is nothing at this address.",
	http.StatusMethodNotAllowed:            "This address does not take that.",
	http.StatusRequestTimeout:              "The connection was too slow. Try again.",
	http.StatusRequestEntityTooLarge:       "That is too much at once. The limit is 1 MB.",
	http.StatusUnsupportedMediaType:        "Forms are not taken compressed.",
	http.StatusRequestHeaderFieldsTooLarge: "The address is too long.",
	http.StatusInternalServerError:         "Something went wrong on our side. Nothing you typed is at fault.",
	http.StatusServiceUnavailable:          "This took too long. Try again.",
}

// titles head the problem page.
var titles = map[int]string{
	http.StatusForbidden:             "Not for you",
	http.StatusNotFound:              "Not found",
	http.StatusConflict:              "Nothing was changed",
	http.StatusRequestEntityTooLarge: "Too large",
	http.StatusUnprocessableEntity:   "Not saved",
	http.StatusTooManyRequests:       "Too many tries",
	http.StatusInsufficientStorage:   "Disk full",
}

// A problem is the data of layout/problem.
type problem struct {
	Status    int
	Title     string
	Message   string
	RequestID string
	Ours      bool   // the fault is the server's: someone should hear of it
	Back      string // where to go on
}

// describe says what to tell the user of err. Faults of ours get no detail.
func describe(err error) problem {
	p := problem{Status: http.StatusInternalServerError}
	if e, ok := errors.AsType[*store.Error](err); ok && e.Code != store.Internal {
		p.Status, p.Message = statusOf[e.Code], e.Message
		if p.Status == 0 {
			p.Status, p.Message = http.StatusInternalServerError, ""
		}
	} else if e, ok := errors.AsType[*fiber.Error](err); ok && e.Code >= 400 && e.Code < 500 {
		p.Status = e.Code // its text is Fiber's, in words of a program
	} else if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		p.Status = http.StatusServiceUnavailable
	}
	p.Ours = p.Status >= 500
	if p.Message == "" {
		p.Message = sayings[p.Status]
	}
	if p.Message == "" {
		p.Message = "The server cannot answer this."
	}
	if p.Title = titles[p.Status]; p.Title == "" {
		p.Title = "That did not work"
	}
	return p
}

// fail is Fiber's error handler: every error a handler returns ends here, and is logged here.
// It also answers what the server refuses before any middleware ran, such as a body that is too large.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	v := visitOf(c)
	p := describe(err)
	p.RequestID, p.Back = v.ID, "/dashboard"
	if p.Ours {
		s.Log.Error("request failed", "id", v.ID, "method", c.Method(), "path", c.Path(), "err", err)
	}
	if e, ok := errors.AsType[*store.Error](err); ok && e.RetryAfter > 0 {
		c.Set(fiber.HeaderRetryAfter, seconds(e.RetryAfter))
	}
	if p.Status == http.StatusRequestEntityTooLarge {
		if c.Path() == importPath {
			p.Message = "A file may have 16 MB at most. Part it in two, or import it on the server: lwc-inventory import items FILE"
		}
		drain(c)
	}
	s.setSecurityHeaders(c)
	c.Status(p.Status)
	if err := s.showProblem(c, p); err != nil {
		// The page about the problem has one itself: words without a frame.
		s.Log.Error("problem page failed", "id", v.ID, "err", err)
		return c.Type("txt", "utf-8").SendString(p.Message + "\nRequest " + p.RequestID + "\n")
	}
	return nil
}

func (s *Server) showProblem(c *fiber.Ctx, p problem) error {
	if fromHTMX(c) {
		t := toast{Text: p.Message, Bad: true}
		if p.Ours {
			t.Text += " Request " + p.RequestID + "."
		}
		return s.fragments(c, part{"layout/toast", t})
	}
	err := s.page(c, head{Title: p.Title, Narrow: true}, "layout/problem", p)
	if err == nil || user(c).ID == 0 {
		return err
	}
	// The frame asks the store, which may be what failed: once more as a visitor's page.
	s.Log.Error("frame of the problem page failed", "id", p.RequestID, "err", err)
	visitOf(c).User = store.User{}
	return s.page(c, head{Title: p.Title}, "layout/problem", p)
}
