package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// A JobState says what may still happen to a job.
type JobState string

const (
	JobOpen    JobState = "open"
	JobClosed  JobState = "closed"
	JobDeleted JobState = "deleted" // at Jobber; here it stays, with what was issued to it
)

// A Category is Jobber's sort of line.
type Category string

const (
	CategoryProduct Category = "PRODUCT"
	CategoryService Category = "SERVICE"
)

// A Client is whom a job is for.
type Client struct {
	Name    string `json:"name,omitempty"`
	Company string `json:"company,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Email   string `json:"email,omitempty"`
}

// An Address is where a job is done.
type Address struct {
	Street1    string `json:"street1,omitempty"`
	Street2    string `json:"street2,omitempty"`
	City       string `json:"city,omitempty"`
	Province   string `json:"province,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
	Country    string `json:"country,omitempty"`
}

// Lines returns the address as it stands on an envelope, without empty lines.
func (a Address) Lines() []string {
	town := strings.TrimLeft(strings.TrimSpace(a.City+", "+strings.TrimSpace(a.Province+" "+a.PostalCode)), ", ")
	town = strings.TrimRight(town, ", ")
	return slices.DeleteFunc([]string{a.Street1, a.Street2, town, a.Country}, func(s string) bool { return s == "" })
}

// A Visit is one appointment of a job.
type Visit struct {
	Remote   string    `json:"remote"`
	Title    string    `json:"title,omitempty"`
	StartAt  time.Time `json:"start_at,omitzero"` // zero: not scheduled
	EndAt    time.Time `json:"end_at,omitzero"`
	Complete bool      `json:"complete,omitempty"`
	Crew     []string  `json:"crew,omitempty"` // full names
}

// jobRecord is a job as it lies in the file: Jobber's facts, and which items its lines are.
// What the warehouse did for it is in the ledger.
type jobRecord struct {
	Account      string       `json:"account"`
	Remote       string       `json:"remote"`
	Number       int          `json:"number"`
	Title        string       `json:"title,omitempty"`
	Instructions string       `json:"instructions,omitempty"`
	Status       string       `json:"status,omitempty"`
	Type         string       `json:"type,omitempty"`
	Billing      string       `json:"billing,omitempty"`
	URL          string       `json:"url,omitempty"`
	State        JobState     `json:"state"`
	Foreign      JobState     `json:"foreign,omitempty"` // what State was when another account was connected
	Client       Client       `json:"client,omitzero"`
	Address      Address      `json:"address,omitzero"`
	StartAt      time.Time    `json:"start_at,omitzero"`
	EndAt        time.Time    `json:"end_at,omitzero"`
	CompletedAt  time.Time    `json:"completed_at,omitzero"`
	CreatedAt    time.Time    `json:"created_at,omitzero"`
	UpdatedAt    time.Time    `json:"updated_at,omitzero"`
	SyncedAt     time.Time    `json:"synced_at,omitzero"` // when it last changed here
	Lines        []lineRecord `json:"lines,omitempty"`
	Visits       []Visit      `json:"visits,omitempty"`
}

// lineRecord is one line of a job: what Jobber says, and our answer to which item it is.
type lineRecord struct {
	ID          LineID   `json:"id"`
	Remote      string   `json:"remote"`
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Qty         Qty      `json:"qty"`
	Category    Category `json:"category"`
	Product     string   `json:"product,omitempty"`
	ProductName string   `json:"product_name,omitempty"`
	ProductSKU  string   `json:"product_sku,omitempty"`
	UnitPrice   Money    `json:"unit_price,omitempty"`
	Removed     bool     `json:"removed,omitempty"` // gone at Jobber
	Item        ItemID   `json:"item,omitempty"`
	Factor      Qty      `json:"factor,omitempty"` // items for one of the line, in thousandths
	Kit         KitID    `json:"kit,omitempty"`    // instead of an item
	KitName     string   `json:"kit_name,omitempty"`
	Parts       []Part   `json:"parts,omitempty"` // of the kit
	NotStock    bool     `json:"not_stock,omitempty"`
	How         string   `json:"how,omitempty"` // why it is this item, or not stock
}

// parts returns the items that the line is, each once: one, or those of its kit. None: it is no item.
func (l lineRecord) parts() []Part {
	if l.Item != 0 {
		return []Part{{Item: l.Item, Factor: l.Factor}}
	}
	return l.Parts
}

// is reports whether the item is the line, or a part of its kit.
func (l lineRecord) is(item ItemID) bool {
	return slices.ContainsFunc(l.parts(), func(p Part) bool { return p.Item == item })
}

// required is what the line asks of an item, in the item's unit. Nothing and less than nothing is no demand.
func (l lineRecord) required(item ItemID) Qty {
	if l.Removed {
		return 0
	}
	for _, p := range l.parts() {
		if p.Item == item {
			return max(l.Qty, 0).times(p.Factor)
		}
	}
	return 0
}

// waits reports whether somebody must say which item the line is.
func (l lineRecord) waits() bool { return !l.Removed && len(l.parts()) == 0 && !l.NotStock }

// required adds up what the job's lines ask of an item.
func (r jobRecord) required(item ItemID) Qty {
	var sum Qty
	for _, l := range r.Lines {
		sum += l.required(item)
	}
	return sum
}

// items returns the items the job's lines are, each once. Removed lines count: things were issued on them.
func (r jobRecord) items() []ItemID {
	var ids []ItemID
	for _, l := range r.Lines {
		for _, p := range l.parts() {
			if !slices.Contains(ids, p.Item) {
				ids = append(ids, p.Item)
			}
		}
	}
	return ids
}

