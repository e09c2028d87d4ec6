package alerts

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// diary lists the mails about stock that were sent to a person, in turn and in short: what kind, and what of which item.
func (d day) diary(to store.User) string {
	d.t.Helper()
	var all []string
	for id := store.MailID(1); ; id++ {
		m, err := d.db.Mail(d.t.Context(), id)
		if store.CodeOf(err) == store.NotFound {
			return strings.Join(all, "; ")
		}
		if err != nil {
			d.t.Fatal(err)
		}
		if m.To == to.ID && m.State == store.MailStateSent {
			all = append(all, d.inShort(m))
		}
	}
}

func (d day) inShort(m store.Mail) string {
	var parts []string
	part := func(word string, cs []store.Crossing) {
		for _, c := range cs {
			parts = append(parts, word+" "+d.name(c))
		}
	}
	for _, c := range m.Crossings {
		word := string(c.Severity)
		if c.Back {
			word = "back"
		}
		part(word, []store.Crossing{c})
	}
	if g := m.Digest; g != nil {
		parts = append(parts, "digest:")
		part("out", g.Out)
		part("low", g.Low)
		part("ordered", g.Ordered)
		part("back", g.Back)
		for _, j := range g.Short {
			parts = append(parts, fmt.Sprintf("job %d lacks %v", j.Job, j.Items[0].Lack))
		}
	}
	if s := m.Import; s != nil {
		parts = append(parts, fmt.Sprintf("import of %d: %d out, %d low", s.Items, s.Out, s.Low))
	}
	return strings.Join(parts, " ")
}

// name is an item by its SKU and, where it is about one, its place.
func (d day) name(c store.Crossing) string {
	it, err := d.db.Item(d.t.Context(), c.Item)
	if err != nil {
		d.t.Fatal(err)
	}
	if c.Place == 0 {
		return it.SKU
	}
	p, err := d.db.Place(d.t.Context(), c.Place)
	if err != nil {
		d.t.Fatal(err)
	}
	return it.SKU + "@" + p.Name
}

// undo takes a movement back.
func (d day) undo(m store.Movement) {
	d.t.Helper()
	u := store.Undo{Movement: m.ID, RequestID: fmt.Sprint("undo ", m.ID), By: storetest.Staff, Confirmed: true}
	if _, err := d.db.Undo(d.t.Context(), u); err != nil {
		d.t.Fatal(err)
	}
}

// until lets time pass until it is that time of day, on that day of January 2000. The 3rd is a Monday.
func until(dayOfMonth, hour, min int) { untilIn(time.UTC, 2000, time.January, dayOfMonth, hour, min) }

func untilIn(loc *time.Location, y int, m time.Month, d, hour, min int) {
	after(time.Until(time.Date(y, m, d, hour, min, 0, 0, loc)))
}

// seven is when digests go out in these tests.
var seven = Clock{On: true, Hour: 7}

