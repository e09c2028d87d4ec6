package store

import (
	"context"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.etcd.io/bbolt"
)

// A Role says what a user may do.
type Role string

const (
	Owner     Role = "owner"
	GM        Role = "gm"
	Warehouse Role = "warehouse_manager"
)

// Valid reports whether there is such a role.
func (r Role) Valid() bool { return r == Owner || r == GM || r == Warehouse }

// Title is the role as people say it.
func (r Role) Title() string {
	switch r {
	case Owner:
		return "Owner"
	case GM:
		return "General manager"
	}
	return "Warehouse"
}

// A User is a person who signs in.
type User struct {
	ID            UserID
	Version       uint64
	Username      string // unique, whatever its case
	Email         string
	Role          Role
	ReceiveAlerts bool
	Active        bool
	Epoch         uint64 // a session that began under another epoch has ended
	CreatedAt     time.Time
	LastSeen      time.Time // the last sign-in; zero: never
	HasPIN        bool      // they can act at a station
	HasSecond     bool      // signing in with the password needs a code, too
	Recovery      int       // recovery codes left

	Alerts     AlertChoice // when ReceiveAlerts is set: which mails they want
	Categories []string    // of which items, as written, "" for those without one; empty: of all
}

// Actor is u as who did something.
func (u User) Actor() Actor { return Actor{ID: u.ID, Name: u.Username} }

// A UserDraft is what may be said of a user.
type UserDraft struct {
	Username      string
	Email         string
	Role          Role
	ReceiveAlerts bool
	Active        bool
	Password      string // "" keeps the old one; a new user needs one
}

type userRecord struct {
	Version       uint64    `json:"version"`
	Username      string    `json:"username"`
	Email         string    `json:"email,omitempty"`
	Role          Role      `json:"role"`
	ReceiveAlerts bool      `json:"receive_alerts,omitempty"`
	Active        bool      `json:"active,omitempty"`
	Epoch         uint64    `json:"epoch"`
	Hash          string    `json:"hash"`
	PIN           string    `json:"pin,omitempty"` // hashed like a password
	CreatedAt     time.Time `json:"created_at"`
	LastSeen      time.Time `json:"last_seen,omitzero"`

	Alerts     AlertChoice `json:"alerts,omitempty"`
	Categories []string    `json:"alert_categories,omitempty"`

	Second     []byte       `json:"second,omitempty"`      // the second step's seed in base32, sealed
	SecondNew  []byte       `json:"second_new,omitempty"`  // one that is not confirmed yet
	SecondStep uint64       `json:"second_step,omitempty"` // the last step of time whose code was used
	Recovery   []string     `json:"recovery,omitempty"`    // SHA-256 of the codes that are left
	Handle     []byte       `json:"handle,omitempty"`      // by which passkeys know the account
	Reset      *resetRecord `json:"reset,omitempty"`
}

func (r userRecord) user(id UserID) User {
	return User{ID: id, Version: r.Version, Username: r.Username, Email: r.Email, Role: r.Role,
		ReceiveAlerts: r.ReceiveAlerts, Active: r.Active, Epoch: r.Epoch, CreatedAt: r.CreatedAt, LastSeen: r.LastSeen, HasPIN: r.PIN != "",
		HasSecond: r.Second != nil, Recovery: len(r.Recovery),
		Alerts: r.Alerts, Categories: r.Categories}
}

