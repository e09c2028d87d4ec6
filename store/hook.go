package store

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// hookKey is the setting that holds the hookRecord, sealed: an address may hold a token, as a secret does.
const hookKey = "alert_webhook"

// A Hook is where an owner wants to have told, machine to machine, what the inbox tells.
type Hook struct {
	URL  string // "": none was ever entered
	On   bool
	Lost bool // it was sealed under another SECRET_KEY and is to be entered again
}

type hookRecord struct {
	URL     string `json:"url"`
	Secret  string `json:"secret"`
	On      bool   `json:"on"`
	Renewed string `json:"renewed,omitempty"` // the request that made the secret
}

func (db *DB) hook(tx *bbolt.Tx) (r hookRecord, err error) {
	text, err := db.secret(tx, hookKey)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &r)
	}
	return r, err
}

func (db *DB) putHook(tx *bbolt.Tx, r hookRecord) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return db.putSecret(tx, hookKey, string(text))
}

// Hook returns the owners' webhook, without its secret.
func (db *DB) Hook(ctx context.Context) (Hook, error) {
	var h Hook
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		r, err := db.hook(tx)
		if errors.Is(err, errSealed) {
			h.Lost = true
			return nil
		}
		h = Hook{URL: r.URL, On: r.On}
		return err
	})
	return h, err
}

// HookTarget returns where the webhook goes, what signs it, and whether it is on. It fails with [NotFound] when there
// is none, or it cannot be read any more.
func (db *DB) HookTarget(ctx context.Context) (address, secret string, on bool, err error) {
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		r, err := db.hook(tx)
		if errors.Is(err, errSealed) || err == nil && r.URL == "" {
			return Errorf(NotFound, "There is no webhook yet. Enter its address first.")
		}
		address, secret, on = r.URL, r.Secret, r.On
		return err
	})
	return address, secret, on, err
}

// SaveHook sets the address of the owners' webhook and whether it is on. The first time, and when the old one cannot
// be read any more, it makes a secret and returns it, to be shown once; else it returns "". What waits is cancelled
// when it is turned off. It fails with [Invalid].
func (db *DB) SaveHook(ctx context.Context, by Actor, address string, on bool) (secret string, err error) {
	address = strings.TrimSpace(address)
	if err := checkHookURL(address); err != nil {
		return "", err
	}
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		secret = ""
		r, err := db.hook(tx)
		if err != nil && !errors.Is(err, errSealed) {
			return err
		}
		e := AuditEntry{By: by, Kind: AuditSetting, What: "set the webhook for stock", About: "/admin/settings",
			Changes: changed([3]string{"host", hostOf(r.URL), hostOf(address)}, [3]string{"on", yesNo(r.On), yesNo(on)})}
		if r.Secret == "" {
			secret = newHookSecret()
			r.Secret = secret
		}
		r.URL, r.On = address, on
		return errors.Join(db.putHook(tx, r), db.audit(tx, e))
	})
	return secret, err
}

// RenewHookSecret gives the webhook another secret and returns it, to be shown once. The same request does so once, and
// then returns "". It fails with [NotFound] when there is no webhook.
func (db *DB) RenewHookSecret(ctx context.Context, by Actor, request string) (secret string, err error) {
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		secret = ""
		r, err := db.hook(tx)
		if errors.Is(err, errSealed) || err == nil && r.URL == "" {
			return Errorf(NotFound, "There is no webhook yet. Enter its address first.")
		}
		if err != nil || r.Renewed == request {
			return err
		}
		secret = newHookSecret()
		r.Secret, r.Renewed = secret, request
		e := AuditEntry{By: by, Kind: AuditSetting, What: "made a new secret for the webhook for stock", About: "/admin/settings"}
		return errors.Join(db.putHook(tx, r), db.audit(tx, e))
	})
	return secret, err
}

func newHookSecret() string {
	raw := make([]byte, 32)
	rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}

func checkHookURL(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || len(address) > 1000:
		return invalidField("hook_url", "Write an address like https://example.com/stock.")
	case u.User != nil:
		return invalidField("hook_url", "Leave the name and password out of the address. The secret proves that it is us.")
	}
	return nil
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// queueHook queues one message to the owners' webhook of what was posted to the inbox in one commit, if it is on.
func (db *DB) queueHook(tx *bbolt.Tx, news []News) error {
	if len(news) == 0 {
		return nil
	}
	r, err := db.hook(tx)
	if errors.Is(err, errSealed) || err == nil && !r.On {
		return nil
	}
	if err != nil {
		return err
	}
	m := Mail{Key: fmt.Sprintf("webhook/%d", news[0].ID), Channel: ChannelWebhook}
	for _, n := range news {
		if n.Import == nil {
			m.Crossings = append(m.Crossings, *n.Crossing)
			continue
		}
		sum := ImportSummary{At: n.At, By: n.Import.By}
		for _, t := range n.Import.Was {
			sum.Items, sum.Out, sum.Low = sum.Items+t.Items, sum.Out+t.Out, sum.Low+t.Low
		}
		file := Mail{Key: fmt.Sprintf("webhook/%d/import", n.ID), Channel: ChannelWebhook, Kind: MailImport, Import: &sum}
		if err := db.queueMail(tx, file); err != nil {
			return err
		}
	}
	if len(m.Crossings) == 0 {
		return nil
	}
	return db.queueMail(tx, m)
}

// hookLooked is how many of the newest messages of all channels are looked at for the webhook's.
const hookLooked = 500

// HookMails returns the newest messages to the owners' webhook, at most limit, the newest first.
func (db *DB) HookMails(ctx context.Context, limit int) (all []Mail, err error) {
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		looked := 0
		for k := range backFrom(tx.Bucket(mailBucket), nil, idKey(^MailID(0))) {
			if looked++; looked > hookLooked || len(all) == limit {
				return nil
			}
			m, err := getMail(tx, firstID[MailID](k))
			if err != nil {
				return err
			}
			if m.Channel == ChannelWebhook {
				all = append(all, m)
			}
		}
		return nil
	})
	return all, err
}

// HookTested notes in the outbox what came of a test of the webhook: problem is "" if the receiver took it.
func (db *DB) HookTested(ctx context.Context, id, problem string) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		now := db.Now()
		m := Mail{Key: "webhook/test/" + id, Channel: ChannelWebhook, Kind: MailTest, Subject: "Test", CreatedAt: now, State: MailStateSent, SentAt: now, Tries: 1}
		if problem != "" {
			m.State, m.SentAt, m.Problem, m.ProblemAt = MailStateRefused, time.Time{}, problem, now
		}
		m.step(now, problem)
		if _, err := addMail(tx, m); err != nil || problem != "" {
			return err
		}
		return serverIsBack(tx, ChannelWebhook)
	})
}
