package handlers

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// exportTime is how long the writing of an export may take, by who reads it slowly too.
const exportTime = time.Minute

// exportItems handles GET /items.csv: the catalogue with what is on hand, written while it is read.
func (s *Server) exportItems(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Attachment("items-" + s.Store.Now().In(s.Location).Format(time.DateOnly) + ".csv")
	if c.Method() == fiber.MethodGet {
		if err := s.noteData(c, "exported the items"); err != nil && store.CodeOf(err) != store.NoRoom {
			return err
		}
	}
	what := store.Export{Money: seesMoney(user(c))}
	return s.stream(c, func(ctx context.Context, w io.Writer) error { return s.Store.ExportItems(ctx, w, what) })
}

// stream answers with what write writes, as it comes. When write fails the connection ends without the mark of
// the end: an answer that was cut short must not look like a whole one. write must not use c.
func (s *Server) stream(c *fiber.Ctx, write func(ctx context.Context, w io.Writer) error) error {
	if c.Method() == fiber.MethodHead {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), exportTime)
	from, to := io.Pipe()
	path, request := c.Path(), visitOf(c).ID
	go func() {
		defer cancel()
		err := contained(func() error { return write(ctx, to) })
		if err != nil {
			s.Log.Warn("answer cut short", "path", path, "id", request, "err", err)
		}
		to.CloseWithError(err) // nil is the end
	}()
	c.Context().SetBodyStream(from, -1) // which closes from, and so ends write, when nobody reads any more
	return nil
}

// contained runs fn and turns a panic into an error: outside of a request it would end the program.
func contained(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return fn()
}
