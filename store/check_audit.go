package store

import (
	"bytes"
	"crypto/sha256"
)

// audit walks the chain of the audit log from the first entry to the last, and holds what each entry says of the
// ledger against the ledger.
func (c *checker) audit() error {
	prev, last := make([]byte, sha256.Size), AuditID(0)
	for k, v := range withPrefix(c.tx.Bucket(auditBucket), nil) {
		id := firstID[AuditID](k)
		_, r, err := decodeAudit(id, v)
		if err != nil {
			c.note(InLedger, "%v", err)
			return nil
		}
		if id != last+1 {
			c.note(InLedger, "audit: %v follows %v; some are missing", id, last)
		}
		if !bytes.Equal(v[:sha256.Size], prev) {
			c.note(InLedger, "audit entry %v: the one before it was altered, or is another", id)
		}
		if r.Movement != 0 {
			m := c.tx.Bucket(movementBucket).Get(idKey(r.Movement))
			if m == nil || !bytes.Equal(chain(idKey(r.Movement), m), r.Ledger) {
				c.note(InLedger, "audit entry %v: movement %v is not the one there was when it was written", id, r.Movement)
			}
		}
		prev, last = chain(k, v), id
		for _, index := range auditKeys(id, r) {
			c.expect(index[0], index[1], nil)
		}
	}
	if head := c.tx.Bucket(metaBucket).Get(auditHead); last != 0 || head != nil {
		if !bytes.Equal(head, append(idKey(last), prev...)) {
			c.note(InLedger, "meta: the newest audit entry %v is not the one the log ended with", last)
		}
	}
	return nil
}
