package alerts

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"lwc-inventory/store"
)

// A world is some items, people and weeks in which anything may happen, shown to the judge and held against a model of
// what people are owed. The model knows no windows' insides: only levels, when they crossed, and what was told.
type world struct {
	t      testing.TB
	script []byte // what happens; when it is used up the world ends
	rules
	state
	now    time.Time
	events store.EventID
	spots  []*spot
	mutes  map[store.ItemID]store.Mute
	trace  []string
}

// A spot is one scope, and what the model knows of it.
type spot struct {
	of         store.Scope
	level, min int  // in units
	low        bool // after what happened last
	episode    int  // raised whenever there is enough
	crossed    time.Time
	muted      bool // at some moment since it crossed
	lastTold   time.Time
	early      bool // it crossed to low sooner than allowed after lastTold
	told       map[string]int
}

func (s *spot) severity() store.Severity {
	return store.Level{OnHand: store.Qty(s.level)}.Severity(store.Qty(s.min))
}

// The people of a world. The last one changes their mind.
const (
	wantsAll, wantsDigest, wantsOut, fickle = store.UserID(1), store.UserID(2), store.UserID(3), store.UserID(4)
)

func newWorld(t testing.TB, script []byte) *world {
	w := &world{t: t, script: script, now: start, mutes: map[store.ItemID]store.Mute{},
		rules: rules{low: 10 * minute, out: 2 * minute, recross: 24 * hour, digest: seven, loc: time.UTC},
		state: state{episodes: map[store.Scope]store.Episode{}}}
	for _, of := range []store.Scope{{Item: 1}, {Item: 1, Place: 9}, {Item: 2}} {
		w.spots = append(w.spots, &spot{of: of, level: 20, min: 10, told: map[string]int{}})
	}
	for id, choice := range []store.AlertChoice{store.AlertAll, store.AlertDigest, store.AlertOut, store.AlertAll} {
		u := reader
		u.ID, u.Alerts = store.UserID(id+1), choice
		w.people = append(w.people, u)
	}
	return w
}

// roll returns the next number below n of the script.
func (w *world) roll(n int) int {
	if len(w.script) == 0 {
		return 0
	}
	b := w.script[0]
	w.script = w.script[1:]
	return int(b) % n
}

func (w *world) run() {
	for len(w.script) > 0 && !w.t.Failed() {
		switch w.roll(12) {
		case 0, 1, 2, 3, 4:
			w.move(w.spots[w.roll(3)], store.CauseAct)
		case 5:
			w.move(w.spots[w.roll(3)], store.CauseSync)
		case 6:
			s := w.spots[w.roll(3)]
			s.min = []int{0, 5, 10, 25}[w.roll(4)]
			w.happen(s, s.level, store.CauseOpening)
		case 7:
			w.mute()
		case 8:
			u := &w.people[fickle-1]
			u.ReceiveAlerts, u.Active = w.roll(3) > 0, w.roll(3) > 0
			u.Alerts = []store.AlertChoice{store.AlertAll, store.AlertDigest, store.AlertOut}[w.roll(3)]
		case 9:
			w.restart()
		case 10: // the machine is off: nobody looks meanwhile
			w.now = w.now.Add(time.Duration(w.roll(256)) * 20 * minute)
			w.look(w.now)
		default:
			units := []time.Duration{time.Second, minute, 10 * minute, hour}
			w.pass(w.now.Add(time.Duration(w.roll(256)) * units[w.roll(4)]))
		}
	}
}

// move books or syncs another level.
func (w *world) move(s *spot, cause store.Cause) {
	to := w.roll(30) - 3
	if to == s.level {
		return
	}
	w.happen(s, to, cause)
}

