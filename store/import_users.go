package store

import (
	"context"
	"io"
	"strings"
	"unicode/utf8"

	"go.etcd.io/bbolt"
)

// userColumns are the columns of a file of users. The first three are needed.
var userColumns = []string{"username", "role", "password_hash", "email", "receive_alerts", "active"}

const mostUsers = 1000

// importUser is one row of the file, read.
type importUser struct {
	line  int
	draft UserDraft
	hash  string
}

// ImportUsers adds the users of the older application from a CSV file, with their passwords: all that are not here yet, in
// one commit, or none. Whoever is here already, by name, stays as they are. The hashes are Werkzeug's; each is replaced by
// one of ours when its user first signs in. It fails with [Invalid], naming the line and the column.
func (db *DB) ImportUsers(ctx context.Context, by Actor, r io.Reader) (added, here int, err error) {
	rows, err := readUsers(r)
	if err != nil {
		return 0, 0, err
	}
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		added, here = 0, 0
		for _, row := range rows {
			if tx.Bucket(userName).Get([]byte(fold(row.draft.Username))) != nil {
				here++
				continue
			}
			if _, err := db.newUser(tx, by, row.draft, row.hash); err != nil {
				return atLine(row.line, userColumns, err)
			}
			added++
		}
		return nil
	})
	return added, here, err
}

func readUsers(r io.Reader) ([]importUser, error) {
	c, header, err := openCSV(r, userColumns, userColumns[:3]...)
	if err != nil {
		return nil, err
	}
	var rows []importUser
	seen := map[string]bool{}
	err = eachRecord(c, mostUsers, func(line int, record []string) error {
		row, err := readUser(header, record)
		if name := fold(row.draft.Username); err == nil && seen[name] {
			err = invalidField("username", "This user is in the file twice.")
		} else {
			seen[name] = true
		}
		row.line = line
		rows = append(rows, row)
		return atLine(line, userColumns, err)
	})
	return rows, err
}

func readUser(header, record []string) (importUser, error) {
	row := importUser{draft: UserDraft{Active: true}}
	d := &row.draft
	for i, name := range header {
		value := strings.TrimSpace(record[i])
		if !utf8.ValidString(value) {
			return row, invalidField(name, "This is not UTF-8 text. Save the file as “CSV UTF-8”.")
		}
		ok := true
		switch name {
		case "username":
			d.Username = value
		case "email":
			d.Email = value
		case "role":
			d.Role = Role(value)
		case "password_hash":
			row.hash = value
		case "receive_alerts":
			d.ReceiveAlerts, ok = readTruth(value, false)
		case "active":
			d.Active, ok = readTruth(value, true)
		}
		if !ok {
			return row, invalidField(name, "Write 1 or 0, true or false.")
		}
	}
	if _, err := parseWerkzeug(row.hash); err != nil {
		return row, invalidField("password_hash", "This is no password hash of Werkzeug, like scrypt:32768:8:1$salt$hex or pbkdf2:sha256:600000$salt$hex.")
	}
	d.tidy()
	return row, d.check(false)
}

// readTruth reads what a database writes for yes and no; what is empty is the usual.
func readTruth(text string, usual bool) (yes, ok bool) {
	switch strings.ToLower(text) {
	case "":
		return usual, true
	case "1", "true", "t", "yes":
		return true, true
	case "0", "false", "f", "no":
		return false, true
	}
	return false, false
}
