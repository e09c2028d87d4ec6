package handlers

import (
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// apiSetting is the data of setting/api: which version of Jobber's API answers, and what it lacks.
type apiSetting struct {
	store.APIStatus
	Age     string   // of the version that answers: "7 months"; "" for one that is no date
	Missing []string // in words
}

// Other says that Jobber answers with another version than asked for.
func (v apiSetting) Other() bool { return v.Served != "" && v.Served != v.Asked }

func (s *Server) apiSetting(c *fiber.Ctx) (apiSetting, error) {
	st, err := s.Store.APIStatus(c.UserContext())
	v := apiSetting{APIStatus: st}
	if at, bad := time.Parse(time.DateOnly, st.Served); bad == nil {
		v.Age = ageInMonths(at, s.Store.Now())
	}
	for _, m := range st.Missing {
		v.Missing = append(v.Missing, fmt.Sprintf("%s, since %s", m.Name, s.showWhen(m.Since)))
	}
	return v, err
}

// ageInMonths is how old a version is. Jobber supports one for a year and serves it for half a year more.
func ageInMonths(from, now time.Time) string {
	months := (now.Year()-from.Year())*12 + int(now.Month()-from.Month())
	if now.Day() < from.Day() {
		months--
	}
	return plural(max(months, 0), "month", "months")
}
