package jobber

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
)

func TestPlan(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	link := store.JobberLink{State: store.Connected, AccountID: "acc", ClientID: "app"}
	later := func(d store.Delivery, wait time.Duration) store.Delivery {
		d.NextAt = now.Add(wait)
		return d
	}
	about := func(topic, item string) store.Delivery {
		return store.Delivery{Topic: topic, Account: "acc", App: "app", Item: item}
	}
	foreign, noApp, otherApp := about("JOB_UPDATE", "j1"), about("JOB_UPDATE", "j1"), about("JOB_UPDATE", "j1")
	foreign.Account, noApp.App, otherApp.App = "other", "", "other"
	for _, tt := range []struct {
		name    string
		waiting []store.Delivery
		due     string // target: numbers of its deliveries
		ignored string // why: numbers
		next    time.Duration
	}{
		{"nothing", nil, "", "", 0},
		{"ten updates of a job", slices.Repeat([]store.Delivery{about("JOB_UPDATE", "j1")}, 10), "job j1: 1 2 3 4 5 6 7 8 9 10", "", 0},
		{"in the order they came", []store.Delivery{about("JOB_UPDATE", "j2"), about("JOB_UPDATE", "j1"), about("JOB_CLOSED", "j2")},
			"job j2: 1 3, job j1: 2", "", 0},
		{"a visit that is known is its job", []store.Delivery{about("VISIT_DESTROY", "v1"), about("JOB_UPDATE", "j1")}, "job j1: 1 2", "", 0},
		{"a visit that is not", []store.Delivery{about("VISIT_CREATE", "v9"), about("JOB_UPDATE", "j1")}, "visit v9: 1, job j1: 2", "", 0},
		{"a job that failed holds up no other", []store.Delivery{later(about("JOB_UPDATE", "j1"), time.Minute), about("JOB_UPDATE", "j2")},
			"job j2: 2", "", time.Minute},
		{"what comes for it waits with it", []store.Delivery{later(about("JOB_UPDATE", "j1"), time.Minute), about("VISIT_UPDATE", "v1"), about("JOB_UPDATE", "j1")},
			"", "", time.Minute},
		{"and is read with it", []store.Delivery{later(about("JOB_UPDATE", "j1"), 0), about("VISIT_UPDATE", "v1")}, "job j1: 1 2", "", 0},
		{"the first of several", []store.Delivery{later(about("JOB_UPDATE", "j1"), time.Hour), later(about("JOB_UPDATE", "j2"), time.Minute)}, "", "", time.Minute},
		{"not ours", []store.Delivery{foreign, noApp, otherApp, about("INVOICE_UPDATE", "i"), about("JOB_UPDATE", "")}, "job j1: 2",
			"Another account's.: 1, It names nothing.: 5, Meant for another app.: 3, Not needed here.: 4", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tt.waiting {
				tt.waiting[i].ID = store.DeliveryID(i + 1)
			}
			p := planFor(link, tt.waiting, map[string]string{"v1": "j1"}, now)
			var due, ignored []string
			for _, to := range p.due.order {
				due = append(due, fmt.Sprintf("%s %s: %s", to.about, to.id, numbers(p.due.of[to])))
			}
			for why, ds := range p.ignored {
				ignored = append(ignored, why+": "+numbers(ds))
			}
			slices.Sort(ignored)
			if got := strings.Join(due, ", "); got != tt.due {
				t.Errorf("due %q, want %q", got, tt.due)
			}
			if got := strings.Join(ignored, ", "); got != tt.ignored {
				t.Errorf("ignored %q, want %q", got, tt.ignored)
			}
			want := time.Time{}
			if tt.next > 0 {
				want = now.Add(tt.next)
			}
			if !p.next.Equal(want) {
				t.Errorf("next %v, want %v", p.next, want)
			}
		})
	}
}

func numbers(ds []store.Delivery) string {
	return strings.Trim(fmt.Sprint(idsOf(ds)), "[]")
}
