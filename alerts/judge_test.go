package alerts

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
)

// A change is one event of an item, in whole units.
type change struct {
	at        time.Duration // after the start
	cause     store.Cause   // "" is an act
	from, to  int           // on hand
	held      int           // allocated after it
	heldFirst int           // allocated before it
	minimum   int           // 0 is 10
	noMinimum bool
}

func (c change) event(id int) store.Event {
	ev := store.Event{ID: store.EventID(id), Kind: store.LevelChanged, Item: 7, At: start.Add(c.at), Cause: c.cause,
		By: fmt.Sprintf("who%d", id), Movement: store.MovementID(100 + id), Job: store.JobID(200 + id),
		Before: level(c.from, c.heldFirst), After: level(c.to, c.held), Minimum: 10000}
	if c.minimum != 0 {
		ev.Minimum = store.Qty(c.minimum * 1000)
	}
	if c.noMinimum {
		ev.Minimum = 0
	}
	if c.cause == "" {
		ev.Cause = store.CauseAct
	}
	return ev
}

func level(onHand, held int) store.Level {
	return store.Level{OnHand: store.Qty(onHand * 1000), Allocated: store.Qty(held * 1000)}
}

var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

const (
	minute = time.Minute
	hour   = time.Hour
)

var usual = rules{low: 10 * minute, out: 2 * minute, recross: 24 * hour, loc: time.UTC}

// reader wants to know everything.
var reader = store.User{ID: 1, Username: "dana", Email: "dana@example.com", Active: true, ReceiveAlerts: true}

// A trial shows the judge one thing after the other.
type trial struct {
	rules
	state
	told []string // what people heard: severity, available, and when
}

func newTrial(r rules) *trial {
	return &trial{rules: r, state: state{episodes: map[store.Scope]store.Episode{}, people: []store.User{reader},
		facts: map[store.ItemID]fact{}}}
}

// pass lets time pass until now: whatever is due in between is told when it is.
func (tr *trial) pass(now time.Time) {
	for {
		var due time.Time
		for _, ep := range tr.episodes {
			if ep.Crossing != nil {
				due = earlier(due, ep.Crossing.Due)
			}
		}
		if due.IsZero() || due.After(now) {
			return
		}
		var mails []store.Mail
		tr.state, mails = judge(tr.state, nil, due, tr.rules)
		for _, m := range mails {
			for _, c := range m.Crossings {
				tr.told = append(tr.told, fmt.Sprintf("%s %s after %v", c.Severity, c.Available, due.Sub(start)))
			}
		}
	}
}

func (tr *trial) happens(evs ...store.Event) {
	tr.pass(evs[0].At)
	tr.state, _ = judge(tr.state, evs, evs[0].At, tr.rules)
}

// replay judges the changes in turn and tells what is due in between and in the end.
// It returns what people heard, and the episode before the end.
func replay(r rules, changes []change) (told []string, last store.Episode) {
	tr := newTrial(r)
	for i, c := range changes {
		tr.happens(c.event(i + 1))
	}
	last = tr.episodes[store.Scope{Item: 7}]
	tr.pass(start.Add(1000 * hour))
	return tr.told, last
}

