package jobbertest

import (
	"cmp"
	"fmt"
	"time"
)

var jobResolvers = table{
	"id":           from(func(j *Job) any { return j.ID }),
	"jobNumber":    from(func(j *Job) any { return j.Number }),
	"title":        from(func(j *Job) any { return textOrNull(j.Title) }),
	"instructions": from(func(j *Job) any { return textOrNull(j.Instructions) }),
	"jobStatus":    with(func(x *execution, j *Job) (any, error) { return j.StatusAt(x.now), nil }),
	"jobType":      from(func(j *Job) any { return cmp.Or(j.Type, OneOff) }),
	"billingType":  from(func(j *Job) any { return cmp.Or(j.Billing, FixedPrice) }),
	"startAt":      from(func(j *Job) any { return timeOrNull(j.StartAt) }),
	"endAt":        from(func(j *Job) any { return timeOrNull(j.EndAt) }),
	"completedAt":  from(func(j *Job) any { return timeOrNull(j.CompletedAt) }),
	"createdAt":    from(func(j *Job) any { return j.CreatedAt }),
	"updatedAt":    from(func(j *Job) any { return j.UpdatedAt }),
	"total":        from(func(j *Job) any { return j.total() }),
	"jobberWebUri": from(func(j *Job) any { return webURI("work_orders", j.ID) }),
	"client":       with(clientOf),
	"property":     with(propertyOf),
	"salesperson":  with(salespersonOf),
	"customFields": from(func(*Job) any { return []any{} }),
	"lineItems":    from(func(j *Job) any { return linesOf(j.Lines, true) }),
	"visits": func(x *execution, obj any, args map[string]any) (any, error) {
		if err := only(args, "first", "after", "last", "before", "timezone"); err != nil {
			return nil, err
		}
		j := obj.(*Job)
		out := make([]any, len(j.Visits))
		for i := range j.Visits {
			out[i] = visitOf{&j.Visits[i], j}
		}
		return out, nil
	},
	"visitSchedule": from(func(j *Job) any { return j }),
}

// visitOf is a visit together with the job it belongs to.
type visitOf struct {
	*Visit
	job *Job
}

var visitResolvers = table{
	"id":            from(func(v visitOf) any { return v.ID }),
	"title":         from(func(v visitOf) any { return textOrNull(v.Title) }),
	"startAt":       from(func(v visitOf) any { return timeOrNull(v.StartAt) }),
	"endAt":         from(func(v visitOf) any { return timeOrNull(v.EndAt) }),
	"completedAt":   from(func(v visitOf) any { return timeOrNull(v.CompletedAt) }),
	"isComplete":    from(func(v visitOf) any { return v.CompletedAt != nil }),
	"visitStatus":   visitStatus,
	"assignedUsers": with(func(x *execution, v visitOf) (any, error) { return x.st.crew(v.Crew) }),
	"job":           from(func(v visitOf) any { return v.job }),
	"client":        with(func(x *execution, v visitOf) (any, error) { return clientOf(x, v.job) }),
	"property":      with(func(x *execution, v visitOf) (any, error) { return propertyOf(x, v.job) }),
	"lineItems": func(_ *execution, obj any, args map[string]any) (any, error) {
		return linesOf(obj.(visitOf).Lines, args["quantityFilter"] == "ALL"), nil
	},
}

var lineResolvers = table{
	"id":          from(func(l *LineItem) any { return l.ID }),
	"name":        from(func(l *LineItem) any { return l.Name }),
	"description": from(func(l *LineItem) any { return l.Description }),
	"quantity":    from(func(l *LineItem) any { return l.Quantity }),
	"qty":         from(func(l *LineItem) any { return l.Quantity }),
	"unitPrice":   from(func(l *LineItem) any { return l.UnitPrice }),
	"unitCost":    from(func(l *LineItem) any { return l.UnitCost }),
	"totalPrice":  from(func(l *LineItem) any { return l.Quantity * l.UnitPrice }),
	"totalCost":   from(func(l *LineItem) any { return l.Quantity * l.UnitCost }),
	"cost":        from(func(l *LineItem) any { return l.Quantity * l.UnitPrice }),
	"category":    from(func(l *LineItem) any { return cmp.Or(l.Category, CategoryProduct) }),
	"taxable":     from(func(*LineItem) any { return true }),
	"linkedProductOrService": with(func(x *execution, l *LineItem) (any, error) {
		return referred("product", l.ProductID, x.st.product(l.ProductID))
	}),
}

// linesOf lists lines; without zero it leaves out those with quantity 0, as visits do by default.
func linesOf(lines []LineItem, zero bool) []any {
	out := make([]any, 0, len(lines))
	for i := range lines {
		if zero || lines[i].Quantity != 0 {
			out = append(out, &lines[i])
		}
	}
	return out
}

func clientOf(x *execution, j *Job) (any, error) {
	return referred("client", j.ClientID, x.st.clients[j.ClientID])
}

func propertyOf(x *execution, j *Job) (any, error) {
	return referred("property", j.PropertyID, x.st.properties[j.PropertyID])
}

func salespersonOf(x *execution, j *Job) (any, error) {
	return referred("user", j.SalespersonID, x.st.user(j.SalespersonID))
}

// referred returns a record that another one names: null for no name, an error for one that leads nowhere.
func referred[T any](what, id string, p *T) (any, error) {
	if p == nil && id != "" {
		return nil, fmt.Errorf("the data names %s %q, which there is not", what, id)
	}
	return orNull(p), nil
}

func visitStatus(x *execution, obj any, args map[string]any) (any, error) {
	v, loc := obj.(visitOf), x.now.Location()
	if tz, ok := args["timezone"].(string); ok {
		var err error
		if loc, err = time.LoadLocation(tz); err != nil {
			return nil, err
		}
	}
	if v.CompletedAt != nil {
		return "COMPLETED", nil
	}
	if v.StartAt == nil {
		return "UNSCHEDULED", nil
	}
	switch dayOf(*v.StartAt, loc).Compare(dayOf(x.now, loc)) {
	case -1:
		return "LATE", nil
	case 1:
		return "UPCOMING", nil
	default:
		return "TODAY", nil
	}
}
