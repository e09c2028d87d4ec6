package jobbertest

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

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
	case act == "disconnect":
		http.Redirect(w, r, "/weather", http.StatusSeeOther)
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
	case "customer":
		return s.RenameClient(f.Get("client"), f.Get("first"), f.Get("last"), f.Get("company"))
	case "address":
		return s.MoveProperty(f.Get("property"), f.Get("street"), f.Get("city"))
	case "unvisit":
		return s.DeleteVisit(f.Get("visit"))
	case "disconnect":
		s.Disconnect()
		return nil
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