func TestJudge(t *testing.T) {
	const opening, sync = store.CauseOpening, store.CauseSync
	for _, tt := range []struct {
		name    string
		changes []change
		want    string
	}{
		{"minimum 10, 12→9 mails once", []change{{from: 12, to: 9}}, "low 9 after 10m0s"},
		{"9→8→6 no more", []change{{from: 12, to: 9}, {at: hour, from: 9, to: 8}, {at: 2 * hour, from: 8, to: 6}},
			"low 9 after 10m0s"},
		{"6→0 OUT once", []change{{from: 12, to: 6}, {at: hour, from: 6, to: 0}, {at: 2 * hour, from: 0, to: -3}},
			"low 6 after 10m0s; out 0 after 1h2m0s"},
		{"back to 15 then 9 after 25 h mails again",
			[]change{{from: 12, to: 9}, {at: hour, from: 9, to: 15}, {at: 26 * hour, from: 15, to: 9}},
			"low 9 after 10m0s; low 9 after 26h10m0s"},
		{"back to 15 then 9 after 2 h: not at once, and where there is no digest after 24 h",
			[]change{{from: 12, to: 9}, {at: hour, from: 9, to: 15}, {at: 2 * hour, from: 15, to: 9}},
			"low 9 after 10m0s; low 9 after 24h10m0s"},
		{"OUT does not wait for that", []change{{from: 12, to: 0}, {at: hour, from: 0, to: 15}, {at: 2 * hour, from: 15, to: 0}},
			"out 0 after 2m0s; out 0 after 2h2m0s"},
		{"low again and then OUT", []change{{from: 12, to: 9}, {at: hour, from: 9, to: 15}, {at: 2 * hour, from: 15, to: 9},
			{at: 3 * hour, from: 9, to: 0}}, "low 9 after 10m0s; out 0 after 3h2m0s"},
		{"OUT again, softened to low in its window", []change{{from: 12, to: 9}, {at: hour, from: 9, to: 15},
			{at: 2 * hour, from: 15, to: 0}, {at: 2*hour + minute, from: 0, to: 9}}, "low 9 after 10m0s; low 9 after 24h10m0s"},
		{"undo in the window: none", []change{{from: 12, to: 9}, {at: 5 * minute, from: 9, to: 12}}, ""},
		{"return of some in the window: none", []change{{from: 12, to: 9}, {at: 5 * minute, from: 9, to: 10}}, ""},
		{"import of low items: none", []change{{cause: opening, from: 0, to: 3}}, ""},
		{"OUT inside an unsent LOW's window is one mail, OUT",
			[]change{{from: 12, to: 9}, {at: minute, from: 9, to: 0}}, "out 0 after 3m0s"},
		{"the earlier of the two dues", []change{{from: 12, to: 9}, {at: 9 * minute, from: 9, to: 0}}, "out 0 after 10m0s"},
		{"straight to OUT waits its shorter window", []change{{from: 12, to: 0}}, "out 0 after 2m0s"},
		{"OUT is told when LOW was told long ago",
			[]change{{from: 12, to: 9}, {at: 30 * hour, from: 9, to: 0}}, "low 9 after 10m0s; out 0 after 30h2m0s"},
		{"OUT told, back above 0 but low, OUT again: no more",
			[]change{{from: 12, to: 0}, {at: hour, from: 0, to: 4}, {at: 2 * hour, from: 4, to: 0}}, "out 0 after 2m0s"},
		{"undo of OUT to low, LOW told before: none",
			[]change{{from: 12, to: 9}, {at: hour, from: 9, to: 0}, {at: hour + minute, from: 0, to: 9}}, "low 9 after 10m0s"},
		{"undo of OUT to low, OUT again: told",
			[]change{{from: 12, to: 9}, {at: hour, from: 9, to: 0}, {at: hour + minute, from: 0, to: 9},
				{at: 3 * hour, from: 9, to: 0}}, "low 9 after 10m0s; out 0 after 3h2m0s"},
		{"undo of OUT to low, nobody told: LOW",
			[]change{{from: 12, to: 9}, {at: minute, from: 9, to: 0}, {at: 2 * minute, from: 0, to: 9}}, "low 9 after 3m0s"},
		{"figures are the newest", []change{{from: 12, to: 9}, {at: minute, from: 9, to: 7}}, "low 7 after 10m0s"},
		{"exactly the minimum is right", []change{{from: 12, to: 10}}, ""},
		{"no minimum, never low", []change{{from: 12, to: 0, noMinimum: true}}, ""},
		{"available counts, not on hand", []change{{from: 20, to: 19, held: 10, heldFirst: 10}}, "low 9 after 10m0s"},
		{"new item with a minimum: none", []change{{cause: opening, from: 0, to: 0}}, ""},
		{"first stocking up: none", []change{{cause: opening, from: 0, to: 0}, {at: hour, cause: opening, from: 0, to: 5}}, ""},
		{"raising a minimum: none", []change{{cause: opening, from: 9, to: 9, minimum: 10}}, ""},
		{"lowering the minimum ends the episode",
			[]change{{from: 12, to: 9}, {at: hour, cause: opening, from: 9, to: 9, minimum: 5},
				{at: 26 * hour, from: 9, to: 4, minimum: 5}}, "low 9 after 10m0s; low 4 after 26h10m0s"},
		{"lowering the minimum in the window: none",
			[]change{{from: 12, to: 9}, {at: minute, cause: opening, from: 9, to: 9, minimum: 5}}, ""},
		{"minimum to 0 in the window, as archiving does: none",
			[]change{{from: 12, to: 9}, {at: minute, cause: opening, from: 9, to: 9, noMinimum: true}}, ""},
		{"taking from an item that is low since its opening",
			[]change{{cause: opening, from: 0, to: 5}, {at: hour, from: 5, to: 4}, {at: 2 * hour, from: 4, to: 3}},
			"low 4 after 1h10m0s"},
		{"putting into an item that is low since its opening: none",
			[]change{{cause: opening, from: 0, to: 5}, {at: hour, from: 5, to: 6}}, ""},
		{"taking from an item that is out since its opening",
			[]change{{cause: opening, from: 0, to: 0}, {at: hour, from: 0, to: -1}}, "out -1 after 1h2m0s"},
		{"OUT by taking from an item that is low since its opening",
			[]change{{cause: opening, from: 0, to: 5}, {at: hour, from: 5, to: 0}}, "out 0 after 1h2m0s"},
		{"a job takes hold of more", []change{{cause: sync, from: 12, to: 12, held: 4}}, "low 8 after 10m0s"},
		{"a job lets go in the window: none",
			[]change{{cause: sync, from: 12, to: 12, held: 4}, {at: minute, cause: sync, from: 12, to: 12, heldFirst: 4}}, ""},
		{"a job holds more of what is low already: none", []change{{cause: sync, from: 9, to: 9, heldFirst: 1, held: 2}}, ""},
		{"the first sync: none", []change{{cause: opening, from: 12, to: 12, held: 14}}, ""},
		{"the first sync shows in a mail that waits",
			[]change{{from: 12, to: 9}, {at: minute, cause: opening, from: 9, to: 9, held: 14}}, "out -5 after 10m0s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			told, _ := replay(usual, tt.changes)
			if got := strings.Join(told, "; "); got != tt.want {
				t.Errorf("told %q, want %q", got, tt.want)
			}
		})
	}
}

