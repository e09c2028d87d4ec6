package alerts

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"lwc-inventory/store"
)

// A cause is the sentence that says why an item ran low, parted around its link to the job.
type cause struct {
	Lead   string // "Ana took 6 ea for"
	Job    string // "#1042 (Miller)"; "" without a job
	JobURL string
	Tail   string // " at 9:41"
}

// String returns the whole sentence.
func (c cause) String() string {
	if c.Job == "" {
		return c.Lead + c.Tail
	}
	return c.Lead + " " + c.Job + c.Tail
}

// causeOf finds out what took the item of c below its minimum.
//
// unit is the item's, now when the mail was written, in the reader's time zone.
func (s *Service) causeOf(ctx context.Context, c store.Crossing, unit string,
	jobs map[store.JobID]store.JobHead, now time.Time) (cause, error) {
	var out cause
	if job, ok := jobs[c.Job]; ok {
		out.Job, out.JobURL = jobLabel(job), s.link("/jobs/", job.ID.String())
	}
	out.Tail = " " + moment(c.At.In(now.Location()), now)
	if c.Movement == 0 {
		return heldCause(out, c, unit), nil
	}
	m, err := s.Store.Movement(ctx, c.Movement)
	if err != nil {
		return cause{}, fmt.Errorf("movement %d: %w", c.Movement, err)
	}
	if m.Reverses != 0 {
		undone, err := s.Store.Movement(ctx, m.Reverses)
		if err != nil {
			return cause{}, fmt.Errorf("movement %d: %w", m.Reverses, err)
		}
		out.Lead = fmt.Sprintf("%s undid the %s of %s", c.By, noun(undone.Kind), amount(m.Qty, unit))
	} else {
		out.Lead = actLead(c.By, m, unit)
	}
	if out.Job != "" {
		out.Lead += " for"
	}
	return out, nil
}

// actLead says what somebody did, up to the job.
func actLead(who string, m store.Movement, unit string) string {
	qty := amount(m.Qty, unit)
	switch m.Kind {
	case store.Issue:
		return who + " took " + qty
	case store.Count:
		return fmt.Sprintf("%s counted %s where %s should be", who, amount(m.Counted, unit), figure(m.Was))
	case store.Adjust:
		return who + " took " + qty + " off in an adjustment"
	case store.ScrapKind:
		return who + " scrapped " + qty
	default:
		return fmt.Sprintf("%s booked a %s of %s", who, noun(m.Kind), qty)
	}
}

// noun is what a movement of this kind is called.
func noun(k store.Kind) string {
	switch k {
	case store.Receive:
		return "receipt"
	case store.Adjust:
		return "adjustment"
	}
	return string(k)
}

// byJobber is who did it when a sync did.
const byJobber = "Jobber"

// heldCause says that jobs hold more than before: one changed at Jobber, or somebody said what a line is.
func heldCause(out cause, c store.Crossing, unit string) cause {
	much := "more of it"
	if c.Held > 0 {
		much = amount(c.Held, unit) + " more"
	}
	switch {
	case out.Job == "":
		out.Lead, out.Tail = "Jobs hold "+much, ", seen"+out.Tail
	case c.By == "" || c.By == byJobber:
		out.Lead, out.Tail = "Jobber's job", " needs "+much+", seen"+out.Tail
	default:
		out.Lead, out.Tail = c.By+" matched a line of", out.Tail+", so that "+much+" is held for it"
	}
	return out
}

// jobLabel is a job as people call it: its number and whose it is.
func jobLabel(j store.JobHead) string {
	label := "#" + strconv.Itoa(j.Number)
	for _, who := range []string{j.Client.Name, j.Client.Company, j.Title} {
		if who = oneLine(who); who != "" {
			return label + " (" + who + ")"
		}
	}
	return label
}
