package store

import "encoding/binary"

// What there is of an item and its newest movements lie beside its balances, on the page that its next movement changes
// anyway. Levels in a bucket of their own, and a row for each movement of an item, cost an act five pages more.

// spotKeySize is the length of a key in stock that names an item and a place; that of an item alone is half of it.
const spotKeySize = 16

// standRow is the row of an item in stock: its level, then those of its movements that are in no run yet, oldest first.
func standRow(l Level, newest []MovementID) []byte {
	return appendRun(ints(int64(l.OnHand), int64(l.Allocated)), newest)
}

// standOf reads what standRow wrote. Of an item that has no row it is nothing.
func standOf(row []byte) (l Level, newest []MovementID) {
	for _, n := range []*Qty{&l.OnHand, &l.Allocated} {
		v, size := binary.Varint(row)
		*n, row = Qty(v), row[max(size, 0):]
	}
	return l, runIn(row)
}

// A run of movements is their numbers as uvarints.

func appendRun(b []byte, run []MovementID) []byte {
	for _, id := range run {
		b = binary.AppendUvarint(b, uint64(id))
	}
	return b
}

func runIn(b []byte) (run []MovementID) {
	for len(b) > 0 {
		id, size := binary.Uvarint(b)
		if size <= 0 {
			break // Check compares the bytes
		}
		run, b = append(run, MovementID(id)), b[size:]
	}
	return run
}
