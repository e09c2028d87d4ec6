package jobber

import (
	"strings"
	"time"
)

// An operation is a GraphQL text with exactly one named query or mutation.
//
// Every field stands in both versions of Jobber's schema that are known. One unknown field makes
// Jobber refuse the whole query, and it may take fields out of a version it still serves.
type operation string

// name returns the operation's name.
func (op operation) name() string {
	_, rest, _ := strings.Cut(string(op), " ")
	return rest[:strings.IndexAny(rest, "( {")]
}

// The parts that several operations share. lineFields and visitFields fill remoteLine and
// remoteVisit; jobFields fills remoteJob with the first page of each connection.
const (
	pageFields = `pageInfo { hasNextPage endCursor }`

	lineFields = `id name description quantity unitPrice category
		linkedProductOrService { id name customFields { ... on CustomFieldText { label valueText } } }`

	visitFields = `id title startAt endAt isComplete
		assignedUsers(first: $crew) { nodes { name { full } } ` + pageFields + ` }`

	jobFields = `id jobNumber title instructions jobStatus jobType billingType
		startAt endAt completedAt createdAt updatedAt jobberWebUri
		client { name companyName phone email }
		property { address { street street1 street2 city province postalCode country } }
		lineItems(first: $lines) { nodes { ` + lineFields + ` } ` + pageFields + ` }
		visits(first: $visits) { nodes { ` + visitFields + ` } ` + pageFields + ` }`
)

// jobsQuery reads some jobs by their ids; those that Jobber does not have are missing in the answer.
const jobsQuery operation = `query JobsByID($ids: [EncodedId!]!, $first: Int!, $lines: Int!, $visits: Int!, $crew: Int!) {
	jobs(first: $first, filter: { ids: $ids }) { nodes { ` + jobFields + ` } }
}`

type jobsData struct {
	Jobs connection[remoteJob] `json:"jobs"`
}

// jobQuery reads one job.
const jobQuery operation = `query JobById($id: EncodedId!, $lines: Int!, $visits: Int!, $crew: Int!) {
	job(id: $id) { ` + jobFields + ` }
}`

type jobData struct {
	Job *remoteJob `json:"job"`
}

// jobLinesQuery, jobVisitsQuery and visitCrewQuery read on where jobFields and visitFields end.
const (
	jobLinesQuery operation = `query JobLines($id: EncodedId!, $first: Int!, $after: String) {
	job(id: $id) { lineItems(first: $first, after: $after) { nodes { ` + lineFields + ` } ` + pageFields + ` } }
}`

	jobVisitsQuery operation = `query JobVisits($id: EncodedId!, $first: Int!, $after: String, $crew: Int!) {
	job(id: $id) { visits(first: $first, after: $after) { nodes { ` + visitFields + ` } ` + pageFields + ` } }
}`

	visitCrewQuery operation = `query VisitCrew($id: EncodedId!, $first: Int!, $after: String) {
	visit(id: $id) { assignedUsers(first: $first, after: $after) { nodes { name { full } } ` + pageFields + ` } }
}`
)

// usedLinesQuery reads what each visit of a job uses, and visitLinesQuery reads on for one visit.
// Jobber leaves out a visit's lines with quantity 0; they add nothing to a sum.
const (
	usedLinesQuery operation = `query UsedLines($id: EncodedId!, $first: Int!, $after: String, $lines: Int!) {
	job(id: $id) { visits(first: $first, after: $after) {
		nodes { id lineItems(first: $lines) { nodes { ` + lineFields + ` } ` + pageFields + ` } } ` + pageFields + `
	} }
}`

	visitLinesQuery operation = `query VisitLines($id: EncodedId!, $first: Int!, $after: String) {
	visit(id: $id) { lineItems(first: $first, after: $after) { nodes { ` + lineFields + ` } ` + pageFields + ` } }
}`
)

type visitData struct {
	Visit *remoteVisit `json:"visit"`
}

// jobsUpdatedQuery lists when jobs last changed: what a sweep reads before it reads any job.
const jobsUpdatedQuery operation = `query JobsUpdated($first: Int!, $after: String) {
	jobs(first: $first, after: $after, sort: [{ key: UPDATED_AT, direction: DESCENDING }]) {
		nodes { id updatedAt } ` + pageFields + `
	}
}`

type jobsUpdatedData struct {
	Jobs connection[jobMark] `json:"jobs"`
}

// jobMark is a job as lists of many jobs show it.
type jobMark struct {
	ID          string     `json:"id"`
	Status      string     `json:"jobStatus"`
	CompletedAt *time.Time `json:"completedAt"`
	UpdatedAt   time.Time  `json:"updatedAt"`
}

// clientJobsQuery and propertyJobsQuery list the jobs of a client or at a property.
const (
	clientJobsQuery operation = `query ClientJobs($id: EncodedId!, $first: Int!, $after: String) {
	of: client(id: $id) { jobs(first: $first, after: $after) { nodes { id jobStatus completedAt } ` + pageFields + ` } }
}`

	propertyJobsQuery operation = `query PropertyJobs($id: EncodedId!, $first: Int!, $after: String) {
	of: property(id: $id) { jobs(first: $first, after: $after) { nodes { id jobStatus completedAt } ` + pageFields + ` } }
}`
)

