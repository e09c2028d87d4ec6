package handlers

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"runtime/debug"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const (
	streamLife  = 5 * time.Minute  // then the browser asks again, and has to be signed in still
	streamBeat  = 15 * time.Second // so often something is sent, to learn that nobody listens any more
	streamWrite = 10 * time.Second // for one write
	mostStreams = 200
	streamsEach = 8 // of one user
)

// streams are the answers that stay open. They do not count as requests: they are told to end when the server stops.
type streams struct {
	ctx  context.Context
	stop context.CancelFunc
	all  sync.WaitGroup

	mu     sync.Mutex
	open   int
	byUser map[store.UserID]int
}

func newStreams(ctx context.Context) *streams {
	s := &streams{byUser: map[store.UserID]int{}}
	s.ctx, s.stop = context.WithCancel(ctx)
	return s
}

// begin counts one more stream of u. It fails with [store.TooMany]; the page asks now and then instead.
func (s *streams) begin(u store.UserID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil || s.open >= mostStreams || s.byUser[u] >= streamsEach {
		return &store.Error{Code: store.TooMany, Message: "Too many pages listen already.", RetryAfter: time.Minute}
	}
	s.open++
	s.byUser[u]++
	s.all.Add(1)
	return nil
}

func (s *streams) end(u store.UserID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	if s.byUser[u]--; s.byUser[u] == 0 {
		delete(s.byUser, u)
	}
	s.all.Done()
}

// EndStreams ends the answers that stay open, and returns when they have ended. Call it before the server is shut
// down, which would wait for them.
func (s *Server) EndStreams() {
	s.streams.mu.Lock()
	s.streams.stop()
	s.streams.mu.Unlock()
	s.streams.all.Wait()
}

// livePick handles GET /pick/live: server-sent events, one with the list's mark at first and one whenever it changes.
func (s *Server) livePick(c *fiber.Ctx) error {
	if c.Query("job") == "" && c.Query("day") == "" {
		return fieldError("job", "Say which list: of a job, or of a day.")
	}
	sc, err := s.readPickScope(c)
	if err != nil {
		return err
	}
	if _, err := s.Store.PickMark(c.UserContext(), sc.scope()); err != nil {
		return err
	}
	if c.Method() == fiber.MethodHead {
		return nil
	}
	u, conn := user(c).ID, c.Context().Conn()
	if err := s.streams.begin(u); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set("X-Accel-Buffering", "no") // nginx would keep the events to itself
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer s.streams.end(u)
		defer func() {
			if p := recover(); p != nil {
				s.Log.Error("stream failed", "err", fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
			}
		}()
		s.tellMarks(sc.scope(), stream{conn, w})
	})
	return nil
}

// tellMarks sends the list's mark whenever it changes, until somebody hangs up.
func (s *Server) tellMarks(sc store.PickScope, to stream) {
	end, beat := time.NewTimer(streamLife), time.NewTicker(streamBeat)
	defer end.Stop()
	defer beat.Stop()
	text, last := "retry: 2000\n\n", ""
	for {
		changed := s.Store.Changed() // before looking: nothing can be missed
		mark, err := s.Store.PickMark(s.streams.ctx, sc)
		if err != nil {
			return // the job is gone, or the server stops: the browser asks again and hears why
		}
		if mark != last {
			text, last = text+"event: mark\ndata: "+mark+"\n\n", mark
		}
		if text != "" {
			if err := to.send(text); err != nil {
				return
			}
		}
		text = ""
		select {
		case <-changed:
		case <-beat.C:
			text = ": still here\n\n"
		case <-end.C:
			return
		case <-s.streams.ctx.Done():
			return
		}
	}
}

// A stream is an answer that stays open.
type stream struct {
	conn net.Conn
	w    *bufio.Writer
}

// send sends text at once. The server's own limit for writing is for whole answers: each send has one of its own.
func (st stream) send(text string) error {
	if err := st.conn.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil {
		return err
	}
	if _, err := st.w.WriteString(text); err != nil {
		return err
	}
	return st.w.Flush()
}
