package jobbertest

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// versions are the API versions that were served, oldest first: those of the changelog, then those
// that are not in it and were seen to work.
var versions = []string{
	"2022-05-23", "2022-09-15", "2022-12-07", "2023-03-29", "2023-05-05", "2023-08-18", "2023-11-15",
	"2024-04-17", "2024-06-10", "2024-08-30", "2024-09-12", "2024-09-23", "2024-11-07", "2024-11-12",
	"2024-12-05", "2025-01-20", "2025-04-16",
	"2026-03-10", "2026-04-13", "2026-04-16", "2026-04-22", "2026-05-12", "2026-07-27",
}

// latest is the newest version of the changelog: what Jobber's warnings name.
const latest = "2025-04-16"

// A Support is how far a version is from its end. "" is far.
type Support string

const (
	SupportEnding Support = "near its end"
	SupportEnded  Support = "past its end"
)

// A Headerless is what is done about a request that names no version. What Jobber does is not
// settled; "" is that the newest answers.
type Headerless string

const (
	HeaderlessMissing Headerless = "answers 404"
	HeaderlessRefused Headerless = "answers 400"
)

// Versions is how the versions of the API are served.
type Versions struct {
	Served     string // what answers without a word, whatever was asked for; "" is what was asked for
	Support    Support
	Strict     bool // a version that is not in the list is refused, and never replaced by the next
	Headerless Headerless
}

// served says which version answers a request for another: itself, the next one that there is, or with
// no version named the newest. If none does, refused says so.
func (v Versions) served(asked string) (version string, status int, refused message) {
	unknown := message{fmt.Sprintf("GraphQL API version '%s' does not exist", asked)}
	if asked == "" {
		switch v.Headerless {
		case HeaderlessMissing:
			return "", http.StatusNotFound, unknown
		case HeaderlessRefused:
			return "", http.StatusBadRequest, message{"X-JOBBER-GRAPHQL-VERSION header is required"}
		}
		return versions[len(versions)-1], 0, message{}
	}
	_, err := time.Parse(time.DateOnly, asked)
	i, known := slices.BinarySearch(versions, asked)
	switch {
	case err != nil || i == len(versions) || v.Strict && !known:
		return "", http.StatusNotFound, unknown
	case v.Served != "":
		return v.Served, 0, message{}
	}
	return versions[i], 0, message{}
}

// warning is what Jobber says beside every answer of a version near or past its end.
func (v Versions) warning(version string, now time.Time) string {
	const more = "For more information: https://developer.getjobber.com/docs/using_jobbers_api/api_versioning"
	switch v.Support {
	case SupportEnding:
		return fmt.Sprintf("Support for API version %s is scheduled to stop on %s. Upgrade to the latest version %s before that date. %s",
			version, now.AddDate(0, 2, 0).Format("Jan 2, 2006"), latest, more)
	case SupportEnded:
		return fmt.Sprintf("API Version %s is no longer supported, and will be removed at any time without warning. "+
			"Upgrade to the latest API version %s to ensure your app continues to function. %s", version, latest, more)
	}
	return ""
}
