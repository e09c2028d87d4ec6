package jobbertest

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
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
}

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
	p := officePage{Problem: problem, Connected: s.grants.connected()}
	s.mu.RLock()
	p.Account = s.st.account.Name
	for _, pr := range s.st.products {
		p.Products = append(p.Products, pr.Name)
	}
	about := map[string]string{}
	shown := make([]officeJob, len(jobs))
	for i, j := range jobs {
		shown[i] = s.st.officeJob(j, now)
		about[j.ID] = "job " + strconv.Itoa(j.Number)
		for _, v := range j.Visits {
			about[v.ID] = about[j.ID]
		}
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
	for _, d := range s.Deliveries() {
		p.Deliveries = append(p.Deliveries,
			officeDelivery{d, about[d.ItemID], d.At.In(now.Location()).Format("15:04:05"), fate(d)})
	}
	w.Header().Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	showStatus(w, status, "office.html", p)
}

// officeJob adds what the page shows. Names that lead nowhere are shown as they are.
func (st *state) officeJob(j Job, now time.Time) officeJob {
	o := officeJob{Job: j, State: j.StatusAt(now), Client: j.ClientID, When: "no date"}
	if c := st.clients[j.ClientID]; c != nil {
		o.Client = c.name()
	}
	if p := st.properties[j.PropertyID]; p != nil {
		o.Address = strings.TrimSpace(p.Street1+" "+p.Street2) + ", " + p.City
	}
	if j.StartAt != nil {
		start := j.StartAt.In(now.Location())
		end := orTime(j.EndAt, *j.StartAt).In(now.Location())
		o.When = start.Format("Mon 2 Jan 15:04")
		o.Start, o.End = start.Format(formTime), end.Format(formTime)
	}
	o.Owners = []officeLines{{j.ID, "Materials of the job", j.Lines}}
	if j.Billing == VisitBased {
		o.Owners[0].Title = "Lines of the job (it is billed by visit)"
		for i, v := range j.Visits {
			title := fmt.Sprintf("Visit %d", i+1)
			if v.StartAt != nil {
				title += ", " + v.StartAt.In(now.Location()).Format("Mon 2 Jan 15:04")
			}
			o.Owners = append(o.Owners, officeLines{v.ID, title, v.Lines})
		}
	}
	return o
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

// office is POST /office/{act}: one thing the office does to a job.
func (s *Server) office(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, formLimit)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "The form cannot be read.", http.StatusBadRequest)
		return
	}
	act, job := r.PathValue("act"), r.PostForm.Get("job")
	err := s.officeAct(act, job, r.PostForm)
	switch {
	case errors.Is(err, errNoAct):
		http.NotFound(w, r)
	case err != nil:
		s.officeAnswer(w, http.StatusUnprocessableEntity, job, err.Error())
	case act == "delete":
		http.Redirect(w, r, "/", http.StatusSeeOther)
	default:
		http.Redirect(w, r, "/?job="+url.QueryEscape(job), http.StatusSeeOther)
	}
}

var errNoAct = errors.New("the office does no such thing")

func (s *Server) officeAct(act, job string, f url.Values) error {
	switch act {
	case "quantity":
		q, err := strconv.ParseFloat(f.Get("quantity"), 64)
		if err != nil {
			return fmt.Errorf("%q is no quantity", f.Get("quantity"))
		}
		return s.SetLineQuantity(f.Get("owner"), f.Get("line"), q)
	case "add":
		return s.officeAdd(f)
	case "remove":
		return s.RemoveLine(f.Get("owner"), f.Get("line"))
	case "reschedule":
		return s.officeReschedule(job, f)
	case "close":
		return s.CloseJob(job)
	case "reopen":
		return s.ReopenJob(job)
	case "delete":
		return s.DeleteJob(job)
	default:
		return errNoAct
	}
}

// officeAdd adds the line that was typed: the product of that name, or else free text.
func (s *Server) officeAdd(f url.Values) error {
	q, err := strconv.ParseFloat(f.Get("quantity"), 64)
	if err != nil {
		return fmt.Errorf("%q is no quantity", f.Get("quantity"))
	}
	l := LineItem{Name: strings.TrimSpace(f.Get("name")), Quantity: q}
	s.mu.RLock()
	for _, p := range s.st.products {
		if strings.EqualFold(p.Name, l.Name) {
			l.ProductID = p.ID
		}
	}
	s.mu.RUnlock()
	_, err = s.AddLine(f.Get("owner"), l)
	return err
}

func (s *Server) officeReschedule(job string, f url.Values) error {
	loc := s.now().Location()
	start, err := time.ParseInLocation(formTime, f.Get("start"), loc)
	if err != nil {
		return errors.New("the start needs a date and a time")
	}
	end, err := time.ParseInLocation(formTime, f.Get("end"), loc)
	if err != nil {
		return errors.New("the end needs a date and a time")
	}
	return s.Reschedule(job, start, end)
}
