package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"go.etcd.io/bbolt"
)

// The buckets, as the package comment pictures them.
var (
	metaBucket     = []byte("meta")
	placeBucket    = []byte("places")
	placeName      = []byte("places.name")
	itemBucket     = []byte("items")
	itemSKU        = []byte("items.sku")
	itemCode       = []byte("items.code")
	itemName       = []byte("items.name")
	itemArchived   = []byte("items.archived")
	itemCategory   = []byte("items.category")
	itemSupplier   = []byte("items.supplier")
	itemSame       = []byte("items.same")
	itemPlace      = []byte("items.place")
	stockBucket    = []byte("stock")
	stockPlace     = []byte("stock.place")
	levelBucket    = []byte("levels") // of layout 2
	lowBucket      = []byte("low")
	countedBucket  = []byte("counted")
	countDue       = []byte("counts.due")
	tallyBucket    = []byte("tallies")
	parBucket      = []byte("pars")
	parPlace       = []byte("pars.place")
	movementBucket = []byte("movements")
	movementItem   = []byte("movements.item") // of layout 2
	movementOlder  = []byte("movements.older")
	movementJob    = []byte("movements.job")
	movementUndone = []byte("movements.undone")
	requestBucket  = []byte("requests")
	jobBucket      = []byte("jobs")
	jobRemote      = []byte("jobs.remote")
	jobVisit       = []byte("jobs.visit")
	jobNumber      = []byte("jobs.number")
	jobDated       = []byte("jobs.dated")
	jobUndated     = []byte("jobs.undated")
	jobDone        = []byte("jobs.done")
	lineBucket     = []byte("lines")
	lineKey        = []byte("lines.key")
	lineWaiting    = []byte("lines.waiting")
	matchBucket    = []byte("matches")
	matchAnswer    = []byte("matches.answer")
	matchForgotten = []byte("matches.forgotten")
	matchItem      = []byte("matches.item")
	matchKit       = []byte("matches.kit")
	productBucket  = []byte("products")
	kitBucket      = []byte("kits")
	kitName        = []byte("kits.name")
	demandBucket   = []byte("demand")
	issuedBucket   = []byte("issued")
	userBucket     = []byte("users")
	userName       = []byte("users.name")
	stationBucket  = []byte("stations")
	passkeyBucket  = []byte("passkeys")
	muteBucket     = []byte("mutes")
	signinBucket   = []byte("signins")
	settingBucket  = []byte("settings")
	connectBucket  = []byte("connects")
	deliveryBucket = []byte("deliveries")
	deliveryKey    = []byte("deliveries.key")
	deliveryWaits  = []byte("deliveries.pending") // of layout 1
	deliveryStatus = []byte("deliveries.status")
	eventBucket    = []byte("events")
	cursorBucket   = []byte("cursors")
	episodeBucket  = []byte("episodes")
	mailBucket     = []byte("mails")
	mailKey        = []byte("mails.key")
	mailQueued     = []byte("mails.queued") // of layout 1
	mailState      = []byte("mails.state")
	timelineBucket = []byte("timeline")
	timelineJob    = []byte("timeline.job")
	heldBucket     = []byte("held")
	pickBucket     = []byte("picks")
	closeoutBucket = []byte("closeouts")
	closeoutOpen   = []byte("closeouts.open")
	auditBucket    = []byte("audit")
	auditBy        = []byte("audit.by")
	auditKind      = []byte("audit.kind")
	newsBucket     = []byte("news")
	newsSeen       = []byte("news.seen")
	pushBucket     = []byte("pushes")

	versionKey = []byte("version")
	headKey    = []byte("head")
)

// migrations lists every change of layout, oldest first. Each may assume the one before it.
// An entry that has shipped is never edited, moved or removed.
var migrations = []func(tx *bbolt.Tx) error{
	createBuckets,
	addSecond,
	gatherStands,
}

// migrate runs the migrations that the file, which has had the first done of them, has not had, in one transaction.
// A file with data in it is copied aside first.
func (db *DB) migrate(path string, done int) error {
	if done == len(migrations) {
		return nil
	}
	if done > 0 {
		aside := fmt.Sprintf("%s.v%d", path, done)
		if err := db.copyAside(aside); err != nil {
			return fmt.Errorf("copy %s aside: %w", path, err)
		}
		db.log.Info("the database gets a new layout; as it was it lies beside it", "from", done, "to", len(migrations), "copy", aside)
	}
	return db.bolt.Update(func(tx *bbolt.Tx) error {
		for i, m := range migrations[done:] {
			if err := m(tx); err != nil {
				return fmt.Errorf("migrate %s to layout %d: %w", path, done+i+1, err)
			}
		}
		return tx.Bucket(metaBucket).Put(versionKey, binary.AppendUvarint(nil, uint64(len(migrations))))
	})
}

// version returns how many migrations the file has had; 0 for a new one. It fails for a file
// that holds something else.
func (db *DB) version() (n int, err error) {
	err = db.bolt.View(func(tx *bbolt.Tx) error {
		if meta := tx.Bucket(metaBucket); meta != nil {
			v, _ := binary.Uvarint(meta.Get(versionKey))
			n = int(v)
		}
		if k, _ := tx.Cursor().First(); k != nil && n == 0 {
			return errors.New("it is another program's file")
		}
		return nil
	})
	return n, err
}

// copyAside writes a consistent copy to path. A copy that is there already is an older, better one: it stays.
func (db *DB) copyAside(path string) error {
	_, err := db.copyTo(path)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	return err
}

// createBuckets makes layout 1: every bucket, and the one place of a new installation.
func createBuckets(tx *bbolt.Tx) error {
	for _, name := range [][]byte{
		metaBucket, placeBucket, placeName, itemBucket, itemSKU, itemCode, itemName, itemArchived, itemCategory,
		itemSupplier, itemSame, stockBucket, stockPlace, levelBucket, lowBucket, countedBucket, movementBucket,
		movementItem, movementJob, movementUndone, requestBucket, jobBucket, jobRemote, jobNumber, jobDated,
		jobUndated, jobDone, lineBucket, lineKey, lineWaiting, matchBucket, demandBucket, issuedBucket, userBucket,
		userName, signinBucket, settingBucket, connectBucket, deliveryBucket, deliveryKey, deliveryWaits,
		eventBucket, cursorBucket, episodeBucket, mailBucket, mailKey, mailQueued,
	} {
		if _, err := tx.CreateBucket(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	_, err := addPlace(tx, PlaceDraft{Name: "Warehouse", Kind: KindWarehouse})
	return err
}

// addSecond makes layout 2.
func addSecond(tx *bbolt.Tx) error {
	for _, name := range [][]byte{
		matchAnswer, matchForgotten, matchItem, matchKit, kitBucket, kitName, productBucket,
		itemPlace, countDue, tallyBucket, parBucket, parPlace,
		timelineBucket, timelineJob,
		jobVisit, deliveryStatus, mailState,
		heldBucket, pickBucket, closeoutBucket, closeoutOpen,
		stationBucket,
		auditBucket, auditBy, auditKind, passkeyBucket,
		muteBucket,
		newsBucket, newsSeen, pushBucket,
	} {
		if _, err := tx.CreateBucket(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, part := range []func(*bbolt.Tx) error{
		rekeyCodes,
		kitServices,
		numberMatches,
		indexHomes,
		queueNegative,
		indexInbox,
		indexMails,
	} {
		if err := part(tx); err != nil {
			return err
		}
	}
	return nil
}
