package store

import (
	"context"
	"errors"

	"go.etcd.io/bbolt"
)

// JobberConnected keeps a new connection. It fails with [Conflict] when jobs of another account are here,
// whose account is or was the one connected: two companies' jobs are never mixed.
func (db *DB) JobberConnected(ctx context.Context, by Actor, t Tokens, accountID, accountName, userName string) error {
	return db.connect(ctx, by, Grant{t, accountID, accountName, userName}, false)
}

// JobberSwitched keeps a new connection to another account, because an owner said so, and puts the jobs of
// the one before aside: they are history, hold nothing back and ask for nothing, until that account is
// connected again. Then they are as they were.
func (db *DB) JobberSwitched(ctx context.Context, by Actor, g Grant) error {
	return db.connect(ctx, by, g, true)
}

func (db *DB) connect(ctx context.Context, by Actor, g Grant, agreed bool) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		was, err := getLink(tx)
		if err != nil {
			return err
		}
		if was.AccountID != "" && was.AccountID != g.AccountID {
			if !agreed && hasJobs(tx, was.AccountID) {
				return Errorf(Conflict, "The jobs here are %s's. %s is another Jobber account, and the two are never mixed.",
					was.AccountName, g.AccountName)
			}
			// What was read of the other account says nothing of this one.
			fresh := SyncStatus{State: SyncNever, Account: g.AccountID}
			if err := put(tx.Bucket(settingBucket), []byte(syncKey), fresh); err != nil {
				return err
			}
			if err := db.sortJobs(tx, g.AccountID, by); err != nil {
				return err
			}
		}
		r := linkRecord{State: Connected, AccountID: g.AccountID, AccountName: g.AccountName, UserName: g.UserName,
			ConnectedAt: db.Now(), Warning: g.Tokens.Warning, Expiry: utc(g.Tokens.Expiry)}
		e := AuditEntry{By: by, Kind: AuditSetting, What: "connected Jobber", About: "/admin/settings",
			Changes: changed([3]string{"account", was.AccountName, g.AccountName})}
		return errors.Join(putLink(tx, r), db.putTokens(tx, g.Tokens), db.settleMails(tx, "Jobber is connected again."), db.audit(tx, e))
	})
}

func hasJobs(tx *bbolt.Tx, account string) bool {
	for range withPrefix(tx.Bucket(jobRemote), remoteKey(account, "")) {
		return true
	}
	return false
}

// sortJobs puts the open jobs of all accounts but one aside, and takes that one's back: their lines are matched
// anew, for an item that came meanwhile found none of them waiting.
func (db *DB) sortJobs(tx *bbolt.Tx, account string, by Actor) error {
	changed := map[JobID]jobRecord{}
	var order []JobID
	for k := range withPrefix(tx.Bucket(jobBucket), nil) {
		id := firstID[JobID](k)
		r, err := getJob(tx, id)
		if err != nil {
			return err
		}
		switch mine := r.Account == account; {
		case mine && r.Foreign != "":
			r.State, r.Foreign = r.Foreign, ""
			if err := r.matchLines(tx); err != nil {
				return err
			}
		case !mine && r.State == JobOpen:
			r.State, r.Foreign = JobClosed, JobOpen
		default:
			continue
		}
		changed[id] = r
		order = append(order, id)
	}
	for _, id := range order {
		old, err := getJob(tx, id)
		if err != nil {
			return err
		}
		// Nothing ran low because of it: people are not to be told.
		if err := db.saveJob(tx, id, old, changed[id], CauseOpening, by.Name); err != nil {
			return err
		}
	}
	return nil
}
