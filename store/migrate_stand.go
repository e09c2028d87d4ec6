package store

import "go.etcd.io/bbolt"

// gatherStands makes layout 3 of a file in which levels lay in a bucket of their own, and each movement of an item had a row.
func gatherStands(tx *bbolt.Tx) error {
	if _, err := tx.CreateBucket(movementOlder); err != nil {
		return err
	}
	stock := tx.Bucket(stockBucket)
	for k, v := range withPrefix(tx.Bucket(levelBucket), nil) {
		if err := stock.Put(k, v); err != nil { // a level is the row of an item that never moved
			return err
		}
	}
	for k := range withPrefix(tx.Bucket(movementItem), nil) {
		if err := listMovement(tx, firstID[ItemID](k), secondID[MovementID](k)); err != nil {
			return err
		}
	}
	for _, name := range [][]byte{levelBucket, movementItem} {
		if err := tx.DeleteBucket(name); err != nil {
			return err
		}
	}
	return nil
}