func TestJudgeKeepsWhoCrossed(t *testing.T) {
	_, ep := replay(usual, []change{{from: 12, to: 9, held: 1}, {at: minute, from: 9, to: 8, held: 1}})
	want := store.Crossing{Item: 7, Severity: store.Low, Event: 1, At: start, Due: start.Add(10 * minute),
		Available: 7000, OnHand: 8000, Allocated: 1000, Held: 1000, Minimum: 10000, By: "who1", Job: 201, Movement: 101}
	if ep.Crossing == nil || *ep.Crossing != want {
		t.Errorf("crossing %+v, want %+v", ep.Crossing, want)
	}
	if ep.Item != 7 || ep.Severity != store.Low || !ep.OpenedAt.Equal(start) {
		t.Errorf("episode %+v", ep)
	}
}

func TestJudgeLeavesItsInputAlone(t *testing.T) {
	tr := newTrial(usual)
	tr.happens(change{from: 12, to: 9}.event(1))
	before, ep := tr.state, tr.episodes[store.Scope{Item: 7}]
	crossing := *ep.Crossing
	judge(before, []store.Event{change{at: minute, from: 9, to: 8}.event(2)}, start.Add(minute), usual)
	judge(before, nil, start.Add(hour), usual)
	if after := before.episodes[store.Scope{Item: 7}]; after != ep || *after.Crossing != crossing {
		t.Errorf("what the judge was given became %+v with %+v", after, after.Crossing)
	}
}

func TestJudgeNamesTheItemOfAClosedEpisode(t *testing.T) {
	ep := usual.follow(store.Episode{Item: 7, Place: 2, Severity: store.Low, OpenedAt: start, ToldAt: start}, change{from: 9, to: 15}.event(1))
	if ep.Item != 7 || ep.Severity != "" || ep.Crossing != nil || !ep.ToldAt.Equal(start) {
		t.Errorf("episode %+v, want what was told of item 7", ep)
	}
}
