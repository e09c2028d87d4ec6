package jobbertest

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// formTime is how date and time fields of forms write a time.
const formTime = "2006-01-02T15:04"

// officePage is the data of office.html: the list of jobs, or one of them.
type officePage struct {
	Account    string
	Problem    string
	Connected  bool
	Switched   int // switches of the weather that are on
	Days       []officeDay
	Job        *officeJob
	Products   []string // names, for the line that is added
	Deliveries []officeDelivery
}

// officeDay is the jobs that begin on one day.
type officeDay struct {
	Title string
	Jobs  []officeJob
}

// officeJob is a job with what the page shows around it.
type officeJob struct {
	Job
	State   Status
	Client  string
	Address string
	When    string
	Start   string // for the form; likewise End
	End     string
	Owners  []officeLines
	Whom    Client
	Where   Property
	Planned []officeVisit
}

// officeVisit is a visit as the page shows it.
type officeVisit struct{ ID, Text string }

// officeLines are the lines of the job, or of one of its visits.
type officeLines struct {
	Owner string
	Title string
	Lines []LineItem
}

// officeDelivery is a webhook with the job it is about, as far as one can tell.
type officeDelivery struct {
	Delivery
	About, When, Fate string
}

// showOffice is GET /: all jobs, or with ?job=ID one of them.
func (s *Server) showOffice(w http.ResponseWriter, r *http.Request) {
	s.officeAnswer(w, http.StatusOK, r.URL.Query().Get("job"), "")
}

func (s *Server) officeAnswer(w http.ResponseWriter, status int, job, problem string) {
	jobs, now := s.Jobs(), s.now()
	p := officePage{Problem: problem, Connected: s.grants.connected(), Switched: s.switched(), Deliveries: s.officeDeliveries()}
	s.mu.RLock()
	p.Account = s.st.account.Name
	for _, pr := range s.st.products {
		p.Products = append(p.Products, pr.Name)
	}
	shown := make([]officeJob, len(jobs))
	for i, j := range jobs {
		shown[i] = s.st.officeJob(j, now)
		if j.ID == job {
			p.Job = &shown[i]
		}
	}
	s.mu.RUnlock()
	if job != "" && p.Job == nil && problem == "" {
		status, p.Problem = http.StatusNotFound, "There is no such job any more."
	}
	if p.Job == nil {
		p.Days = byDay(shown, now)
	}
	officePolicy(w)
	showStatus(w, status, "office.html", p)
}

// officePolicy allows a page of the office no script and no other site.
func officePolicy(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
}

// officeDeliveries are the last webhooks, the newest first.
func (s *Server) officeDeliveries() []officeDelivery {
	about, now := map[string]string{}, s.now()
	for _, j := range s.Jobs() {
		about[j.ID] = "job " + strconv.Itoa(j.Number)
		for _, v := range j.Visits {
			about[v.ID] = about[j.ID]
		}
	}
	var out []officeDelivery
	for _, d := range s.Deliveries() {
		out = append(out, officeDelivery{d, about[d.ItemID], d.At.In(now.Location()).Format("15:04:05"), fate(d)})
	}
	return out
}

// officeJob adds what the page shows. Names that lead nowhere are shown as they are.
func (st *state) officeJob(j Job, now time.Time) officeJob {
	o := officeJob{Job: j, State: j.StatusAt(now), Client: j.ClientID, When: "no date"}
	if c := st.clients[j.ClientID]; c != nil {
		o.Client, o.Whom = c.name(), *c
	}
	if p := st.properties[j.PropertyID]; p != nil {
		o.Where = *p
		o.Address = strings.TrimSpace(p.Street1+" "+p.Street2) + ", " + p.City
	}
	if j.StartAt != nil {
		start := j.StartAt.In(now.Location())
		end := orTime(j.EndAt, *j.StartAt).In(now.Location())
		o.When = start.Format("Mon 2 Jan 15:04")
		o.Start, o.End = start.Format(formTime), end.Format(formTime)
	}
	for i, v := range j.Visits {
		o.Planned = append(o.Planned, officeVisit{v.ID, visitText(i, v, now)})
	}
	o.Owners = []officeLines{{j.ID, "Materials of the job", j.Lines}}
	if j.Billing == VisitBased {
		o.Owners[0].Title = "Lines of the job (it is billed by visit)"
		for i, v := range j.Visits {
			o.Owners = append(o.Owners, officeLines{v.ID, visitText(i, v, now), v.Lines})
		}
	}
	return o
}

// visitText names the visit at an index.
func visitText(i int, v Visit, now time.Time) string {
	text := fmt.Sprintf("Visit %d", i+1)
	if v.StartAt != nil {
		text += ", " + v.StartAt.In(now.Location()).Format("Mon 2 Jan 15:04")
	}
	if v.CompletedAt != nil {
		text += ", done"
	}
	return text
}

// byDay groups jobs, which come by their start: open ones by day from the earliest, closed ones last.
func byDay(jobs []officeJob, now time.Time) []officeDay {
	var days []officeDay
	done := officeDay{Title: "Closed"}
	for _, j := range jobs {
		if j.Closed() {
			done.Jobs = append(done.Jobs, j)
			continue
		}
		title := "No date"
		if j.StartAt != nil {
			title = dayTitle(*j.StartAt, now)
		}
		if n := len(days); n == 0 || days[n-1].Title != title {
			days = append(days, officeDay{Title: title})
		}
		last := &days[len(days)-1]
		last.Jobs = append(last.Jobs, j)
	}
	if len(done.Jobs) > 0 {
		days = append(days, done)
	}
	return days
}

func dayTitle(t, now time.Time) string {
	day, today := dayOf(t, now.Location()), dayOf(now, now.Location())
	switch {
	case day.Before(today):
		return "Earlier, still open"
	case day.Equal(today):
		return "Today, " + day.Format("Mon 2 Jan")
	case day.Equal(today.AddDate(0, 0, 1)):
		return "Tomorrow, " + day.Format("Mon 2 Jan")
	default:
		return day.Format("Mon 2 Jan")
	}
}

// fate says in words what became of a webhook.
func fate(d Delivery) string {
	switch {
	case !d.Done && d.Tries == 0:
		return "on its way"
	case !d.Done:
		return fmt.Sprintf("trying again after %s", cmp.Or(d.Err, strconv.Itoa(d.Status)))
	case d.Delivered():
		return fmt.Sprintf("answered %d in %d ms", d.Status, d.Took.Milliseconds())
	case d.Err != "":
		return "given up: " + d.Err
	default:
		return fmt.Sprintf("given up: answered %d", d.Status)
	}
}
