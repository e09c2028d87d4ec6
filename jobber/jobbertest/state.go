package jobbertest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// state is one account's data, laid out for lookups. The Server's lock guards it.
type state struct {
	account    Account
	users      []*User
	clients    map[string]*Client
	properties map[string]*Property
	products   []*Product
	jobs       map[string]*Job

	made int // records made since the start, for their ids
}

func newState(d Data) *state {
	d = d.clone()
	st := &state{
		account: d.Account,
		clients: map[string]*Client{}, properties: map[string]*Property{}, jobs: map[string]*Job{},
	}
	for i := range d.Users {
		st.users = append(st.users, &d.Users[i])
	}
	for i := range d.Products {
		st.products = append(st.products, &d.Products[i])
	}
	for i := range d.Clients {
		st.clients[d.Clients[i].ID] = &d.Clients[i]
	}
	for i := range d.Properties {
		st.properties[d.Properties[i].ID] = &d.Properties[i]
	}
	for _, j := range d.Jobs {
		// Each job for itself: one pointer into a shared slice would keep deleted jobs in memory.
		st.jobs[j.ID] = &j
	}
	return st
}

// newID returns an id that no record has yet. Numbers this high are left to it.
func (st *state) newID(typ string) string {
	st.made++
	return ID(typ, 900_000_000+st.made)
}

// number returns the number inside an id, as the claims of a token and web addresses show it.
func number(id string) int {
	b, err := base64.StdEncoding.DecodeString(id)
	if err != nil {
		return 0
	}
	n, err := strconv.Atoi(string(b[strings.LastIndexByte(string(b), '/')+1:]))
	if err != nil {
		return 0
	}
	return n
}

// admin returns the user who can connect an app: the first admin, or else the first of all.
func (st *state) admin() *User {
	if i := slices.IndexFunc(st.users, func(u *User) bool { return u.Admin }); i >= 0 {
		return st.users[i]
	}
	if len(st.users) > 0 {
		return st.users[0]
	}
	return nil
}

// user returns the user with an id, or nil.
func (st *state) user(id string) *User {
	if i := slices.IndexFunc(st.users, func(u *User) bool { return u.ID == id }); i >= 0 {
		return st.users[i]
	}
	return nil
}

// product returns the product with an id, or nil.
func (st *state) product(id string) *Product {
	if i := slices.IndexFunc(st.products, func(p *Product) bool { return p.ID == id }); i >= 0 {
		return st.products[i]
	}
	return nil
}

// visit finds a visit and its job, or returns nils.
func (st *state) visit(id string) (*Visit, *Job) {
	for _, j := range st.jobs {
		for i := range j.Visits {
			if j.Visits[i].ID == id {
				return &j.Visits[i], j
			}
		}
	}
	return nil, nil
}

// crew turns user ids into users; an id that leads nowhere is an error in the data.
func (st *state) crew(ids []string) ([]any, error) {
	out := make([]any, 0, len(ids))
	for _, id := range ids {
		u := st.user(id)
		if u == nil {
			return nil, fmt.Errorf("the data names user %q, which there is not", id)
		}
		out = append(out, u)
	}
	return out, nil
}

// total is what the job costs its client: its visits' lines where it is billed by visit.
func (j *Job) total() float64 {
	sum := 0.0
	if j.Billing == VisitBased {
		for i := range j.Visits {
			sum += linesTotal(j.Visits[i].Lines)
		}
		return sum
	}
	return linesTotal(j.Lines)
}

func linesTotal(lines []LineItem) float64 {
	sum := 0.0
	for _, l := range lines {
		sum += l.Quantity * l.UnitPrice
	}
	return sum
}

// name is what Jobber shows for a client: the company if there is one, otherwise the person.
func (c *Client) name() string {
	if c.Company != "" {
		return c.Company
	}
	return strings.TrimSpace(c.First + " " + c.Last)
}

func (u *User) full() string { return strings.TrimSpace(u.First + " " + u.Last) }
