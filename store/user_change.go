package store

import (
	"cmp"
	"context"

	"go.etcd.io/bbolt"
)

// UpdateUser changes a user. It fails with [Invalid], [NotFound], and with [Conflict] when the name is taken,
// when version is not the user's any more, or when no active owner would be left.
func (db *DB) UpdateUser(ctx context.Context, by Actor, id UserID, version uint64, d UserDraft) (User, error) {
	d.tidy()
	if err := d.check(false); err != nil {
		return User{}, err
	}
	hash := ""
	if d.Password != "" {
		var err error
		if hash, err = db.hash.make(ctx, d.Password); err != nil {
			return User{}, err
		}
	}
	return db.changeUser(ctx, by, id, "changed", func(tx *bbolt.Tx, r *userRecord) error {
		if r.Version != version {
			return Errorf(Conflict, "Someone changed %s meanwhile. Look again.", r.Username)
		}
		if hash != "" || r.Active && !d.Active {
			r.Epoch++ // ends every session
		}
		r.Username, r.Email, r.Role = d.Username, d.Email, d.Role
		r.ReceiveAlerts, r.Active, r.Hash = d.ReceiveAlerts, d.Active, cmp.Or(hash, r.Hash)
		return nil
	})
}

// A ProfileDraft is what people may say of themselves.
type ProfileDraft struct {
	Email         string
	ReceiveAlerts bool
	Alerts        AlertChoice // with ReceiveAlerts
	Categories    []string    // with ReceiveAlerts; empty: all
	Password      string      // "" keeps the old one
}

// ChangeOwnAccount changes one's own account. A new password needs the current one and ends every session
// of the old epoch. It fails with [Invalid], or with [TooMany] after many wrong tries.
func (db *DB) ChangeOwnAccount(ctx context.Context, id UserID, current string, d ProfileDraft) (User, error) {
	d.Email = oneLine(d.Email)
	old, err := db.User(ctx, id)
	if err != nil {
		return User{}, err
	}
	bad := problems{}
	checkEmail(bad, d.Email)
	checkAlerts(bad, d)
	if d.Password != "" {
		checkPassword(bad, "password", d.Password, old.Username)
	}
	if err := bad.err(); err != nil {
		return User{}, err
	}
	hash := ""
	if d.Password != "" {
		if err := db.ProvePassword(ctx, old, current); err != nil {
			return User{}, err
		}
		if hash, err = db.hash.make(ctx, d.Password); err != nil {
			return User{}, err
		}
	}
	return db.changeUser(ctx, old.Actor(), id, "changed", func(tx *bbolt.Tx, r *userRecord) error {
		r.Email, r.ReceiveAlerts, r.Alerts, r.Categories = d.Email, d.ReceiveAlerts, d.Alerts, d.Categories
		if hash != "" {
			r.Hash = hash
			r.Epoch++
		}
		return nil
	})
}

// SetPassword gives a user a new password and ends their sessions. It fails with [Invalid] or [NotFound].
func (db *DB) SetPassword(ctx context.Context, by Actor, id UserID, password string) error {
	u, err := db.User(ctx, id)
	if err != nil {
		return err
	}
	bad := problems{}
	checkPassword(bad, "password", password, u.Username)
	if err := bad.err(); err != nil {
		return err
	}
	hash, err := db.hash.make(ctx, password)
	if err != nil {
		return err
	}
	_, err = db.changeUser(ctx, by, id, "changed", func(tx *bbolt.Tx, r *userRecord) error {
		r.Hash = hash
		r.Epoch++
		return nil
	})
	return err
}

// EndSessions signs a user out everywhere; no device gets messages for them any more. It fails with [NotFound].
func (db *DB) EndSessions(ctx context.Context, by Actor, id UserID) (User, error) {
	return db.changeUser(ctx, by, id, "signed out everywhere", func(tx *bbolt.Tx, r *userRecord) error {
		r.Epoch++
		return dropPushes(tx, id, 0)
	})
}

// changeUser writes what change makes of a user, with the rules that hold for every change. The log says who did
// what, and which of the fields that it may show are others now. Without somebody who does, they do it themselves.
func (db *DB) changeUser(ctx context.Context, by Actor, id UserID, did string, change func(*bbolt.Tx, *userRecord) error) (User, error) {
	var u User
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		old, err := getUser(tx, id)
		if err != nil {
			return err
		}
		r := old
		if err := change(tx, &r); err != nil {
			return err
		}
		if r.Hash != old.Hash || r.Email != old.Email || !r.Active {
			r.Reset = nil // a mailed link, which may lie in the old mailbox
		}
		if old.Role == Owner && old.Active && (r.Role != Owner || !r.Active) {
			if n, err := activeOwners(tx); err != nil {
				return err
			} else if n == 1 {
				return &Error{Code: Conflict, Message: "This is the last active owner. Make another owner first.",
					Fields: map[string]string{"role": "The last active owner stays an owner."}}
			}
		}
		if err := tx.Bucket(userName).Delete([]byte(fold(old.Username))); err != nil {
			return err
		}
		r.Version++
		if u, err = putUser(tx, id, r); err != nil {
			return err
		}
		return db.auditUser(tx, by, did, id, old, r)
	})
	return u, err
}

// auditUser notes what became of a user. What changed nothing that the log tells of is not noted.
func (db *DB) auditUser(tx *bbolt.Tx, by Actor, did string, id UserID, old, r userRecord) error {
	if by == (Actor{}) {
		by = Actor{ID: id, Name: r.Username}
	}
	e := AuditEntry{By: by, Kind: AuditUser, About: userPage(id), What: did + " the user " + r.Username, Changes: old.changes(r)}
	if did == "changed" && len(e.Changes) == 0 {
		return nil
	}
	return db.audit(tx, e)
}

// changes tells r from old, without what is secret.
func (old userRecord) changes(r userRecord) []AuditChange {
	secret := func(same bool) string {
		if same {
			return "as before"
		}
		return "a new one"
	}
	return changed([3]string{"name", old.Username, r.Username}, [3]string{"role", old.Role.Title(), r.Role.Title()},
		[3]string{"mail address", old.Email, r.Email}, [3]string{"may sign in", yesNo(old.Active), yesNo(r.Active)},
		[3]string{"gets alerts", yesNo(old.ReceiveAlerts), yesNo(r.ReceiveAlerts)},
		[3]string{"password", "as before", secret(old.Hash == r.Hash)},
		[3]string{"PIN", yesNo(old.PIN != ""), yesNo(r.PIN != "")}, [3]string{"second step", yesNo(old.Second != nil), yesNo(r.Second != nil)})
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func activeOwners(tx *bbolt.Tx) (int, error) {
	n := 0
	for k := range withPrefix(tx.Bucket(userBucket), nil) {
		r, err := getUser(tx, firstID[UserID](k))
		if err != nil {
			return 0, err
		}
		if r.Role == Owner && r.Active {
			n++
		}
	}
	return n, nil
}
