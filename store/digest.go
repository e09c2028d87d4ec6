package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// A Date is a day on the calendar of whoever wrote it, "2026-11-26"; "" is none. Dates compare as they lie in time.
type Date string

// DateOf returns the day it is at t, in t's location.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// ParseDate reads a day as a date field of a form sends it. It fails with [Invalid].
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 2000 || t.Year() > 2200 {
		return "", Errorf(Invalid, "Write a date like 2026-11-26.")
	}
	return DateOf(t), nil
}

// Time returns the first moment of the day in a location, nil being UTC; the zero Time for none.
func (d Date) Time(loc *time.Location) time.Time {
	if loc == nil {
		loc = time.UTC
	}
	t, err := time.ParseInLocation(time.DateOnly, string(d), loc)
	if err != nil {
		return time.Time{}
	}
	return t
}

// digestKey is the setting that holds the DigestMark.
const digestKey = "alerts_digest" // JSON DigestMark

// A DigestMark says how far digests are: it is the digest's cursor.
type DigestMark struct {
	Day    Date      `json:"day"`              // the last day whose hour has come; nothing is sent for it again
	At     time.Time `json:"at,omitzero"`      // when that was seen
	Listed []Scope   `json:"listed,omitempty"` // what was out or low then
}

// DigestMark returns how far digests are; the zero mark before the first.
func (db *DB) DigestMark(ctx context.Context) (DigestMark, error) {
	var m DigestMark
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		_, err := get(tx.Bucket(settingBucket), []byte(digestKey), &m)
		return err
	})
	return m, err
}