// happen makes an event of a level, unless there was enough and still is, as the store does, and keeps the model's books.
func (w *world) happen(s *spot, to int, cause store.Cause) {
	w.events++
	from := s.level
	before := store.Level{OnHand: store.Qty(from)}
	was := before.Severity(store.Qty(s.min))
	s.level = to
	is := s.severity()
	ev := store.Event{ID: w.events, Kind: store.LevelChanged, Item: s.of.Item, Place: s.of.Place, At: w.now, Cause: cause,
		Before: before, After: store.Level{OnHand: store.Qty(to)}, Minimum: store.Qty(s.min)}
	if s.of.Place != 0 {
		ev.Kind = store.SpotChanged
	}
	w.note("%v: %d→%d of %d, %s", s.of, from, to, s.min, cause)
	switch {
	case is == "":
		s.episode++
		s.crossed = time.Time{}
	case cause != store.CauseOpening && worse(is, was):
		if was == "" {
			s.early = !s.lastTold.IsZero() && w.now.Before(s.lastTold.Add(w.recross))
		}
		s.crossed, s.muted = w.now, w.quiet(s)
	case is != was: // softened, or an opening: nothing is owed
		s.crossed = time.Time{}
	}
	wasLow := s.low
	if s.low = is != ""; !s.low && !wasLow {
		return
	}
	var mails []store.Mail
	w.state, mails = judge(w.state, []store.Event{ev}, w.now, w.rules)
	if len(mails) > 0 {
		w.t.Errorf("an event was told at once: %+v", mails)
	}
}

func (w *world) quiet(s *spot) bool { return w.mutes[s.of.Item].Quiet(store.DateOf(w.now)) }

func (w *world) mute() {
	item := store.ItemID(1 + w.roll(2))
	m := store.Mute{Item: item, Version: 1}
	date := store.DateOf(w.now.AddDate(0, 0, w.roll(5)))
	switch w.roll(4) {
	case 0:
		m.Snooze = &store.Snooze{Until: date}
	case 1:
		m.Snooze = &store.Snooze{}
	case 2:
		m.Order = &store.OnOrder{Qty: 9, Left: 9, Due: date}
	}
	w.mutes[item] = m
	w.note("item %d: snooze %+v, order %+v", item, m.Snooze, m.Order)
	for _, s := range w.spots {
		s.muted = s.muted || w.quiet(s)
	}
}

// restart keeps only what is written down.
func (w *world) restart() {
	var kept []store.Episode
	for _, ep := range w.episodes {
		kept = append(kept, ep)
	}
	data, err := json.Marshal(kept)
	if err != nil {
		w.t.Fatal(err)
	}
	var back []store.Episode
	if err := json.Unmarshal(data, &back); err != nil {
		w.t.Fatal(err)
	}
	w.episodes = map[store.Scope]store.Episode{}
	for _, ep := range back {
		w.episodes[ep.Scope()] = ep
	}
}

// pass lets time pass; the judge looks whenever it asked to, and at midnights, so that the model sees mutes end.
func (w *world) pass(until time.Time) {
	for {
		next := until
		for _, ep := range w.episodes {
			if ep.Crossing != nil && ep.Crossing.Due.Before(next) {
				next = ep.Crossing.Due
			}
		}
		if _, digest := w.digestDay(w.mark.Day, w.now); digest.Before(next) {
			next = digest
		}
		if next.Before(w.now) {
			next = w.now
		}
		w.now = next
		w.look(next)
		if next.Equal(until) {
			return
		}
	}
}

// look shows the judge that it is now, and checks what it says.
func (w *world) look(now time.Time) {
	w.facts = map[store.ItemID]fact{1: {mute: w.mutes[1]}, 2: {mute: w.mutes[2]}}
	w.standing = &store.Standing{}
	for _, s := range w.spots {
		row := store.LowRow{Item: store.Item{ID: s.of.Item}, Place: store.Place{ID: s.of.Place}, Severity: s.severity(),
			Level: store.Level{OnHand: store.Qty(s.level)}, Minimum: store.Qty(s.min), Mute: w.mutes[s.of.Item]}
		if row.Severity != "" {
			w.standing.Low = append(w.standing.Low, row)
		}
		w.standing.About = append(w.standing.About, row)
		s.muted = s.muted || w.quiet(s)
	}
	var mails []store.Mail
	w.state, mails = judge(w.state, nil, now, w.rules)
	for _, m := range mails {
		if u := w.people[m.To-1]; unreachable(u) != "" || len(wanted(m, u, nil).Crossings) != len(m.Crossings) {
			w.fail("mailed to %d what they do not want", m.To)
		}
		for _, c := range m.Crossings {
			w.heard(m.To, c)
		}
		if m.Digest != nil {
			w.read(*m.Digest)
		}
	}
	for _, m := range mails {
		for _, c := range m.Crossings {
			w.spot(c.Scope()).lastTold = now
		}
	}
	for _, s := range w.spots {
		w.owed(s)
	}
}

