package jobbertest

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// weatherPage is the data of weather.html.
type weatherPage struct {
	Account    string
	Connected  bool
	HooksOff   bool
	Market     string // where the App Marketplace leads who connects there; "" without a callback
	Problem    string
	Fronts     []weatherFront
	Figures    []figure
	Deliveries []officeDelivery
}

// weatherFront is a front as it stands.
type weatherFront struct {
	Name, Title string
	Knobs       []weatherKnob
}

// weatherKnob is a knob as it stands, or as it was typed when that was refused.
type weatherKnob struct {
	Field, Label, Note, Text, Problem string
	Check                             bool
	Choices                           []string
}

// A figure is one number of the stand-in.
type figure struct{ Name, Value string }

// showWeather is GET /weather.
func (s *Server) showWeather(w http.ResponseWriter, r *http.Request) {
	s.weatherAnswer(w, http.StatusOK, nil, nil)
}

// weatherAnswer answers with the page. typed and wrong are of a form that was refused.
func (s *Server) weatherAnswer(w http.ResponseWriter, status int, typed url.Values, wrong map[string]error) {
	b := s.Behaviour()
	p := weatherPage{Connected: s.grants.connected(), HooksOff: b.Hooks.Off, Figures: s.figures(), Deliveries: s.officeDeliveries()}
	s.mu.RLock()
	if s.urls.callback != "" {
		p.Market = "/api/oauth/authorize?" + url.Values{"response_type": {"code"}, "client_id": {s.opts.ClientID},
			"redirect_uri": {s.urls.callback}}.Encode()
	}
	p.Account = s.st.account.Name
	s.mu.RUnlock()
	for _, f := range weather {
		wf := weatherFront{Name: f.name, Title: f.title}
		for _, k := range f.knobs {
			wk := weatherKnob{Field: k.field, Label: k.label, Note: k.note, Text: k.text(b), Check: k.Check(), Choices: k.choices}
			if err := wrong[k.field]; err != nil {
				wk.Text, wk.Problem = typed.Get(k.field), err.Error()
				p.Problem = "Nothing was switched: look at the fields below."
			}
			wf.Knobs = append(wf.Knobs, wk)
		}
		p.Fronts = append(p.Fronts, wf)
	}
	officePolicy(w)
	showStatus(w, status, "weather.html", p)
}

// setWeather is POST /weather/{front}: the switches of one front, with "clear" a good day, and with
// "webhooks-on" what one does in the Developer Center after Jobber has switched the webhooks off.
func (s *Server) setWeather(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, formLimit)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "The form cannot be read.", http.StatusBadRequest)
		return
	}
	name := r.PathValue("front")
	i := slices.IndexFunc(weather, func(f front) bool { return f.name == name })
	switch {
	case name == "clear":
		s.Behave(func(b *Behaviour) { *b = Behaviour{} })
	case name == "webhooks-on":
		s.Behave(func(b *Behaviour) { b.Hooks.Off = false })
	case i < 0:
		http.NotFound(w, r)
		return
	default:
		if wrong := s.turn(weather[i].knobs, r.PostForm); len(wrong) > 0 {
			s.weatherAnswer(w, http.StatusUnprocessableEntity, r.PostForm, wrong)
			return
		}
	}
	http.Redirect(w, r, "/weather#"+url.PathEscape(name), http.StatusSeeOther)
}

// turn switches some knobs, all or none, and returns what is wrong by field.
func (s *Server) turn(knobs []knob, form url.Values) map[string]error {
	wrong := map[string]error{}
	s.Behave(func(b *Behaviour) {
		next := *b
		for _, k := range knobs {
			text := form.Get(k.field)
			if len(k.choices) > 0 && text != "" && !slices.Contains(k.choices, text) {
				wrong[k.field] = fmt.Errorf("%q is none of the choices", text)
			} else if err := k.set(&next, text); err != nil {
				wrong[k.field] = err
			}
		}
		if len(wrong) == 0 {
			*b = next
		}
	})
	return wrong
}

// switched is how many knobs are not as on a good day.
func (s *Server) switched() int {
	n, b := 0, s.Behaviour()
	for _, f := range weather {
		for _, k := range f.knobs {
			if k.text(b) != "" {
				n++
			}
		}
	}
	return n
}

// figures are what the stand-in counted, and how it stands.
func (s *Server) figures() []figure {
	st, now := s.Stats(), s.now()
	s.mu.RLock()
	bucket := s.buckets.of(s.st.account.ID)
	s.mu.RUnlock()
	fs := []figure{
		{"Requests to the API", fmt.Sprint(st.Requests)},
		{"Points spent", fmt.Sprint(st.Points)},
		{"Points in the bucket", fmt.Sprintf("%d of %d", bucket.available(), s.Behaviour().Bucket.whole().Max)},
		{"Refused for want of points", fmt.Sprint(st.Throttled)},
		{"Operations", cmp.Or(tally(st.Operations), "none")},
		{"Calls of the token endpoint", fmt.Sprint(st.TokenCalls)},
		{"Codes exchanged", fmt.Sprint(st.Exchanges)},
		{"Tokens refreshed", fmt.Sprint(st.Refreshes)},
		{"Access tokens alive", cmp.Or(lifetimes(s.grants.lifetimes(), now), "none")},
	}
	return fs
}

// tally lists counts by name, the largest first.
func tally(counts map[string]int) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	for i, n := range names {
		names[i] = fmt.Sprintf("%s %d", n, counts[n])
	}
	return strings.Join(names, ", ")
}

// lifetimes says how long some tokens have to live.
func lifetimes(ends []time.Time, now time.Time) string {
	text := ""
	for i, end := range ends {
		if i > 0 {
			text += ", "
		}
		text += end.Sub(now).Round(time.Second).String()
	}
	return text
}