// Every line of what must hold in the specification of low-stock mail, by its name. One service with a digest runs
// all the while; it is Monday, nine o'clock.
func TestMustHold(t *testing.T) {
	for _, tt := range []struct {
		name string
		act  func(d day)
		want string // what dana was sent
	}{
		{"minimum 10, 12→9 mails once", func(d day) {
			take(d.t, d.db, d.a, 3)
			after(hour)
		}, "low A"},
		{"9→8→6 no more", func(d day) {
			take(d.t, d.db, d.a, 3)
			after(hour)
			take(d.t, d.db, d.a, 1)
			after(hour)
			take(d.t, d.db, d.a, 2)
			after(hour)
		}, "low A"},
		{"6→0 OUT once", func(d day) {
			take(d.t, d.db, d.a, 6)
			after(hour)
			take(d.t, d.db, d.a, 6)
			after(hour)
			take(d.t, d.db, d.a, 1)
			after(hour)
		}, "low A; out A"},
		{"back to 15 then 9 after 25 h mails again", func(d day) {
			take(d.t, d.db, d.a, 3)
			after(hour)
			put(d.t, d.db, d.a, 6)
			after(25 * hour)
			take(d.t, d.db, d.a, 6)
			after(hour)
		}, "low A; digest: back A; low A"},
		{"back to 15 then 9 after 2 h digest only", func(d day) {
			take(d.t, d.db, d.a, 3)
			after(hour)
			put(d.t, d.db, d.a, 6)
			after(hour)
			take(d.t, d.db, d.a, 6)
			until(4, 9, 0)
		}, "low A; digest: low A"},
		{"back to 15 then 0 after 2 h: OUT does not wait for that", func(d day) {
			take(d.t, d.db, d.a, 3)
			after(hour)
			put(d.t, d.db, d.a, 6)
			after(hour)
			take(d.t, d.db, d.a, 15)
			after(2 * minute)
		}, "low A; out A"},
		{"undo in the window: none", func(d day) {
			m := take(d.t, d.db, d.a, 3)
			after(9 * minute)
			d.undo(m)
			until(4, 9, 0)
		}, ""},
		{"return in the window: none", func(d day) {
			job := storetest.Job(d.t, d.db, 1042, time.Time{}, storetest.Line("A", 3))
			storetest.Book(d.t, d.db, store.Entry{Item: d.a.ID, Kind: store.Issue, Job: job, Qty: 3000})
			after(9 * minute)
			storetest.Book(d.t, d.db, store.Entry{Item: d.a.ID, Kind: store.Return, Job: job, Qty: 1000})
			until(4, 9, 0)
		}, ""},
		{"12 crossings in one pick: one mail", func(d day) {
			var lines []store.SnapshotLine
			for i := range 12 {
				sku := fmt.Sprintf("P%02d", i)
				storetest.Item(d.t, d.db, sku, 12, 10)
				lines = append(lines, storetest.Line(sku, 3))
			}
			job := storetest.Job(d.t, d.db, 1042, time.Time{}, lines...) // without a date nothing is held for it
			pick := store.PickAll{RequestID: "pick", By: storetest.Staff, Scope: store.PickScope{Job: job}, Confirmed: true}
			if _, _, err := d.db.PickAll(d.t.Context(), pick); err != nil {
				d.t.Fatal(err)
			}
			after(hour)
		}, "low P00 low P01 low P02 low P03 low P04 low P05 low P06 low P07 low P08 low P09 low P10 low P11"},
		{"import of 300 low items: one summary", func(d day) {
			var csv strings.Builder
			csv.WriteString("sku,name,minimum,quantity\n")
			for i := range 300 {
				fmt.Fprintf(&csv, "L%d,Low %d,10,%d\n", i, i, 3*(i%3))
			}
			if _, err := d.db.ImportItems(d.t.Context(), storetest.Staff, strings.NewReader(csv.String())); err != nil {
				d.t.Fatal(err)
			}
			after(10 * hour)
		}, "import of 300: 100 out, 200 low"},
		{"the same post twice: one episode", func(d day) {
			act := store.Act{RequestID: "same", By: storetest.Staff, Confirmed: true,
				Entries: []store.Entry{{Item: d.a.ID, Kind: store.ScrapKind, Qty: 3000}}}
			for range 2 {
				if _, err := d.db.Book(d.t.Context(), act); err != nil {
					d.t.Fatal(err)
				}
				after(hour)
			}
		}, "low A"},
		{"SMTP down 3 h then up: one merged mail", func(d day) {
			d.post.fail(1000, &SendError{Server: true, Doing: "connect", Err: errors.New("no route")})
			take(d.t, d.db, d.a, 3)
			after(hour)
			take(d.t, d.db, d.b, 12)
			after(2 * hour)
			d.post.fail(0, nil)
			after(6 * hour)
		}, "out B low A"},
		{"flag taken away between crossing and sending: not sent", func(d day) {
			take(d.t, d.db, d.a, 3)
			after(5 * minute)
			changeUser(d.t, d.db, d.dana, func(u *store.UserDraft) { u.ReceiveAlerts = false })
			after(hour)
		}, ""},
		{"creating, stocking up, raising a minimum: digest only", func(d day) {
			storetest.Item(d.t, d.db, "NEW", 4, 10)
			draft := store.ItemDraft{SKU: "A", Name: "Item A", Unit: "ea", Minimum: 20000}
			if _, err := d.db.UpdateItem(d.t.Context(), storetest.Staff, d.a.ID, d.a.Version, draft); err != nil {
				d.t.Fatal(err)
			}
			until(4, 9, 0)
		}, "digest: low A low NEW"},
		{"archiving and bringing back: none", func(d day) {
			take(d.t, d.db, d.a, 3)
			for _, archived := range []bool{true, false} {
				if _, err := d.db.ArchiveItem(d.t.Context(), storetest.Staff, d.a.ID, archived); err != nil {
					d.t.Fatal(err)
				}
			}
			after(hour)
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDay(t)
				until(3, 9, 0)
				s := service(t, d.db, d.post)
				s.Digest = seven
				stop := running(t, s)
				tt.act(d)
				if got := d.diary(d.dana); got != tt.want {
					t.Errorf("told %q, want %q", got, tt.want)
				}
				stop()
			})
		})
	}
}

