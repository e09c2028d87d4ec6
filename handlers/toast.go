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

// An undoForm offers to reverse a movement, or to take an answer back.
type undoForm struct {
	Movement  store.MovementID
	Answer    store.AnswerID // instead of a movement
	Item      store.ItemID   // instead of both: what mutes it
	Version   uint64         // with Item: which change
	WholeAct  bool           // all that was booked together with it
	CSRF      string
	RequestID string
	Back      string // the page to return to
}

// Action is where the form goes.
func (u undoForm) Action() string {
	switch {
	case u.Answer != 0:
		return "/match/answers/" + u.Answer.String() + "/undo"
	case u.Item != 0:
		return "/items/" + u.Item.String() + "/mute"
	}
	return "/movements/" + u.Movement.String() + "/undo"
}

// Stays reports whether the page stays as it is when this is undone: the scanner is open on it.
func (u undoForm) Stays() bool { return strings.HasPrefix(u.Back, "/scan?") }

// keptToast is a toast between two requests. It travels in a signed cookie, so the server keeps
// nothing, and nobody can put words into somebody's page.
type keptToast struct {
	Text     string           `json:"t"`
	Bad      bool             `json:"b,omitempty"`
	Movement store.MovementID `json:"m,omitempty"`
	Answer   store.AnswerID   `json:"a,omitempty"`
	Item     store.ItemID     `json:"i,omitempty"`
	Version  uint64           `json:"v,omitempty"`
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
		k.Answer, k.Item, k.Version = t.Undo.Answer, t.Undo.Item, t.Undo.Version
	}
	raw, err := json.Marshal(k)
	if err != nil { // strings and numbers always encode
		s.Log.Error("toast lost", "err", err)
		return
	}
	text := base64.RawURLEncoding.EncodeToString(raw)
	s.setCookie(c, s.hostCookie(toastCookie), text+"."+s.sign(text, visitOf(c).cookie), toastLife)
}

// takeToast returns what the last request left for this page, if anything, and forgets it.
func (s *Server) takeToast(c *fiber.Ctx) toast {
	text, mac, ok := strings.Cut(c.Cookies(s.hostCookie(toastCookie)), ".")
	if !ok {
		return toast{}
	}
	s.setCookie(c, s.hostCookie(toastCookie), "", -1)
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
	if k.Movement != 0 || k.Answer != 0 || k.Item != 0 {
		t.Undo = &undoForm{Movement: k.Movement, Answer: k.Answer, Item: k.Item, Version: k.Version, WholeAct: k.WholeAct, RequestID: k.Request, Back: k.Back, CSRF: s.csrf(c)}
	}
	return t
}
