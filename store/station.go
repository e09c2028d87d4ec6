package store

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"go.etcd.io/bbolt"
)

// A Station is a shared device, such as the tablet on the counter. It stays signed in, and each person acts
// on it under a PIN.
type Station struct {
	ID      StationID
	Name    string
	By      Actor // who set it up
	At      time.Time
	EndedAt time.Time // zero: it is in use
	EndedBy Actor
}

type stationRecord struct {
	Name    string    `json:"name"`
	By      Actor     `json:"by"`
	At      time.Time `json:"at"`
	EndedAt time.Time `json:"ended_at,omitzero"`
	EndedBy Actor     `json:"ended_by,omitzero"`
}

// AddStation makes a station. It fails with [Invalid].
func (db *DB) AddStation(ctx context.Context, by Actor, name string) (Station, error) {
	name = oneLine(name)
	if n := utf8.RuneCountInString(name); n < 1 || n > 60 {
		return Station{}, invalidField("name", "Write a name of 1 to 60 characters, like Counter tablet.")
	}
	var st Station
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		id, err := next[StationID](tx.Bucket(stationBucket))
		if err != nil {
			return err
		}
		st = Station{ID: id, Name: name, By: by, At: db.Now()}
		if err := put(tx.Bucket(stationBucket), idKey(id), stationRecord{Name: name, By: by, At: st.At}); err != nil {
			return err
		}
		return db.audit(tx, AuditEntry{By: by, Kind: AuditUser, What: "made a device the station " + name, About: "/admin/stations"})
	})
	return st, err
}

// EndStation ends a station: its device is signed out for good. One that has ended stays as it was.
// It fails with [NotFound].
func (db *DB) EndStation(ctx context.Context, by Actor, id StationID) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		st, err := getStation(tx, id)
		if err != nil || !st.EndedAt.IsZero() {
			return err
		}
		err = put(tx.Bucket(stationBucket), idKey(id),
			stationRecord{Name: st.Name, By: st.By, At: st.At, EndedAt: db.Now(), EndedBy: by})
		return errors.Join(err, db.audit(tx, AuditEntry{By: by, Kind: AuditUser, What: "ended the station " + st.Name, About: "/admin/stations"}))
	})
}

// Station returns a station, ended or not. It fails with [NotFound].
func (db *DB) Station(ctx context.Context, id StationID) (Station, error) {
	var st Station
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		st, err = getStation(tx, id)
		return err
	})
	return st, err
}

// Stations returns the stations in use, the newest first.
func (db *DB) Stations(ctx context.Context) ([]Station, error) {
	var all []Station
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		for k := range backFrom(tx.Bucket(stationBucket), nil, idKey(^StationID(0))) {
			st, err := getStation(tx, firstID[StationID](k))
			if err != nil {
				return err
			}
			if st.EndedAt.IsZero() {
				all = append(all, st)
			}
		}
		return nil
	})
	return all, err
}

func getStation(tx *bbolt.Tx, id StationID) (Station, error) {
	var r stationRecord
	ok, err := get(tx.Bucket(stationBucket), idKey(id), &r)
	if err == nil && !ok {
		err = Errorf(NotFound, "There is no station with the number %v.", id)
	}
	return Station{ID: id, Name: r.Name, By: r.By, At: r.At, EndedAt: r.EndedAt, EndedBy: r.EndedBy}, err
}
