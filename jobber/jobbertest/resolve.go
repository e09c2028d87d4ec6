package jobbertest

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A resolver answers one field of one object. It returns nil for null, a []any for lists and
// connections, and otherwise the Go value behind a GraphQL object or scalar.
type resolver func(x *execution, obj any, args map[string]any) (any, error)

// table holds the resolvers of one type by field. What is not in it is not carried.
type table map[string]resolver

// from makes a resolver of a function that needs only the object.
func from[T any](f func(T) any) resolver {
	return func(_ *execution, obj any, _ map[string]any) (any, error) { return f(obj.(T)), nil }
}

// with makes a resolver of a function that needs the data, too.
func with[T any](f func(*execution, T) (any, error)) resolver {
	return func(x *execution, obj any, _ map[string]any) (any, error) { return f(x, obj.(T)) }
}

// orNull turns a nil pointer into null; a typed nil inside an interface would not be one.
func orNull[T any](p *T) any {
	if p == nil {
		return nil
	}
	return p
}

func timeOrNull(t *time.Time) any {
	if t == nil {
		return nil
	}
	return *t
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// textField is a custom field with a text.
type textField struct{ id, label, value string }

// resolverOf finds the resolver of a field.
func resolverOf(typ, field string) (resolver, bool) {
	t, ok := resolvers[typ]
	switch {
	case ok:
	case typ == "Query":
		t = queryResolvers
	case typ == "Mutation":
		t = mutationResolvers
	case typ == "PageInfo":
		t = pageInfoResolvers
	case strings.HasSuffix(typ, "Connection"):
		t = connectionResolvers
	case strings.HasSuffix(typ, "Edge"):
		t = edgeResolvers
	}
	r, ok := t[field]
	return r, ok
}

// resolvers are those of the records. Roots and paging have tables of their own.
var resolvers = map[string]table{
	"Account": {
		"id":   from(func(a *Account) any { return a.ID }),
		"name": from(func(a *Account) any { return a.Name }),
	},
	"User": {
		"id":             from(func(u *User) any { return u.ID }),
		"uuid":           from(func(u *User) any { return uuidOf(u.ID) }),
		"name":           from(func(u *User) any { return u }),
		"email":          from(func(u *User) any { return u }),
		"status":         from(func(*User) any { return "ACTIVATED" }),
		"isAccountAdmin": from(func(u *User) any { return u.Admin }),
		"isCurrentUser":  with(func(x *execution, u *User) (any, error) { return u == x.user, nil }),
		// Whoever is in the data can be sent to visits.
		"availableForScheduling": from(func(*User) any { return true }),
		"account":                with(func(x *execution, _ *User) (any, error) { return &x.st.account, nil }),
		"customFields":           from(func(*User) any { return []any{} }),
	},
	"Name": {
		"first": from(func(u *User) any { return u.First }),
		"last":  from(func(u *User) any { return u.Last }),
		"full":  from(func(u *User) any { return u.full() }),
	},
	"UserEmail": {
		"raw":     from(func(u *User) any { return u.Email }),
		"isValid": from(func(u *User) any { return strings.Contains(u.Email, "@") }),
	},
	"Client": {
		"id":           from(func(c *Client) any { return c.ID }),
		"name":         from(func(c *Client) any { return c.name() }),
		"firstName":    from(func(c *Client) any { return c.First }),
		"lastName":     from(func(c *Client) any { return c.Last }),
		"companyName":  from(func(c *Client) any { return textOrNull(c.Company) }),
		"isCompany":    from(func(c *Client) any { return c.Company != "" }),
		"email":        from(func(c *Client) any { return textOrNull(c.Email) }),
		"phone":        from(func(c *Client) any { return textOrNull(c.Phone) }),
		"customFields": from(func(*Client) any { return []any{} }),
		"jobberWebUri": from(func(c *Client) any { return webURI("clients", c.ID) }),
		"jobs": func(x *execution, obj any, args map[string]any) (any, error) {
			id := obj.(*Client).ID
			return x.st.listJobs(x.now, args, func(j *Job) bool { return j.ClientID == id })
		},
	},
	"Property": {
		"id":           from(func(p *Property) any { return p.ID }),
		"name":         from(func(p *Property) any { return textOrNull(p.Name) }),
		"address":      from(func(p *Property) any { return p }),
		"customFields": from(func(*Property) any { return []any{} }),
		"jobberWebUri": from(func(p *Property) any { return webURI("properties", p.ID) }),
		"jobs": func(x *execution, obj any, args map[string]any) (any, error) {
			id := obj.(*Property).ID
			return x.st.listJobs(x.now, args, func(j *Job) bool { return j.PropertyID == id })
		},
	},
	"PropertyAddress": {
		"id":         from(func(p *Property) any { return ID("PropertyAddress", number(p.ID)) }),
		"name":       from(func(p *Property) any { return textOrNull(p.Name) }),
		"street":     from(func(p *Property) any { return strings.TrimSpace(p.Street1 + " " + p.Street2) }),
		"street1":    from(func(p *Property) any { return textOrNull(p.Street1) }),
		"street2":    from(func(p *Property) any { return textOrNull(p.Street2) }),
		"city":       from(func(p *Property) any { return textOrNull(p.City) }),
		"province":   from(func(p *Property) any { return textOrNull(p.Province) }),
		"postalCode": from(func(p *Property) any { return textOrNull(p.PostalCode) }),
		"country":    from(func(p *Property) any { return textOrNull(p.Country) }),
	},
	"ProductOrService": {
		"id":               from(func(p *Product) any { return p.ID }),
		"name":             from(func(p *Product) any { return p.Name }),
		"description":      from(func(p *Product) any { return textOrNull(p.Description) }),
		"category":         from(func(p *Product) any { return p.category() }),
		"defaultUnitCost":  from(func(p *Product) any { return p.Price }),
		"internalUnitCost": from(func(p *Product) any { return p.Cost }),
		"markup":           from(func(p *Product) any { return p.markup() }),
		"taxable":          from(func(*Product) any { return true }),
		"visible":          from(func(p *Product) any { return p.Visible }),
		"customFields":     from(func(p *Product) any { return p.customFields() }),
	},
	"CustomFieldText": {
		"id":        from(func(f textField) any { return f.id }),
		"label":     from(func(f textField) any { return f.label }),
		"valueText": from(func(f textField) any { return f.value }),
	},
	"Job":         jobResolvers,
	"Visit":       visitResolvers,
	"JobLineItem": lineResolvers,
	"VisitSchedule": {
		"startDate": from(func(j *Job) any { return timeOrNull(j.StartAt) }),
		"startTime": from(func(j *Job) any { return timeOrNull(j.StartAt) }),
		"endDate":   from(func(j *Job) any { return timeOrNull(j.EndAt) }),
		"endTime":   from(func(j *Job) any { return timeOrNull(j.EndAt) }),
		"assignedTo": with(func(x *execution, j *Job) (any, error) {
			var ids []string
			for _, v := range j.Visits {
				ids = append(ids, v.Crew...)
			}
			slices.Sort(ids)
			return x.st.crew(slices.Compact(ids))
		}),
	},
	"AppDisconnectPayload": {
		"app":        from(func(o Options) any { return o }),
		"userErrors": from(func(Options) any { return []any{} }),
	},
	"Application": {
		"id":          from(func(o Options) any { return ID("Application", 1) }),
		"name":        from(func(o Options) any { return o.AppName }),
		"displayName": from(func(o Options) any { return o.AppName }),
		"author":      from(func(o Options) any { return o.AppName }),
	},
}

// mutationResolvers hold the one mutation this product makes.
var mutationResolvers = table{
	"appDisconnect": func(x *execution, _ any, _ map[string]any) (any, error) {
		x.disconnect()
		return x.app, nil
	},
}

func (p *Product) category() Category { return cmp.Or(p.Category, CategoryProduct) }

func (p *Product) markup() any {
	if p.Cost == 0 {
		return nil
	}
	return (p.Price - p.Cost) / p.Cost * 100
}

func (p *Product) customFields() []any {
	if p.SKU == "" {
		return []any{}
	}
	return []any{textField{ID("CustomFieldText", number(p.ID)), "SKU", p.SKU}}
}

func webURI(kind, id string) string {
	return fmt.Sprintf("https://secure.getjobber.com/%s/%d", kind, number(id))
}

// uuidOf makes a user's uuid: the same one for the same id.
func uuidOf(id string) string {
	h := sha256.Sum256([]byte(id))
	return fmt.Sprintf("%x-%x-4%x-a%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// only refuses arguments and filters that the stand-in would otherwise ignore in silence.
func only(given map[string]any, known ...string) error {
	for name, v := range given {
		if v != nil && !slices.Contains(known, name) {
			return errors.New("the stand-in does not carry " + name)
		}
	}
	return nil
}
