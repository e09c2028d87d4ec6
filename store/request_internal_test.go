package store

import (
	"encoding/json"
	"slices"
	"testing"
)

// What is booked together is kept as runs, and the lists of layout 1 are read.
func TestActsAreKeptAsRuns(t *testing.T) {
	var ms []Movement
	ids := []MovementID{7, 9, 10, 11, 12, 3}
	for _, id := range ids {
		ms = append(ms, Movement{ID: id})
	}
	data, err := json.Marshal(runsOf(ms))
	if want := "[7,[9,4],3]"; err != nil || string(data) != want {
		t.Errorf("written as %s, want %s, %v", data, want, err)
	}
	for _, text := range []string{"[7,[9,4],3]", "[7,9,10,11,12,3]"} {
		var runs idRuns
		if err := json.Unmarshal([]byte(text), &runs); err != nil {
			t.Fatal(err)
		}
		if got := slices.Collect(runs.all()); !slices.Equal(got, ids) {
			t.Errorf("%s is read as %v, want %v", text, got, ids)
		}
	}
	for _, text := range []string{`["7"]`, `[{}]`, `[-1]`, `[[1,"2"]]`} {
		if err := json.Unmarshal([]byte(text), new(idRuns)); err == nil {
			t.Errorf("%s is read", text)
		}
	}
}
