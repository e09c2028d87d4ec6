package jobbertest

import (
	"encoding/base64"
	"fmt"
	"time"
)

// ID returns the EncodedId of the n-th record of a type ("Job", "Client", "Visit" and so on), in
// the form live ids have. Clients must take it as opaque.
func ID(typ string, n int) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "gid://Jobber/%s/%d", typ, n))
}

// Data is all that one Jobber account holds.
//
// Records name each other by id; [Data.Check] says whether all of those names lead somewhere.
type Data struct {
	Account    Account
	Users      []User // the first admin among them is the one who connects apps
	Clients    []Client
	Properties []Property
	Products   []Product
	Jobs       []Job
}

// Account is a company that works with Jobber.
type Account struct {
	ID   string
	Name string
}

// User is a person who signs in to Jobber or is sent to visits.
type User struct {
	ID    string
	First string
	Last  string
	Email string
	Admin bool // only admins can connect an app
}

// Client is whom a job is done for. Company, when not empty, is the name it goes by.
type Client struct {
	ID      string
	First   string
	Last    string
	Company string
	Email   string
	Phone   string
}

// Property is a place a job is done at.
type Property struct {
	ID         string
	Name       string
	Street1    string
	Street2    string
	City       string
	Province   string
	PostalCode string
	Country    string
}

// Category tells material from work; it is used by products and lines alike.
type Category string

// The categories, as Jobber's ProductsAndServicesCategory spells them.
const (
	CategoryProduct Category = "PRODUCT"
	CategoryService Category = "SERVICE"
)

// Product is an entry of the price book: a product or a service.
type Product struct {
	ID          string
	Name        string
	Description string
	Category    Category
	Price       float64 // Jobber's defaultUnitCost
	Cost        float64 // Jobber's internalUnitCost
	SKU         string  // shown as a custom field text labelled "SKU"; none when empty
	Visible     bool
}

// Status is a job's status as Jobber's JobStatusTypeEnum spells it.
type Status string

// The statuses this package sets by itself. A job may carry any other of the enum.
const (
	StatusByDate             Status = "" // worked out from the dates: the usual thing for an open job
	StatusArchived           Status = "archived"
	StatusRequiresInvoicing  Status = "requires_invoicing"
	StatusUnscheduled        Status = "unscheduled"
	StatusUpcoming           Status = "upcoming"
	StatusToday              Status = "today"
	StatusLate               Status = "late"
	StatusActive             Status = "active"
	StatusActionRequired     Status = "action_required"
	StatusOnHold             Status = "on_hold"
	StatusExpiringWithin30ds Status = "expiring_within_30_days"
)

// JobType tells a job done once from one that comes again.
type JobType string

// The types of jobs.
const (
	OneOff    JobType = "ONE_OFF"
	Recurring JobType = "RECURRING"
)

// Billing says what an invoice is made from, and with it where the true quantities stand: on the
// job's lines, or on the lines of its visits.
type Billing string

// The ways of billing.
const (
	FixedPrice Billing = "FIXED_PRICE"
	VisitBased Billing = "VISIT_BASED"
)

// Job is a piece of work for a client at a property. Nil times are unset.
type Job struct {
	ID            string
	Number        int
	Title         string // null at Jobber when empty
	Instructions  string // null at Jobber when empty
	Status        Status
	Type          JobType // ONE_OFF when empty
	Billing       Billing // FIXED_PRICE when empty
	ClientID      string
	PropertyID    string
	SalespersonID string // none when empty
	StartAt       *time.Time
	EndAt         *time.Time
	CompletedAt   *time.Time // set: the job is closed
	CreatedAt     time.Time
	UpdatedAt     time.Time
	Lines         []LineItem
	Visits        []Visit
}

// LineItem is a line of a job or of a visit.
type LineItem struct {
	ID          string
	Name        string
	Description string
	Quantity    float64
	UnitPrice   float64
	UnitCost    float64
	Category    Category // PRODUCT when empty
	ProductID   string   // none when empty: a line somebody typed in
}

// Visit is one appointment of a job. Without StartAt it is unscheduled. Its lines may have the ids
// of the job's lines or ids of their own: which of the two live data has is not known.
type Visit struct {
	ID          string
	Title       string
	StartAt     *time.Time
	EndAt       *time.Time
	CompletedAt *time.Time
	Crew        []string   // ids of users
	Lines       []LineItem // what this visit uses, where the job is billed by visit
}

// Closed reports whether the job is done and closed.
func (j Job) Closed() bool { return j.CompletedAt != nil }

// StatusAt returns what Jobber would call the job's status at a time.
func (j Job) StatusAt(now time.Time) Status {
	switch {
	case j.Status != StatusByDate:
		return j.Status
	case j.Closed():
		return StatusRequiresInvoicing
	case j.StartAt == nil:
		return StatusUnscheduled
	}
	end := *j.StartAt
	if j.EndAt != nil && j.EndAt.After(end) {
		end = *j.EndAt
	}
	day := dayOf(now, now.Location())
	switch {
	case dayOf(*j.StartAt, now.Location()).After(day):
		return StatusUpcoming
	case dayOf(end, now.Location()).Before(day):
		return StatusLate
	default:
		return StatusToday
	}
}

// dayOf returns the midnight that begins t's day, as the people at loc see it.
func dayOf(t time.Time, loc *time.Location) time.Time {
	y, m, d := t.In(loc).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, loc)
}
