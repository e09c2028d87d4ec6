package store

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
)

// What is read of a row is what was written into it; a row that the disk damaged is read as something, and ends nothing.
func FuzzStand(f *testing.F) {
	f.Add([]byte(nil), int64(0), int64(0))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, int64(-1), int64(1)<<40)
	f.Add(standRow(Level{OnHand: 7000, Allocated: 1000}, []MovementID{3, 400, 1 << 40}), int64(7000), int64(-9))
	f.Fuzz(func(t *testing.T, row []byte, onHand, allocated int64) {
		standOf(row)
		var newest []MovementID
		for i := 0; i+4 <= len(row); i += 4 {
			newest = append(newest, MovementID(binary.BigEndian.Uint32(row[i:])))
		}
		want := Level{OnHand: Qty(onHand), Allocated: Qty(allocated)}
		written := standRow(want, newest)
		level, run := standOf(written)
		if level != want || !slices.Equal(run, newest) {
			t.Errorf("%+v with %v is read as %+v with %v", want, newest, level, run)
		}
		if again := standRow(level, run); !bytes.Equal(again, written) {
			t.Errorf("%x is written again as %x", written, again)
		}
	})
}
