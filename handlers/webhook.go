package handlers

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/jobber"
	"lwc-inventory/store"
)

// maxWebhook is how many bytes a webhook may have; Jobber's have some 250.
const maxWebhook = 64 << 10

// receiveWebhook handles POST /jobs/jobber/webhook. Jobber wants its answer within a second and
// may stop sending otherwise, so this verifies, stores and answers; a loop does the rest.
func (s *Server) receiveWebhook(c *fiber.Ctx) error {
	body := c.BodyRaw() // as it came: Body would unpack it, and the signature is over the packed bytes
	if len(body) > maxWebhook {
		return webhookAnswer(c, http.StatusRequestEntityTooLarge, "too large")
	}
	_, secret, err := s.Store.JobberCredentials(c.UserContext())
	if err != nil && store.CodeOf(err) != store.NotFound {
		return err
	}
	if err != nil || !jobber.Verify(secret, body, c.Get("X-Jobber-Hmac-SHA256")) {
		return webhookAnswer(c, http.StatusUnauthorized, "wrong signature")
	}
	if enc := strings.ToLower(c.Get(fiber.HeaderContentEncoding)); enc != "" && enc != "identity" {
		return webhookAnswer(c, http.StatusBadRequest, "not packed, as it is")
	}
	d, err := jobber.ParseEvent(body)
	if err != nil {
		return webhookAnswer(c, http.StatusBadRequest, "no event")
	}
	link, err := s.Store.JobberLink(c.UserContext())
	if err != nil {
		return err
	}
	d = jobber.Sorted(link, d)
	fresh, err := s.Store.Receive(c.UserContext(), d)
	if store.CodeOf(err) == store.NoRoom { // not taken: Jobber is to send it again, and sweeps find what it tells
		s.Log.Error("webhook not taken", "id", visitOf(c).ID, "topic", d.Topic, "item", d.Item, "err", err)
		c.Set(fiber.HeaderRetryAfter, "60")
		return webhookAnswer(c, http.StatusInsufficientStorage, "the disk is full; send it again")
	}
	if err != nil {
		return err
	}
	s.Log.Info("webhook", "id", visitOf(c).ID, "topic", d.Topic, "item", d.Item, "status", string(d.Status), "fresh", fresh)
	return webhookAnswer(c, http.StatusOK, "ok")
}

// webhookAnswer is for a program: a status and a word.
func webhookAnswer(c *fiber.Ctx, status int, text string) error {
	return c.Status(status).Type("txt", "utf-8").SendString(text + "\n")
}

// messageOf is the sentence in err for the person at the screen, or "".
func messageOf(err error) string {
	if e, ok := errors.AsType[*store.Error](err); ok {
		return e.Message
	}
	return ""
}
