package jobbertest

import (
	"cmp"
	"slices"
	"time"
)

// Hooks say how webhooks are sent.
type Hooks struct {
	Off          bool          // none are sent; set by the stand-in itself when DisableAfter says so
	OldSpelling  bool          // "occuredAt", as apps made before December 2023 get it
	Offsets      bool          // times have an offset of six hours, and no Z
	Copies       int           // each is sent this many times more
	Reversed     bool          // those of one act are sent last first
	Delay        time.Duration // before each is sent
	QuietLines   bool          // a change of a job's lines is not told of
	Tries        int           // of one webhook that is not taken; 3 when 0
	DisableAfter int           // slow or failing answers in a row: all webhooks are off then, and nobody is told; 0: never
	SlowAfter    time.Duration // what counts as slow; 1 s when 0
}

func (h Hooks) tries() int { return cmp.Or(h.Tries, 3) }

func (h Hooks) slowAfter() time.Duration { return cmp.Or(h.SlowAfter, time.Second) }

// order returns what is sent of what happened in one act.
func (h Hooks) order(happened []occurrence) []occurrence {
	var out []occurrence
	for _, o := range happened {
		out = append(out, slices.Repeat([]occurrence{o}, 1+h.Copies)...)
	}
	if h.Reversed {
		slices.Reverse(out)
	}
	return out
}

// body is the event as the app gets it.
func (h Hooks) body(topic, app, account, item string, at time.Time) []byte {
	if h.Offsets {
		at = at.In(time.FixedZone("", -6*60*60))
	}
	if h.OldSpelling {
		return marshalEvent(topic, app, account, item, "", at.Format(time.RFC3339))
	}
	return marshalEvent(topic, app, account, item, at.Format(time.RFC3339), "")
}

// Tell sends a webhook of any account, as one address gets those of every account that has the app.
func (s *Server) Tell(topic, account, item string) {
	how, at := s.manner.is().Hooks, s.now()
	url := s.center().webhook
	if url == "" || how.Off {
		return
	}
	for _, o := range how.order([]occurrence{{topic, item}}) {
		s.hooks.send(url, o, how.body(o.topic, s.opts.ClientID, account, o.item, at), how.Delay)
	}
}

// answered counts slow and failing answers, and switches all webhooks off when they are too many.
func (h *hooks) answered(took time.Duration, ok bool) {
	how := h.manner.is().Hooks
	h.mu.Lock()
	if ok && took < how.slowAfter() {
		h.bad = 0
	} else {
		h.bad++
	}
	off := how.DisableAfter > 0 && h.bad >= how.DisableAfter
	if off {
		h.bad = 0
	}
	h.mu.Unlock()
	if off {
		h.manner.change(func(b *Behaviour) { b.Hooks.Off = true })
	}
}
