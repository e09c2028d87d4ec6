package main

import (
	"context"
	"path/filepath"

	"lwc-inventory/backup"
	"lwc-inventory/store"
)

// wireBackups builds the part that makes copies, and gives the pages what they need of it.
func (a *app) wireBackups() error {
	cfg := a.cfg
	c := backup.Config{Store: a.db, Secret: a.secret, Dir: cfg.BackupDir, Daily: cfg.BackupDir != "" && cfg.BackupAt.On,
		Hour: cfg.BackupAt.Hour, Min: cfg.BackupAt.Minute, Location: cfg.Location, Passphrase: cfg.BackupPassphrase,
		Log: a.log.With("part", "backup")}
	if c.Dir == "" { // what owners ask for needs a place all the same
		c.Dir = filepath.Join(cfg.DataDir, "backups")
	}
	if dir, err := filepath.Abs(c.Dir); err == nil { // as owners are to read it
		c.Dir = dir
	}
	if cfg.BackupS3.Endpoint != "" {
		remote, err := backup.NewRemote(cfg.BackupS3)
		if err != nil {
			return err
		}
		c.Remote = remote
	}
	a.backups = backup.New(c)
	a.web.Backups, a.web.Restore = a.backups, a.restore
	return nil
}

// restore unpacks and proves the copy of that name, and then has the program start again on it. It fails with
// a sentence, and changes nothing, when the copy is no good.
func (a *app) restore(ctx context.Context, by store.Actor, name, passphrase string) error {
	path, err := a.backups.Path(name)
	if err != nil {
		return err
	}
	if err := backup.Unpack(ctx, by, path, restorePath(a.cfg), passphrase, a.secret); err != nil {
		return err
	}
	a.log.Warn("a backup is going to be restored", "name", name)
	a.restored.Store(true)
	a.stop()
	return nil
}
