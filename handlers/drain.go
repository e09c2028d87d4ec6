package handlers

import (
	"io"
	"time"

	"github.com/gofiber/fiber/v2"
)

const (
	drainMost  = 16 << 20               // bytes; who sends more is cut off
	drainPause = 250 * time.Millisecond // without a byte: all has come
	drainTime  = 5 * time.Second
)

// drain reads what a refused form still sends. Closing a connection with bytes unread resets it, and the
// browser would show its own words for that instead of our answer.
func drain(c *fiber.Ctx) {
	conn := c.Context().Conn()
	if conn == nil {
		return
	}
	end := time.Now().Add(drainTime)
	buffer := make([]byte, 32<<10)
	for n := 0; n < drainMost && time.Now().Before(end); {
		if err := conn.SetReadDeadline(time.Now().Add(drainPause)); err != nil {
			return
		}
		more, err := io.ReadAtLeast(conn, buffer, 1)
		if n += more; err != nil {
			return // the end, or nothing for a while: either way it is read
		}
	}
}
