package store

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// An AlertChoice says which mails about stock a person wants who wants some.
type AlertChoice string

const (
	AlertAll    AlertChoice = ""       // at once, and the digest
	AlertDigest AlertChoice = "digest" // the digest only
	AlertOut    AlertChoice = "out"    // at once, and only of what is out
)

// Valid reports whether there is such a choice.
func (a AlertChoice) Valid() bool { return a == AlertAll || a == AlertDigest || a == AlertOut }

// AtOnce reports whether u wants to hear at once that an item became low or out.
func (u User) AtOnce(s Severity) bool {
	return u.ReceiveAlerts && (u.Alerts == AlertAll || u.Alerts == AlertOut && s == Out)
}

// Digest reports whether u wants the digest.
func (u User) Digest() bool { return u.ReceiveAlerts && u.Alerts != AlertOut }

// Reachable reports whether a mail about stock can reach u at all: they are active, want some and have an address.
func (u User) Reachable() bool {
	return u.Active && u.ReceiveAlerts && strings.TrimSpace(u.Email) != ""
}

// Follows reports whether u wants to hear of a category's items.
func (u User) Follows(category string) bool {
	return len(u.Categories) == 0 ||
		slices.ContainsFunc(u.Categories, func(c string) bool { return fold(c) == fold(category) })
}

// checkAlerts reports what is wrong with a person's choice.
func checkAlerts(bad problems, d ProfileDraft) {
	if !d.Alerts.Valid() {
		bad.add("receive_alerts", "Choose which mails you want.")
	}
	if len(d.Categories) > 200 {
		bad.add("alert_category", "At most 200 categories.")
	}
	for _, c := range d.Categories {
		if utf8.RuneCountInString(c) > 60 {
			bad.add("alert_category", "There is no such category.")
		}
	}
}
