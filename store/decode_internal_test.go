package store

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
)

// Whatever lies in the file: what encoding/json wrote is read as encoding/json reads it, and what is no JSON is no record.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"version":3,"sku":"A-1","name":"Elbow 3/4\" \u003c\u2028 é 水","unit":"ea","packs":[{"name":"box","holds":50000}],"cost":12345,` +
		`"barcodes":["4012"],"minimum":-1,"place":1,"archived":true,"created_at":"2026-11-26T12:00:00.123456789Z","updated_at":"2026-11-26T12:00:00+02:00"}`))
	f.Add([]byte(`{"item":7,"kind":"issue","qty":2500,"pack":{"name":"box","holds":50000},"from":1,"to":0,"by":{"user":1},"at":"2026-11-26T12:00:00Z",` +
		`"unit_cost":5,"request_id":"r","reverses":9,"on_hand":18446744073709551615,"held":1e3}`))
	f.Add([]byte(`{"at":"2026-11-26T12:00:00Z","movements":[1,[5,10000]],"short":2,"answer":null}`))
	f.Add([]byte(`{"kind":"level_changed","at":"","before":{"OnHand":1},"imported":[{}]}{`))
	f.Add([]byte("{\"name\":\"a\x01\xff\"}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		readAlike[itemRecord](t, data)
		readAlike[movementRecord](t, data)
		readAlike[requestRecord](t, data)
		readAlike[Event](t, data)
	})
}

func readAlike[R any](t *testing.T, data []byte) {
	t.Helper()
	var theirs, ours R
	if err := json.Unmarshal(data, &theirs); err != nil {
		if decode(data, &ours) == nil && !json.Valid(data) {
			t.Errorf("%q is no JSON, and was read as %+v", data, ours)
		}
		return
	}
	written, err := json.Marshal(theirs)
	if err != nil {
		return // a year that no time can be written with
	}
	var want R
	if err := json.Unmarshal(written, &want); err != nil {
		t.Fatal(err)
	}
	if err := decode(written, &ours); err != nil || !reflect.DeepEqual(ours, want) {
		t.Errorf("%s: read as %+v, %v\nwanted %+v", written, ours, err, want)
	}
}

// A record outlives the transaction it was read in, and the memory of the file with it.
func TestDecodeKeepsNothing(t *testing.T) {
	type record struct {
		itemRecord
		Raw  json.RawMessage `json:"raw"`
		Free any             `json:"free"`
	}
	written, err := json.Marshal(record{itemRecord{SKU: "A-1", Name: "Elbow \"3/4\"", Barcodes: []string{"4012"},
		Packs: []Pack{{Name: "box", Holds: 50000}}}, json.RawMessage(`{"a":"b"}`), "words"})
	if err != nil {
		t.Fatal(err)
	}
	var want, got record
	if err := errors.Join(json.Unmarshal(written, &want), decode(written, &got)); err != nil {
		t.Fatal(err)
	}
	for i := range written {
		written[i] = 'x'
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("after the memory was used again: %+v, wanted %+v", got, want)
	}
}
