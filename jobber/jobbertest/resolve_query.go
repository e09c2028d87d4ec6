package jobbertest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// queryResolvers are the questions the stand-in can answer.
var queryResolvers = table{
	"account": func(x *execution, _ any, _ map[string]any) (any, error) { return &x.st.account, nil },
	"user": func(x *execution, _ any, args map[string]any) (any, error) {
		if id, ok := args["id"].(string); ok {
			return orNull(x.st.user(id)), nil
		}
		return orNull(x.user), nil
	},
	"users": listUsers,
	"job": func(x *execution, _ any, args map[string]any) (any, error) {
		return orNull(x.st.jobs[idArg(args)]), nil
	},
	"jobs": func(x *execution, _ any, args map[string]any) (any, error) {
		return x.st.listJobs(x.now, args, func(*Job) bool { return true })
	},
	"visit": func(x *execution, _ any, args map[string]any) (any, error) {
		if v, j := x.st.visit(idArg(args)); v != nil {
			return visitOf{v, j}, nil
		}
		return nil, nil
	},
	"client": func(x *execution, _ any, args map[string]any) (any, error) {
		return orNull(x.st.clients[idArg(args)]), nil
	},
	"property": func(x *execution, _ any, args map[string]any) (any, error) {
		return orNull(x.st.properties[idArg(args)]), nil
	},
	"product": func(x *execution, _ any, args map[string]any) (any, error) {
		return orNull(x.st.product(idArg(args))), nil
	},
	"products": listProducts,
}

func idArg(args map[string]any) string {
	id, _ := args["id"].(string) // the validator has seen to it; without one nothing is found
	return id
}

func listUsers(x *execution, _ any, args map[string]any) (any, error) {
	if err := only(args, "first", "after", "last", "before", "filter"); err != nil {
		return nil, err
	}
	filter, _ := args["filter"].(map[string]any)
	out := []any{}
	if filter["status"] == "DEACTIVATED" { // nobody in the data is
		return out, nil
	}
	for _, u := range x.st.users {
		if wanted(filter["userIds"], u.ID) {
			out = append(out, u)
		}
	}
	return out, nil
}

func listProducts(x *execution, _ any, args map[string]any) (any, error) {
	if err := only(args, "first", "after", "last", "before", "filter"); err != nil {
		return nil, err
	}
	filter, _ := args["filter"].(map[string]any)
	if err := only(filter, "category", "ids"); err != nil {
		return nil, err
	}
	// The filter's enum is spelled differently from the field's.
	spelled := map[Category]string{CategoryProduct: "Product", CategoryService: "Service"}
	out := []any{}
	for _, p := range x.st.products {
		if wanted(filter["ids"], p.ID) && wanted(filter["category"], spelled[p.category()]) {
			out = append(out, p)
		}
	}
	return out, nil
}

// wanted reports whether a list argument, if there is one, holds a value.
func wanted(list any, value string) bool {
	values, ok := list.([]any)
	return !ok || slices.Contains(values, any(value))
}

// listJobs answers every connection of jobs: filtered, then sorted, by default the last changed first.
func (st *state) listJobs(now time.Time, args map[string]any, also func(*Job) bool) ([]any, error) {
	if err := only(args, "first", "after", "last", "before", "filter", "sort"); err != nil {
		return nil, err
	}
	filter, _ := args["filter"].(map[string]any)
	if err := only(filter, "ids", "status", "jobType", "createdAt", "startAt", "endAt", "completedAt"); err != nil {
		return nil, err
	}
	order, err := jobOrder(args["sort"])
	if err != nil {
		return nil, err
	}
	var jobs []*Job
	for _, j := range st.jobs {
		ok, err := jobMatches(j, filter, now)
		if err != nil {
			return nil, err
		}
		if ok && also(j) {
			jobs = append(jobs, j)
		}
	}
	slices.SortFunc(jobs, order)
	out := make([]any, len(jobs))
	for i, j := range jobs {
		out[i] = j
	}
	return out, nil
}

func jobMatches(j *Job, filter map[string]any, now time.Time) (bool, error) {
	if !wanted(filter["ids"], j.ID) {
		return false, nil
	}
	if s, ok := filter["status"].(string); ok && s != string(j.StatusAt(now)) {
		return false, nil
	}
	if t, ok := filter["jobType"].(string); ok && t != string(cmp.Or(j.Type, OneOff)) {
		return false, nil
	}
	for name, at := range map[string]*time.Time{
		"createdAt": &j.CreatedAt, "startAt": j.StartAt, "endAt": j.EndAt, "completedAt": j.CompletedAt,
	} {
		if ok, err := inRange(filter[name], at); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// inRange reports whether a time is in a range of {before, after, eq}. No time is in no range.
func inRange(rng any, at *time.Time) (bool, error) {
	bounds, ok := rng.(map[string]any)
	if !ok {
		return true, nil
	}
	for name, raw := range bounds {
		if raw == nil {
			continue
		}
		t, err := timeArg(raw)
		if err != nil {
			return false, err
		}
		if at == nil ||
			name == "before" && !at.Before(t) ||
			name == "after" && !at.After(t) ||
			name == "eq" && !at.Equal(t) {
			return false, nil
		}
	}
	return true, nil
}

// timeArg reads a time that came as a variable (parsed already) or stands in the query (a string).
func timeArg(raw any) (time.Time, error) {
	if t, ok := raw.(time.Time); ok {
		return t, nil
	}
	v, err := parseScalar("ISO8601DateTime", raw)
	if err != nil {
		return time.Time{}, err
	}
	return v.(time.Time), nil
}

// jobOrder turns the sort argument into a comparison; ties go by number so that pages hold together.
func jobOrder(arg any) (func(a, b *Job) int, error) {
	sorts, ok := arg.([]any)
	if one, single := arg.(map[string]any); single {
		sorts, ok = []any{one}, true
	}
	if !ok || len(sorts) == 0 {
		sorts = []any{map[string]any{"key": "UPDATED_AT", "direction": "DESCENDING"}}
	}
	var steps []func(a, b *Job) int
	for _, s := range sorts {
		s, ok := s.(map[string]any)
		if !ok {
			return nil, errors.New("sort holds no object")
		}
		by, ok := map[string]func(a, b *Job) int{
			"UPDATED_AT": func(a, b *Job) int { return a.UpdatedAt.Compare(b.UpdatedAt) },
			"JOB_NUMBER": func(a, b *Job) int { return cmp.Compare(a.Number, b.Number) },
		}[fmt.Sprint(s["key"])]
		if !ok {
			return nil, fmt.Errorf("the stand-in does not sort by %v", s["key"])
		}
		if s["direction"] == "DESCENDING" {
			steps = append(steps, func(a, b *Job) int { return by(b, a) })
		} else {
			steps = append(steps, by)
		}
	}
	return func(a, b *Job) int {
		for _, step := range steps {
			if c := step(a, b); c != 0 {
				return c
			}
		}
		return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.ID, b.ID))
	}, nil
}
