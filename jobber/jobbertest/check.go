package jobbertest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
)

// clone returns a job that shares nothing with j, so that neither side sees the other's changes.
func (j Job) clone() Job {
	j.StartAt, j.EndAt, j.CompletedAt = clonePtr(j.StartAt), clonePtr(j.EndAt), clonePtr(j.CompletedAt)
	j.Lines = slices.Clone(j.Lines)
	j.Visits = slices.Clone(j.Visits)
	for i, v := range j.Visits {
		v.StartAt, v.EndAt, v.CompletedAt = clonePtr(v.StartAt), clonePtr(v.EndAt), clonePtr(v.CompletedAt)
		v.Crew, v.Lines = slices.Clone(v.Crew), slices.Clone(v.Lines)
		j.Visits[i] = v
	}
	return j
}

func clonePtr[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

// clone returns data that shares nothing with d.
func (d Data) clone() Data {
	d.Users, d.Clients = slices.Clone(d.Users), slices.Clone(d.Clients)
	d.Properties, d.Products = slices.Clone(d.Properties), slices.Clone(d.Products)
	d.Jobs = slices.Clone(d.Jobs)
	for i, j := range d.Jobs {
		d.Jobs[i] = j.clone()
	}
	return d
}

// Check reports all ids that are missing, given twice, or lead nowhere.
func (d Data) Check() error {
	c := checker{seen: map[string]bool{}}
	c.add("account", d.Account.ID)
	for _, u := range d.Users {
		c.add("user "+u.First, u.ID)
	}
	for _, cl := range d.Clients {
		c.add("client "+cl.First+cl.Company, cl.ID)
	}
	for _, p := range d.Properties {
		c.add("property "+p.Street1, p.ID)
	}
	for _, p := range d.Products {
		c.add("product "+p.Name, p.ID)
	}
	if !slices.ContainsFunc(d.Users, func(u User) bool { return u.Admin }) {
		c.errs = append(c.errs, errors.New("no user is an admin: nobody could connect an app"))
	}
	for _, j := range d.Jobs {
		c.job(j)
	}
	return errors.Join(c.errs...)
}

// checker collects what Data.Check finds.
type checker struct {
	seen map[string]bool
	errs []error
}

func (c *checker) add(what, id string) {
	if !validID(id) || c.seen[id] {
		c.errs = append(c.errs, fmt.Errorf("%s: id %q is no EncodedId or is taken", what, id))
	}
	c.seen[id] = true
}

func (c *checker) ref(from, what, id string, optional bool) {
	if id == "" && optional || c.seen[id] {
		return
	}
	c.errs = append(c.errs, fmt.Errorf("%s names %s %q, which there is not", from, what, id))
}

func (c *checker) job(j Job) {
	name := fmt.Sprintf("job %d", j.Number)
	c.add(name, j.ID)
	c.ref(name, "client", j.ClientID, false)
	c.ref(name, "property", j.PropertyID, false)
	c.ref(name, "salesperson", j.SalespersonID, true)
	c.lines(name, j.Lines)
	for _, v := range j.Visits {
		c.add(name+" visit", v.ID)
		for _, u := range v.Crew {
			c.ref(name+" visit", "user", u, false)
		}
		c.visitLines(name+" visit", v.Lines)
	}
}

func (c *checker) lines(from string, lines []LineItem) {
	for _, l := range lines {
		c.add(from+" line "+l.Name, l.ID)
		c.ref(from+" line "+l.Name, "product", l.ProductID, true)
	}
}

// visitLines is lines, but for ids, which may be those of the job's lines.
func (c *checker) visitLines(from string, lines []LineItem) {
	here := map[string]bool{}
	for _, l := range lines {
		if !validID(l.ID) || here[l.ID] {
			c.errs = append(c.errs, fmt.Errorf("%s line %s: id %q is no EncodedId or is taken", from, l.Name, l.ID))
		}
		here[l.ID] = true
		c.ref(from+" line "+l.Name, "product", l.ProductID, true)
	}
}

// validID reports whether a string has the form of an EncodedId: base64 of something printable.
func validID(s string) bool {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(b) == 0 {
		return false
	}
	return !slices.ContainsFunc(b, func(c byte) bool { return c < ' ' || c > '~' })
}