// heard checks one thing that a person is told at once.
func (w *world) heard(who store.UserID, c store.Crossing) {
	s := w.spot(c.Scope())
	key := func(sev store.Severity) string { return fmt.Sprint(who, s.episode, sev) }
	w.note("told %d: %v is %s", who, s.of, c.Severity)
	s.told[key(c.Severity)]++
	switch {
	case s.told[key(c.Severity)] > 1:
		w.fail("%d hears of episode %d of %v being %s again", who, s.episode, s.of, c.Severity)
	case c.Severity == store.Low && s.told[key(store.Out)] > 0:
		w.fail("%d hears that %v is low after hearing that it is out", who, s.of)
	case c.Severity != s.severity():
		w.fail("%d hears that %v is %s, and it is %q", who, s.of, c.Severity, s.severity())
	case c.Severity == store.Low && w.quiet(s):
		w.fail("%d hears that %v is low, which is muted", who, s.of)
	case c.Severity == store.Low && !s.lastTold.IsZero() && c.At.Before(s.lastTold.Add(w.recross)):
		w.fail("%d hears that %v is low again at once", who, s.of)
	case c.Available != store.Qty(s.level):
		w.fail("%d reads %v of %v, and it is %d", who, c.Available, s.of, s.level)
	}
}

// owed checks that nobody misses what they should have heard by now.
func (w *world) owed(s *spot) {
	if s.crossed.IsZero() || w.now.Before(s.crossed.Add(w.window(s.severity()))) {
		return
	}
	heard := func(who store.UserID, sev store.Severity) bool { return s.told[fmt.Sprint(who, s.episode, sev)] > 0 }
	switch s.severity() {
	case store.Out:
		if !heard(wantsAll, store.Out) || !heard(wantsOut, store.Out) {
			w.fail("nobody hears that %v is out since %v", s.of, s.crossed)
		}
	case store.Low:
		if !heard(wantsAll, store.Low) && !s.muted && !s.early {
			w.fail("nobody hears that %v is low since %v", s.of, s.crossed)
		}
	}
}

// read checks that a digest, of who wants to know all, names what is out or low and not snoozed, and nothing else.
func (w *world) read(d store.Digest) {
	named := map[store.Scope]store.Severity{}
	for _, of := range scopesOf(d) {
		named[of] = store.Low
	}
	for _, c := range d.Out {
		named[c.Scope()] = store.Out
	}
	for _, s := range w.spots {
		want := s.severity()
		if want == store.Low && w.mutes[s.of.Item].Snoozed(store.DateOf(w.now)) {
			want = ""
		}
		if named[s.of] != want {
			w.fail("the digest says that %v is %q, and it is %q", s.of, named[s.of], want)
		}
	}
}

func (w *world) spot(of store.Scope) *spot {
	for _, s := range w.spots {
		if s.of == of {
			return s
		}
	}
	w.t.Fatalf("nothing is known of %v", of)
	return nil
}

func (w *world) note(format string, args ...any) {
	w.trace = append(w.trace, w.now.Format("Mon 2 15:04:05 ")+fmt.Sprintf(format, args...))
}

func (w *world) fail(format string, args ...any) {
	w.t.Helper()
	w.note("WRONG: "+format, args...)
	for _, line := range w.trace[max(0, len(w.trace)-25):] {
		w.t.Log(line)
	}
	w.t.FailNow()
}

// Never two messages for one episode, severity and person; never one lost that was due; and out is never muted.
func TestJudgeAgainstModel(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 7))
		script := make([]byte, 300)
		for i := range script {
			script[i] = byte(r.Uint32())
		}
		newWorld(t, script).run()
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func FuzzJudge(f *testing.F) {
	f.Add([]byte{0, 0, 8, 11, 20, 1, 0, 0, 2, 11, 20, 1})
	f.Add([]byte{7, 0, 0, 0, 0, 1, 0, 11, 200, 3, 9, 10, 90, 0, 1, 20})
	f.Fuzz(func(t *testing.T, script []byte) { newWorld(t, script[:min(len(script), 4000)]).run() })
}
