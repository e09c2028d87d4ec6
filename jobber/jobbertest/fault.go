package jobbertest

import "net/http"

// A TokenFault is what is wrong with the token endpoint. "" is nothing.
type TokenFault string

const (
	TokenDown     TokenFault = "answers 503"
	TokenBusy     TokenFault = "answers 429"
	TokenHangs    TokenFault = "never answers"           // until the app has had enough
	TokenCut      TokenFault = "cuts the line"           // before anything has happened
	TokenLost     TokenFault = "loses the answer"        // after the tokens were rotated
	TokenHalf     TokenFault = "answers half"            // likewise; status 200
	TokenStranger TokenFault = "does not know the app"   // its id and secret match no application
	TokenInactive TokenFault = "account is not active"   // flat JSON, status 401
	TokenGone     TokenFault = "user has disconnected"   // likewise
	TokenBlocked  TokenFault = "temporarily unavailable" // likewise, status 403
)

// An AccessFault is what the GraphQL endpoint says to every token. "" is nothing.
type AccessFault string

const (
	AccessGone     AccessFault = "user has disconnected"
	AccessInactive AccessFault = "account is not active"
	AccessBlocked  AccessFault = "temporarily unavailable"
	AccessUnknown  AccessFault = "token not recognized"
)

// What Jobber says outside of GraphQL, as JSON.
const (
	textGone    = "User has disconnected this app from their account. Please delete this token"
	textStopped = "This account is not active"
	textBlocked = "Service temporarily unavailable"
)

// inactive is how Jobber reports an account that is not active: in another shape than its other messages.
type inactive struct {
	Error message `json:"error"`
}

// tokenFault answers in the token endpoint's place if a fault is on that comes before everything else.
func (s *Server) tokenFault(w http.ResponseWriter, r *http.Request, f TokenFault) bool {
	switch f {
	case TokenDown:
		plain(w, http.StatusServiceUnavailable, "Service Unavailable")
	case TokenBusy:
		plain(w, http.StatusTooManyRequests, "Too Many Requests")
	case TokenHangs:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case TokenCut:
		panic(http.ErrAbortHandler)
	case TokenStranger:
		plain(w, http.StatusUnauthorized, textBadClient)
	case TokenInactive:
		writeJSON(w, http.StatusUnauthorized, inactive{message{textStopped}})
	case TokenGone:
		writeJSON(w, http.StatusUnauthorized, message{textGone})
	case TokenBlocked:
		writeJSON(w, http.StatusForbidden, message{textBlocked})
	default:
		return false
	}
	return true
}

// accessFault answers a query that came with a token if one is on, or if the connection was ended. Its
// status is not documented: it can be set.
func (s *Server) accessFault(w http.ResponseWriter, how Behaviour, ended bool) bool {
	f, status := how.Access, how.AccessStatus
	if ended {
		f = AccessGone
	}
	if status < 200 || status > 599 {
		status = http.StatusUnauthorized
	}
	switch f {
	case AccessGone:
		writeJSON(w, status, message{textGone})
	case AccessInactive:
		writeJSON(w, status, inactive{message{textStopped}})
	case AccessBlocked:
		writeJSON(w, status, message{textBlocked})
	case AccessUnknown:
		writeJSON(w, http.StatusUnauthorized, message{"Token not recognized"})
	default:
		return false
	}
	return true
}
