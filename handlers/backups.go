package handlers

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/backup"
	"lwc-inventory/store"
)

// backupList is the data of backup/list.
type backupList struct {
	CSRF    string
	Fresh   bool // copies may be downloaded and restored; else it is asked to sign in again first
	Again   string
	Chips   moreChips
	Now     backupNow
	Dir     string
	Rows    []backup.Copy
	Problem complaints
}

// backupNow is how the copies stand: the data of backup/state, on Today too.
type backupNow struct {
	store.BackupStatus
	State string // off, never, ok, failing
	Away  bool   // copies are to go off the machine
}

// backupRestore is the data of backup/restore: the question before a copy takes the place of the data.
type backupRestore struct {
	CSRF    string
	Copy    backup.Copy
	Can     bool // the program can
	Problem complaints
}

// backupNow reads how the copies stand.
func (s *Server) backupNow(ctx context.Context) (backupNow, error) {
	st, err := s.Store.BackupStatus(ctx)
	v := backupNow{BackupStatus: st, State: "ok", Away: s.Backups.Remote != nil}
	switch {
	case !s.Backups.Daily:
		v.State = "off"
	case st.Late(s.Store.Now(), v.Away):
		v.State = "failing"
	case st.Good.IsZero():
		v.State = "never"
	}
	return v, err
}

// banner warns the owners; nil while all is well.
func (v backupNow) banner(when func(time.Time) string) *banner {
	b := &banner{Class: "is-out", Icon: "out", Href: "/admin/backups", Link: "Look at it"}
	switch {
	case v.State != "failing":
		return nil
	case v.Problem != "":
		b.Lead, b.Text = "The last backup failed.", v.Problem
	case v.Good.IsZero():
		b.Lead, b.Text = "There is no backup yet.", "One should have been made every day."
	case v.AwayProblem != "":
		b.Lead, b.Text = "The last backup did not get off this machine.", "It lies here."
	default:
		b.Lead, b.Text = "The last good backup is old.", "One should have been made every day."
	}
	if !v.Good.IsZero() {
		b.Text += " The last good one is of " + when(v.Good) + "."
	}
	return b
}

// listBackups handles GET /admin/backups.
func (s *Server) listBackups(c *fiber.Ctx) error { return s.backupsPage(c, complaints{}) }

func (s *Server) backupsPage(c *fiber.Ctx, p complaints) error {
	now, err := s.backupNow(c.UserContext())
	if err != nil {
		return err
	}
	rows, err := s.Backups.List()
	if err != nil {
		return err
	}
	return s.page(c, head{Title: "Backups", Section: "more", Back: &crumb{"/more", "More"}, Narrow: true}, "backup/list",
		backupList{CSRF: s.csrf(c), Fresh: s.fresh(c), Again: againHref("/admin/backups"), Chips: chipsOf(c, "backups"), Now: now, Dir: s.Backups.Dir, Rows: rows, Problem: p})
}

// makeBackup handles POST /admin/backups: a copy now, encrypted if there is a passphrase.
func (s *Server) makeBackup(c *fiber.Ctx) error {
	passphrase := formValue(c, "passphrase")
	if n := len([]rune(passphrase)); passphrase != "" && n < minPassphrase {
		c.Status(http.StatusUnprocessableEntity)
		return s.backupsPage(c, complaints{Fields: map[string]string{"passphrase": fmt.Sprintf("A passphrase has %d characters or more. Leave it empty for a plain copy.", minPassphrase)}})
	}
	ctx := context.WithoutCancel(c.UserContext()) // of a large file it takes longer than a page may
	made, err := s.Backups.Hand(ctx, passphrase)
	if err != nil {
		return err
	}
	if err := s.noteData(c, "made the backup "+made.Name); err != nil {
		return err
	}
	return s.done(c, "/admin/backups", toast{Text: "The backup is made, and was read back."})
}

// minPassphrase is how many characters a passphrase has at least: whoever has the file may guess for years.
const minPassphrase = 12

func (s *Server) noteData(c *fiber.Ctx, what string) error {
	return s.Store.Note(c.UserContext(), store.AuditEntry{By: user(c).Actor(), Kind: store.AuditData, What: what, About: "/admin/backups"})
}

// sendBackup handles GET /admin/backups/:name: a copy, or the SHA-256 that lies beside it. Like restoring, it is not for
// who signed in long ago: all there is lies in a copy.
func (s *Server) sendBackup(c *fiber.Ctx) error {
	if err := s.needFresh(c); err != nil {
		return err
	}
	name := c.Params("name")
	path, err := s.Backups.Path(strings.TrimSuffix(name, backup.SumEnding))
	if err != nil {
		return err
	}
	if strings.HasSuffix(name, backup.SumEnding) {
		path += backup.SumEnding
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && c.Method() == http.MethodGet && !strings.HasSuffix(name, backup.SumEnding) {
		if err = s.noteData(c, "downloaded the backup "+name); store.CodeOf(err) == store.NoRoom {
			s.Log.Warn("download not noted", "id", visitOf(c).ID, "err", err)
			err = nil // a full disk is no time to keep copies from people
		}
	}
	if err != nil {
		f.Close()
		return err
	}
	c.Set(fiber.HeaderContentDisposition, "attachment; filename="+strconv.Quote(name))
	c.Set(fiber.HeaderContentType, fiber.MIMEOctetStream)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.SendStream(f, int(info.Size())) // which closes it
}

// askRestore handles GET /admin/backups/:name/restore.
func (s *Server) askRestore(c *fiber.Ctx) error {
	if err := s.needFresh(c); err != nil {
		return err
	}
	return s.restorePage(c, complaints{})
}

func (s *Server) restorePage(c *fiber.Ctx, p complaints) error {
	all, err := s.Backups.List()
	if err != nil {
		return err
	}
	for _, one := range all {
		if one.Name == c.Params("name") {
			return s.page(c, head{Title: "Restore a backup", Section: "more", Back: &crumb{"/admin/backups", "Backups"}, Narrow: true},
				"backup/restore", backupRestore{CSRF: s.csrf(c), Copy: one, Can: s.Restore != nil, Problem: p})
		}
	}
	return store.Errorf(store.NotFound, "There is no copy of that name.")
}

// restoreBackup handles POST /admin/backups/:name/restore: the copy is proved, and the program starts again on it.
func (s *Server) restoreBackup(c *fiber.Ctx) error {
	if err := s.needFresh(c); err != nil {
		return err
	}
	if s.Restore == nil {
		return store.Errorf(store.Conflict, "This program cannot restore by itself. Stop it and use lwc-inventory restore.")
	}
	if formText(c, "confirm") != "restore" {
		c.Status(http.StatusUnprocessableEntity)
		return s.restorePage(c, complaints{Fields: map[string]string{"confirm": "Type restore, to show that it is meant."}})
	}
	name := c.Params("name")
	if err := s.noteData(c, "began to restore the backup "+name); err != nil {
		return err
	}
	err := s.Restore(context.WithoutCancel(c.UserContext()), user(c).Actor(), name, formValue(c, "passphrase"))
	if store.CodeOf(err) == store.Invalid {
		c.Status(http.StatusUnprocessableEntity)
		return s.restorePage(c, complaints{Fields: map[string]string{"passphrase": messageOf(err)}})
	}
	if err != nil {
		return err
	}
	return s.page(c, head{Title: "Restored"}, "backup/restored", name)
}