// From a shelf to a mail, whatever the way to the crossing.
func TestEveryPathCounts(t *testing.T) {
	job := func(d day, lines ...store.SnapshotLine) store.JobID {
		return storetest.Job(d.t, d.db, 1042, d.db.Now().Add(24*hour), lines...)
	}
	must := func(d day, err error) {
		d.t.Helper()
		if err != nil {
			d.t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name string
		act  func(d day)
	}{
		{"form and scan", func(d day) { take(d.t, d.db, d.a, 3) }},
		{"pick", func(d day) {
			id := storetest.Job(d.t, d.db, 1042, time.Time{}, storetest.Line("A", 3))
			_, _, err := d.db.PickAll(d.t.Context(), store.PickAll{RequestID: "p", By: storetest.Staff, Scope: store.PickScope{Job: id}, Confirmed: true})
			must(d, err)
		}},
		{"all that is left for a job", func(d day) {
			id := storetest.Job(d.t, d.db, 1042, time.Time{}, storetest.Line("A", 3))
			_, _, err := d.db.IssueRemaining(d.t.Context(), store.JobAct{RequestID: "p", By: storetest.Staff, Job: id, Confirmed: true})
			must(d, err)
		}},
		{"count of one", func(d day) {
			storetest.Book(d.t, d.db, store.Entry{Item: d.a.ID, Kind: store.Count, Qty: 9000})
		}},
		{"count of a shelf", func(d day) {
			must(d, d.db.TallyCount(d.t.Context(), store.CountAnswer{Item: d.a.ID, Place: storetest.Home, Counted: 9000, Seen: 1 << 40, By: storetest.Staff}))
			_, _, err := d.db.FinishCount(d.t.Context(), store.CountFinish{RequestID: "c", By: storetest.Staff,
				Scope: store.CountScope{Place: storetest.Home}, Approves: true})
			must(d, err)
		}},
		{"undo", func(d day) {
			m := storetest.Book(d.t, d.db, store.Entry{Item: d.a.ID, Kind: store.Receive, Qty: 4000})
			take(d.t, d.db, d.a, 4)
			after(hour)
			d.undo(m)
		}},
		{"adjustment", func(d day) {
			storetest.Book(d.t, d.db, store.Entry{Item: d.a.ID, Kind: store.Adjust, Qty: 3000, From: storetest.Home, Reason: "missing"})
		}},
		{"a sync that changes an allocation", func(d day) { job(d, storetest.Line("A", 3)) }},
		{"a match that changes an allocation", func(d day) {
			job(d, storetest.Line("Elbow", 3))
			_, err := d.db.AnswerLine(d.t.Context(), store.Answer{Line: 1, Item: d.a.ID, By: storetest.Staff})
			must(d, err)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDay(t)
				stop := running(t, service(t, d.db, d.post))
				tt.act(d)
				after(hour)
				if got := d.diary(d.dana); got != "low A" {
					t.Errorf("told %q", got)
				}
				stop()
			})
		})
	}
}
