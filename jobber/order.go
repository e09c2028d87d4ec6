package jobber

import "sync"

// An order keeps an older reading of a job from overwriting a newer one, while sweeps and webhooks read
// at the same time: what was read may be stored only if nobody stored that job since the reading
// began. Otherwise it is read again.
type order struct {
	mu     sync.Mutex
	tick   uint64
	open   map[uint64]bool   // when the readings that are under way began
	stored map[string]uint64 // when a job was stored last; only as long as a reading may ask
}

func newOrder() *order { return &order{open: map[uint64]bool{}, stored: map[string]uint64{}} }

// begin notes that somebody begins to read; the caller calls end with what it returns.
func (o *order) begin() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tick++
	o.open[o.tick] = true
	return o.tick
}

func (o *order) end(began uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.open, began)
	oldest := o.tick
	for at := range o.open {
		oldest = min(oldest, at)
	}
	for id, at := range o.stored {
		if at <= oldest {
			delete(o.stored, id)
		}
	}
}

// overtaken reports whether somebody stored a job since a reading began.
func (o *order) overtaken(began uint64, id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.stored[id] > began
}

// note says that jobs were stored just now.
func (o *order) note(ids []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tick++
	for _, id := range ids {
		o.stored[id] = o.tick
	}
}
