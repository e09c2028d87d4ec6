package alerts

import (
	"context"
	"errors"
	"net/url"

	"lwc-inventory/store"
)

// resetLetter is a mail with a link that sets a new password. The link's host is BASE_URL's, whatever host the
// request for it named.
func (s *Service) resetLetter(ctx context.Context, m store.Mail) (*noteLetter, error) {
	token, err := s.Store.ResetToken(ctx, m)
	if err != nil {
		return nil, err
	}
	if token == "" {
		return nil, errors.New("the link ended a moment ago")
	}
	return &noteLetter{frame: frame{Subject: "A new password for LWC Inventory", Title: "Set a new password",
		Preview: "The link works once, for half an hour.", URL: s.link("/reset?" + url.Values{"token": {token}}.Encode()),
		Button: "Set a new password", Why: "You get this because somebody typed your name or mail address where one asks for a new password."},
		Lines: []string{"Somebody asked for a new password for you. The link works once, for half an hour.",
			"It was not you? Then do nothing: the password stays as it is."}}, nil
}