// A bound in the pattern would be compiled into sixty copies of all letters there are: megabytes, at every start.
var usernamePattern = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._@-]*$`)

const longestUsername = 60 // characters

func (d *UserDraft) tidy() {
	d.Username, d.Email = oneLine(d.Username), oneLine(d.Email)
}

// check reports what is wrong with a draft; fresh when it is for a new user.
func (d UserDraft) check(fresh bool) error {
	bad := problems{}
	switch {
	case d.Username == "":
		bad.add("username", "Write a user name.")
	case !usernamePattern.MatchString(d.Username), utf8.RuneCountInString(d.Username) > longestUsername:
		bad.add("username", "At most 60 letters, digits and . _ - @, without spaces.")
	}
	checkEmail(bad, d.Email)
	if !d.Role.Valid() {
		bad.add("role", "Choose a role.")
	}
	if fresh || d.Password != "" {
		checkPassword(bad, "password", d.Password, d.Username)
	}
	return bad.err()
}

func checkEmail(bad problems, email string) {
	if email == "" {
		return
	}
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || len(email) > 254 || strings.ContainsAny(email, "<>\"") {
		bad.add("email", "%s is no mail address. Write one like ana@example.com.", quoted(email))
	}
}

const (
	minPassword = 10
	maxPassword = 200
)

// checkPassword asks for length, and that the password is none that everybody tries; never for a mixture of
// characters (NIST SP 800-63B-4, 3.1.1.2).
func checkPassword(bad problems, field, password, username string) {
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		bad.add(field, "At least %d characters. This has %d.", minPassword, n)
	case n > maxPassword:
		bad.add(field, "At most %d characters. This has %d.", maxPassword, n)
	case strings.EqualFold(password, username):
		bad.add(field, "The password cannot be the user name.")
	case breached(password):
		bad.add(field, "This password stands on lists of stolen ones. Choose another: three or four words are easy to remember.")
	case obvious(password, append(contextWords, username)...):
		bad.add(field, "Everybody would try this one first. Choose another: three or four words are easy to remember.")
	}
}

// HasUsers reports whether anybody can sign in; if not, this installation is new.
func (db *DB) HasUsers(ctx context.Context) (bool, error) {
	has := false
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		k, _ := tx.Bucket(userBucket).Cursor().First()
		has = k != nil
		return nil
	})
	return has, err
}

// SetUp makes the first owner. It fails with [Invalid], and with [Conflict] when there is a user.
func (db *DB) SetUp(ctx context.Context, d UserDraft) (User, error) {
	d.Role, d.Active, d.ReceiveAlerts = Owner, true, true
	return db.addUser(ctx, Actor{}, d, func(tx *bbolt.Tx) error {
		if k, _ := tx.Bucket(userBucket).Cursor().First(); k != nil {
			return Errorf(Conflict, "This installation is set up already. Sign in.")
		}
		return nil
	})
}

// CreateUser adds a user. It fails with [Invalid], or with [Conflict] when the name is taken.
func (db *DB) CreateUser(ctx context.Context, by Actor, d UserDraft) (User, error) {
	return db.addUser(ctx, by, d, func(*bbolt.Tx) error { return nil })
}

// addUser adds a user. Without somebody who does, they do it themselves.
func (db *DB) addUser(ctx context.Context, by Actor, d UserDraft, allowed func(*bbolt.Tx) error) (User, error) {
	d.tidy()
	if err := d.check(true); err != nil {
		return User{}, err
	}
	hash, err := db.hash.make(ctx, d.Password) // slow: before the write, not in it
	if err != nil {
		return User{}, err
	}
	var u User
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		if err := allowed(tx); err != nil {
			return err
		}
		u, err = db.newUser(tx, by, d, hash)
		return err
	})
	return u, err
}

// newUser writes a user that was checked.
func (db *DB) newUser(tx *bbolt.Tx, by Actor, d UserDraft, hash string) (User, error) {
	id, err := next[UserID](tx.Bucket(userBucket))
	if err != nil {
		return User{}, err
	}
	u, err := putUser(tx, id, userRecord{Version: 1, Username: d.Username, Email: d.Email, Role: d.Role,
		ReceiveAlerts: d.ReceiveAlerts, Active: d.Active, Epoch: 1, Hash: hash, CreatedAt: db.Now()})
	if err != nil {
		return u, err
	}
	if err := startNews(tx, id); err != nil {
		return u, err
	}
	if by == (Actor{}) {
		by = u.Actor()
	}
	return u, db.audit(tx, AuditEntry{By: by, Kind: AuditUser, About: userPage(id),
		What: "added the user " + u.Username + " as " + u.Role.Title()})
}

func userPage(id UserID) string { return "/admin/users/" + id.String() }

func putUser(tx *bbolt.Tx, id UserID, r userRecord) (User, error) {
	names, key := tx.Bucket(userName), []byte(fold(r.Username))
	if v := names.Get(key); v != nil && firstID[UserID](v) != id {
		sentence := quoted(r.Username) + " is taken. Choose another name."
		return User{}, &Error{Code: Conflict, Message: sentence, Fields: map[string]string{"username": sentence}}
	}
	if err := names.Put(key, idKey(id)); err != nil {
		return User{}, err
	}
	return r.user(id), put(tx.Bucket(userBucket), idKey(id), r)
}

func getUser(tx *bbolt.Tx, id UserID) (userRecord, error) {
	var r userRecord
	ok, err := get(tx.Bucket(userBucket), idKey(id), &r)
	if err == nil && !ok {
		err = Errorf(NotFound, "There is no user with the number %v.", id)
	}
	return r, err
}

// User returns the user named id. It fails with [NotFound].
func (db *DB) User(ctx context.Context, id UserID) (User, error) {
	var r userRecord
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		r, err = getUser(tx, id)
		return err
	})
	return r.user(id), err
}

// UserByName returns the user with this name, whatever its case. It fails with [NotFound].
func (db *DB) UserByName(ctx context.Context, name string) (User, error) {
	var u User
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		v := tx.Bucket(userName).Get([]byte(fold(name)))
		if v == nil {
			return Errorf(NotFound, "There is no user %s.", quoted(name))
		}
		id := firstID[UserID](v)
		r, err := getUser(tx, id)
		u = r.user(id)
		return err
	})
	return u, err
}

// Users returns everybody: active users first, by name.
func (db *DB) Users(ctx context.Context) ([]User, error) {
	var all []User
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		for _, v := range withPrefix(tx.Bucket(userName), nil) {
			id := firstID[UserID](v)
			r, err := getUser(tx, id)
			if err != nil {
				return err
			}
			all = append(all, r.user(id))
		}
		return nil
	})
	slices.SortStableFunc(all, func(a, b User) int {
		if a.Active == b.Active {
			return 0
		} else if a.Active {
			return -1
		}
		return 1
	})
	return all, err
}