// starts returns when the job is on: the visits that are not complete, else the last visit, else
// the job itself. None means no date.
func (r jobRecord) starts() []time.Time {
	var open, all []time.Time
	for _, v := range r.Visits {
		if v.StartAt.IsZero() {
			continue
		}
		all = append(all, v.StartAt)
		if !v.Complete {
			open = append(open, v.StartAt)
		}
	}
	slices.SortFunc(open, time.Time.Compare)
	switch {
	case len(open) > 0:
		return open
	case len(all) > 0:
		return []time.Time{slices.MaxFunc(all, time.Time.Compare)}
	case !r.StartAt.IsZero():
		return []time.Time{r.StartAt}
	}
	return nil
}

// A JobHead is what a list says of a job.
type JobHead struct {
	ID      JobID
	Number  int
	Title   string
	Client  Client
	Address Address
	State   JobState
	Foreign bool      // of an account that is not connected: closed, until it is again
	Status  string    // Jobber's own word
	StartAt time.Time // of the next visit that is not complete, else of the job; zero: no date
	EndAt   time.Time
	Crew    []string // of that visit; of all visits when it has none
}

// Dated reports whether the job has a date.
func (h JobHead) Dated() bool { return !h.StartAt.IsZero() }

func (r jobRecord) head(id JobID) JobHead {
	h := JobHead{ID: id, Number: r.Number, Title: r.Title, Client: r.Client, Address: r.Address, State: r.State,
		Foreign: r.Foreign != "", Status: r.Status}
	if starts := r.starts(); len(starts) > 0 {
		h.StartAt = starts[0]
	}
	if h.StartAt.Equal(r.StartAt) {
		h.EndAt = r.EndAt
	}
	var crew []string
	for _, v := range r.Visits {
		if v.StartAt.Equal(h.StartAt) && !v.StartAt.IsZero() {
			h.EndAt, h.Crew = v.EndAt, v.Crew
		}
		for _, name := range v.Crew {
			if !slices.Contains(crew, name) {
				crew = append(crew, name)
			}
		}
	}
	if len(h.Crew) == 0 {
		h.Crew = crew
	}
	return h
}

// A Job is all that Jobber says of a job, but for its lines.
type Job struct {
	JobHead
	Remote, Account, Instructions, Type, Billing, URL string
	CompletedAt, UpdatedAt                            time.Time // at Jobber; zero: not completed
	SyncedAt                                          time.Time // when it last changed here
	Visits                                            []Visit
}

func (r jobRecord) job(id JobID) Job {
	return Job{JobHead: r.head(id), Remote: r.Remote, Account: r.Account, Instructions: r.Instructions, Type: r.Type,
		Billing: r.Billing, URL: r.URL, CompletedAt: r.CompletedAt, UpdatedAt: r.UpdatedAt, SyncedAt: r.SyncedAt,
		Visits: r.Visits}
}

func getJob(tx *bbolt.Tx, id JobID) (jobRecord, error) {
	var r jobRecord
	ok, err := get(tx.Bucket(jobBucket), idKey(id), &r)
	if err != nil {
		return r, err
	}
	if !ok {
		return r, Errorf(NotFound, "There is no job with the number %v here.", id)
	}
	return r, nil
}

func remoteKey(account, remote string) []byte { return []byte(clip(account) + "\x00" + clip(remote)) }

// JobRemote returns the job that Jobber knows by this id. It fails with [NotFound].
func (db *DB) JobRemote(ctx context.Context, account, remote string) (JobHead, error) {
	var h JobHead
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		v := tx.Bucket(jobRemote).Get(remoteKey(account, remote))
		if v == nil {
			return Errorf(NotFound, "This job of Jobber's is not here.")
		}
		id := firstID[JobID](v)
		r, err := getJob(tx, id)
		h = r.head(id)
		return err
	})
	return h, err
}

// jobKeys returns every index entry of a job: bucket, key, value.
func jobKeys(id JobID, r jobRecord) [][3][]byte {
	keys := [][3][]byte{{jobRemote, remoteKey(r.Account, r.Remote), idKey(id)}}
	keys = append(keys, visitKeys(id, r)...)
	for _, l := range r.Lines {
		keys = append(keys, [3][]byte{lineBucket, idKey(l.ID), idKey(id)})
	}
	if r.State == JobDeleted {
		return keys
	}
	keys = append(keys, [3][]byte{jobNumber, pairKey(uint64(r.Number), id), nil})
	for _, l := range r.Lines {
		if l.Removed {
			continue
		}
		keys = append(keys, [3][]byte{lineKey, append(l.matchKey(), idKey(l.ID)...), idKey(id)})
		if r.State == JobOpen && l.waits() {
			keys = append(keys, [3][]byte{lineWaiting, idKey(l.ID), idKey(id)})
		}
	}
	if r.State == JobClosed {
		done := r.CompletedAt
		if done.IsZero() {
			done = r.UpdatedAt
		}
		return append(keys, [3][]byte{jobDone, timeKey(done, id), nil})
	}
	starts := r.starts()
	for _, t := range starts {
		keys = append(keys, [3][]byte{jobDated, timeKey(t, id), nil})
	}
	if len(starts) == 0 {
		keys = append(keys, [3][]byte{jobUndated, pairKey(uint64(r.Number), id), nil})
	}
	return keys
}
