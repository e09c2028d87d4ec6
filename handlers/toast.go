package handlers

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const toastCookie = "lwc_toast"

// toastLife is how long a toast waits for its page; longer, and it would tell of something else.
const toastLife = time.Minute

// maxToast keeps the cookie far below what browsers and proxies accept.
const maxToast = 600

// An undoForm offers to reverse a movement.
type undoForm struct {
	Movement  store.MovementID
	WholeAct  bool // all that was booked together with it
	CSRF      string
	RequestID string
	Back      string // the page to return to
}

// keptToast is a toast between two requests. It travels in a signed cookie, so the server keeps
// nothing, and nobody can put words into somebody's page.
type keptToast struct {
	Text     string           `json:"t"`
	Bad      bool             `json:"b,omitempty"`
	Movement store.MovementID `json:"m,omitempty"`
	WholeAct bool             `json:"w,omitempty"`
	Request  string           `json:"r,omitempty"`
	Back     string           `json:"p,omitempty"`
}

// keepToast leaves t for the next page.
func (s *Server) keepToast(c *fiber.Ctx, t toast) {
	if t.Text == "" {
		return
	}
	k := keptToast{Text: t.Text, Bad: t.Bad}
	if r := []rune(k.Text); len(r) > maxToast {
		k.Text = string(r[:maxToast]) + "…"
	}
	if t.Undo != nil {
		k.Movement, k.WholeAct, k.Request, k.Back = t.Undo.Movement, t.Undo.WholeAct, t.Undo.RequestID, t.Undo.Back
	}
	raw, err := json.Marshal(k)
	if err != nil { // strings and numbers always encode
		s.Log.Error("toast lost", "err", err)
		return
	}
	text := base64.RawURLEncoding.EncodeToString(raw)
	s.setCookie(c, toastCookie, text+"."+s.sign(text, visitOf(c).cookie), toastLife)
}

// takeToast returns what the last request left for this page, if anything, and forgets it.
func (s *Server) takeToast(c *fiber.Ctx) toast {
	text, mac, ok := strings.Cut(c.Cookies(toastCookie), ".")
	if !ok {
		return toast{}
	}
	s.setCookie(c, toastCookie, "", -1)
	if !hmac.Equal([]byte(mac), []byte(s.sign(text, visitOf(c).cookie))) {
		return toast{} // cut short, or of another session
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return toast{}
	}
	var k keptToast
	if err := json.Unmarshal(raw, &k); err != nil {
		return toast{}
	}
	t := toast{Text: k.Text, Bad: k.Bad}
	if k.Movement != 0 {
		t.Undo = &undoForm{Movement: k.Movement, WholeAct: k.WholeAct, RequestID: k.Request, Back: k.Back, CSRF: s.csrf(c)}
	}
	return t
}