type jobsOfData struct {
	Of *struct {
		Jobs connection[jobMark] `json:"jobs"`
	} `json:"of"`
}

// visitJobQuery asks which job a visit belongs to.
const visitJobQuery operation = `query VisitJob($id: EncodedId!) { visit(id: $id) { job { id } } }`

type visitJobData struct {
	Visit *struct {
		Job struct {
			ID string `json:"id"`
		} `json:"job"`
	} `json:"visit"`
}

// productsQuery reads the price book.
const productsQuery operation = `query Products($first: Int!, $after: String) {
	products(first: $first, after: $after) {
		nodes { id name description category defaultUnitCost internalUnitCost taxable visible
			customFields { ... on CustomFieldText { label valueText } } } ` + pageFields + `
	}
}`

type productsData struct {
	Products connection[priceBookEntry] `json:"products"`
}

// priceBookEntry is a product or a service with its prices.
type priceBookEntry struct {
	remoteProduct
	Description string  `json:"description"`
	Category    string  `json:"category"`
	Price       float64 `json:"defaultUnitCost"`  // what a customer pays, whatever it is called
	Cost        float64 `json:"internalUnitCost"` // 0: not known
	Taxable     bool    `json:"taxable"`
	Visible     *bool   `json:"visible"` // nil: Jobber does not say
}

// accountQuery asks whose account the token is for. It works whatever the app's scopes are.
const accountQuery operation = `query Account { account { id name } }`

type accountData struct {
	Account *struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"account"`
}

// connectedUserQuery asks who connected the app; without the scope for users it is refused.
const connectedUserQuery operation = `query ConnectedUser { user { name { full } } }`

type connectedUserData struct {
	User *remoteUser `json:"user"`
}

// disconnectMutation ends the connection at Jobber. It is the only thing ever changed there.
const disconnectMutation operation = `mutation Disconnect { appDisconnect { userErrors { message } } }`

type disconnectData struct {
	Disconnect struct {
		UserErrors []struct {
			Message string `json:"message"`
		} `json:"userErrors"`
	} `json:"appDisconnect"`
}

// problem is why Jobber did not disconnect the app; nil if it did.
func (d disconnectData) problem() error {
	for _, e := range d.Disconnect.UserErrors {
		return failed(refused, "%s", e.Message)
	}
	return nil
}

// A connection is one page of Jobber's lists, or after [rest] all of them.
type connection[T any] struct {
	Nodes []T  `json:"nodes"`
	Page  page `json:"pageInfo"`
}

type page struct {
	More bool   `json:"hasNextPage"`
	End  string `json:"endCursor"`
}

// remoteJob is what jobFields reads.
type remoteJob struct {
	ID           string     `json:"id"`
	Number       int        `json:"jobNumber"`
	Title        string     `json:"title"`
	Instructions string     `json:"instructions"`
	Status       string     `json:"jobStatus"`
	Type         string     `json:"jobType"`
	Billing      string     `json:"billingType"`
	StartAt      *time.Time `json:"startAt"`
	EndAt        *time.Time `json:"endAt"`
	CompletedAt  *time.Time `json:"completedAt"`
	CreatedAt    time.Time  `json:"createdAt"`
	UpdatedAt    time.Time  `json:"updatedAt"`
	URL          string     `json:"jobberWebUri"`
	Client       struct {
		Name    string `json:"name"`
		Company string `json:"companyName"`
		Phone   string `json:"phone"`
		Email   string `json:"email"`
	} `json:"client"`
	Property struct {
		Address remoteAddress `json:"address"`
	} `json:"property"`
	Lines  connection[remoteLine]  `json:"lineItems"`
	Visits connection[remoteVisit] `json:"visits"`
}

type remoteAddress struct {
	Street     string `json:"street"`
	Street1    string `json:"street1"`
	Street2    string `json:"street2"`
	City       string `json:"city"`
	Province   string `json:"province"`
	PostalCode string `json:"postalCode"`
	Country    string `json:"country"`
}

// remoteLine is what lineFields reads, of a job or of a visit.
type remoteLine struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	Description string         `json:"description"`
	Quantity    float64        `json:"quantity"`
	UnitPrice   float64        `json:"unitPrice"`
	Category    string         `json:"category"`
	Product     *remoteProduct `json:"linkedProductOrService"`
}

type remoteProduct struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	CustomFields []struct {
		Label string `json:"label"` // "" for a field that is no text
		Value string `json:"valueText"`
	} `json:"customFields"`
}

// remoteVisit is what visitFields reads; Lines come from usedLinesQuery.
type remoteVisit struct {
	ID       string                 `json:"id"`
	Title    string                 `json:"title"`
	StartAt  *time.Time             `json:"startAt"`
	EndAt    *time.Time             `json:"endAt"`
	Complete bool                   `json:"isComplete"`
	Crew     connection[remoteUser] `json:"assignedUsers"`
	Lines    connection[remoteLine] `json:"lineItems"`
}

type remoteUser struct {
	Name struct {
		Full string `json:"full"`
	} `json:"name"`
}
