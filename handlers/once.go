package handlers

import (
	"bytes"
	"html/template"
	"sync"
)

// onceMost is how many pieces are kept: some two megabytes of rows.
const onceMost = 2000

// pieces are rendered views that say the same for the same data. A list is the same rows again and again, and
// rendering one costs more than all else that is done for it.
type pieces struct {
	mu   sync.RWMutex
	html map[piece]template.HTML
}

// A piece is a view and its data, which can be compared and holds all that the view says: no pointers, and
// nothing in the view that tells the time or makes a number up.
type piece struct {
	view string
	data any
}

// once is what views call to show data in another view that they have probably shown before.
func (s *Server) once(view string, data any) (template.HTML, error) {
	key := piece{view, data}
	s.pieces.mu.RLock()
	html, ok := s.pieces.html[key]
	s.pieces.mu.RUnlock()
	if ok {
		return html, nil
	}
	var out bytes.Buffer
	if err := s.views.Render(&out, view, data); err != nil {
		return "", err
	}
	html = template.HTML(out.String())
	s.pieces.mu.Lock()
	defer s.pieces.mu.Unlock()
	if s.pieces.html == nil || len(s.pieces.html) >= onceMost {
		s.pieces.html = map[piece]template.HTML{} // all anew: what is asked for comes back by itself
	}
	s.pieces.html[key] = html
	return html, nil
}
