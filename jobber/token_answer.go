package jobber

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"lwc-inventory/store"
)

// tokensOf reads what the token endpoint gave. Only the token itself says when it ends: Jobber has
// been seen to leave expires_in out.
func tokensOf(t *oauth2.Token) store.Tokens {
	warning, _ := t.Extra("warning").(string) // most answers have none
	return store.Tokens{Access: t.AccessToken, Refresh: t.RefreshToken, Expiry: expiryOf(t.AccessToken),
		Warning: short(warning)}
}

// expiryOf reads the claim exp of a JWT without checking the signature, which only Jobber can.
// It is zero when there is none.
func expiryOf(access string) time.Time {
	parts := strings.Split(access, ".")
	if len(parts) != 3 {
		return time.Time{}
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return time.Time{}
	}
	var claims struct {
		Exp float64 `json:"exp"`
	}
	if json.Unmarshal(raw, &claims) != nil || claims.Exp <= 0 || claims.Exp > 1<<40 {
		return time.Time{}
	}
	return time.Unix(int64(claims.Exp), 0).UTC()
}

// judgeToken sorts an error of the token endpoint, which speaks plain text. Nothing of the answer
// but the known sentences is kept.
func judgeToken(err error) error {
	re, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok { // no answer, or one that is no token: a proxy's page, half a body
		return &failure{kind: unreachable, err: err}
	}
	body := strings.ToLower(string(re.Body))
	status := re.Response.StatusCode
	switch {
	case gone(body):
		return failed(dropped, saidDisconnected)
	case blocked(body):
		return failed(failing, saidBlocked)
	case status >= 500:
		return failed(failing, "The token endpoint answered %d.", status)
	case status == http.StatusTooManyRequests:
		return failed(throttled, "The token endpoint answered %d.", status)
	case strings.Contains(body, "refresh token is not valid"):
		return failed(dropped, saidWithdrawn)
	case strings.Contains(body, "client id and secret do not match"), re.ErrorCode == "invalid_client":
		return failed(credentials, "")
	case strings.Contains(body, "authorization code was not valid"):
		return failed(badCode, "")
	case re.ErrorCode == "invalid_grant": // not seen at Jobber; what the standard says
		return failed(dropped, saidWithdrawn)
	default:
		return failed(failing, "The token endpoint answered %d.", status)
	}
}
