package store

import (
	"go.etcd.io/bbolt"
)

// indexInbox fills the indexes that layout 2 has over webhooks and visits. The list of waiting webhooks goes:
// the index by status holds it.
func indexInbox(tx *bbolt.Tx) error {
	if err := tx.DeleteBucket(deliveryWaits); err != nil {
		return err
	}
	for k := range withPrefix(tx.Bucket(deliveryBucket), nil) {
		d, err := getDelivery(tx, firstID[DeliveryID](k))
		if err != nil {
			return err
		}
		if err := tx.Bucket(deliveryStatus).Put(statusKey(d.Status, d.ID), nil); err != nil {
			return err
		}
	}
	for k := range withPrefix(tx.Bucket(jobBucket), nil) {
		id := firstID[JobID](k)
		r, err := getJob(tx, id)
		if err != nil {
			return err
		}
		for _, e := range visitKeys(id, r) {
			if err := tx.Bucket(e[0]).Put(e[1], e[2]); err != nil {
				return err
			}
		}
	}
	return nil
}
