package handlers

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
)

// What was cut short is not taken for a whole file, and what failed does not end the program.
func TestStreamCutShort(t *testing.T) {
	s := &Server{Log: slog.New(slog.DiscardHandler)}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	ended := make(chan error, 1)
	for path, end := range map[string]func(ctx context.Context, w io.Writer) error{
		"/whole":  func(context.Context, io.Writer) error { return nil },
		"/fails":  func(context.Context, io.Writer) error { return errors.New("the disk is gone") },
		"/panics": func(context.Context, io.Writer) error { panic("nothing is there") },
		"/left": func(_ context.Context, w io.Writer) (err error) {
			for err == nil {
				_, err = io.WriteString(w, strings.Repeat("on and on\n", 1000))
			}
			ended <- err
			return err
		},
	} {
		app.Get(path, func(c *fiber.Ctx) error {
			return s.stream(c, func(ctx context.Context, w io.Writer) error {
				if _, err := io.WriteString(w, "first line\n"); err != nil {
					return err
				}
				return end(ctx, w)
			})
		})
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go app.Listener(ln)
	defer app.Shutdown()
	for path, whole := range map[string]bool{"/whole": true, "/fails": false, "/panics": false} {
		resp, err := http.Get("http://" + ln.Addr().String() + path)
		if err != nil {
			if whole {
				t.Error(err)
			}
			continue
		}
		_, err = io.ReadAll(resp.Body)
		resp.Body.Close()
		if (err == nil) != whole {
			t.Errorf("%s: read to its end: %v", path, err)
		}
	}
	resp, err := http.Get("http://" + ln.Addr().String() + "/left")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close() // whoever asked hangs up
	if err := <-ended; err == nil {
		t.Error("nobody reads, and it is still written")
	}
}
