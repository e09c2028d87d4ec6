package jobbertest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// queryLimit is far above any query's size.
const queryLimit = 1 << 20

const rateLimitDocs = "https://developer.getjobber.com/docs/using_jobbers_api/api_rate_limits"

// request is the body of a GraphQL request.
type request struct {
	Query     string         `json:"query"`
	Variables map[string]any `json:"variables"`
	Operation string         `json:"operationName"`
}

// answer is the body of a GraphQL response. Data is a pointer, because null and absent differ.
type answer struct {
	Data       *any          `json:"data,omitempty"`
	Errors     gqlerror.List `json:"errors,omitempty"`
	Extensions *extensions   `json:"extensions,omitempty"`
}

type extensions struct {
	Cost       *costReport `json:"cost"`
	Versioning versioning  `json:"versioning"`
}

type versioning struct {
	Version string `json:"version"`
	Warning string `json:"warning,omitempty"`
}

// message is how Jobber reports what never got as far as GraphQL.
type message struct {
	Message string `json:"message"`
}

// graphql is POST /api/graphql.
func (s *Server) graphql(w http.ResponseWriter, r *http.Request) {
	s.count(func(st *Stats) { st.Requests++ })
	how := s.manner.is()
	hit := s.traffic.hit(how.API)
	late(r, how.API.Latency)
	if hit && s.apiFault(w, r, how.API.Fault) {
		return
	}
	typ, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || typ != "application/json" {
		writeJSON(w, http.StatusUnsupportedMediaType, message{"Content-Type must be application/json"})
		return
	}
	token, signedIn := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	var account string
	if signedIn {
		var worth tokenState
		account, worth = s.grants.check(token)
		if s.accessFault(w, how, worth == tokenDisconnected) {
			return
		}
		if worth == tokenUnknown {
			writeJSON(w, http.StatusUnauthorized, message{"Token not recognized"})
			return
		}
	}
	asked := r.Header.Get("X-JOBBER-GRAPHQL-VERSION")
	version, status, refused := how.API.Version.served(asked)
	if status != 0 {
		writeJSON(w, status, refused)
		return
	}
	if s.traffic.over(account, how.API.Most, s.now()) {
		plain(w, http.StatusTooManyRequests, "Too Many Requests")
		return
	}
	var req request
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, queryLimit))
	dec.UseNumber()
	doc, err := decodeQuery(dec, &req)
	if err != nil {
		writeJSON(w, http.StatusBadRequest, message{"Invalid query"}) // the status is not documented
		return
	}
	var ans answer
	if hit && how.API.Fault == APIThrottled {
		ans = s.throttled(account, s.buckets.of(account).available()+1)
	} else {
		ans = s.answer(doc, req, account, how.API.Gone)
	}
	if ans.Extensions != nil {
		ans.Extensions.Versioning = versioning{version, how.API.Version.warning(version, s.now())}
	}
	writeAnswer(w, ans, hit && how.API.Fault == APIHalf)
}

func decodeQuery(dec *json.Decoder, req *request) (*ast.QueryDocument, error) {
	if err := dec.Decode(req); err != nil {
		return nil, err
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: req.Query})
	if err == nil && len(doc.Operations) == 0 {
		return nil, errors.New("no operation")
	}
	return doc, err
}

// answer checks a query and runs it for an account; "" is who came without a token.
func (s *Server) answer(doc *ast.QueryDocument, req request, account string, gone []string) answer {
	if errs := validate(s.schema, doc, gone); len(errs) > 0 {
		return s.refusal(account, errs)
	}
	op := doc.Operations.ForName(req.Operation)
	if op == nil || req.Operation == "" && len(doc.Operations) > 1 {
		return s.refusal(account, gqlerror.List{gqlerror.Errorf("An operation name is required")})
	}
	if account == "" {
		return unauthenticated(op)
	}
	vars, errs := coerceVariables(s.schema, op, req.Variables)
	if len(errs) > 0 {
		return s.refusal(account, errs)
	}
	if ans, hidden := withoutScope(op, s.manner.is().Hidden); hidden {
		return ans
	}
	requested := requestedCost(op.SelectionSet, vars)
	bucket := s.buckets.of(account)
	if requested > bucket.available() {
		return s.throttled(account, requested)
	}
	data, cost, err := s.execute(account, op, vars)
	left := bucket.take(cost)
	s.count(func(st *Stats) {
		st.Points += cost
		st.Operations[operationName(op)]++
	})
	ans := answer{Data: &data, Extensions: &extensions{Cost: bucket.report(requested, cost, left)}}
	if e, ok := errors.AsType[*gqlerror.Error](err); ok {
		ans.Errors = gqlerror.List{e}
	} else if err != nil {
		ans.Errors = gqlerror.List{{Message: err.Error()}}
	}
	return ans
}

// execute runs an operation on the data as it is now; on an error there is no data at all.
func (s *Server) execute(account string, op *ast.OperationDefinition, vars map[string]any) (any, int, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	st := s.account(account)
	x := &execution{
		schema: s.schema, st: st, now: s.now(), user: st.admin(), vars: vars,
		disconnect: func() { s.grants.disconnect(account) }, app: s.opts,
	}
	root := s.schema.Query
	if op.Operation == ast.Mutation {
		root = s.schema.Mutation
	}
	data, err := x.object(root.Name, nil, op.SelectionSet)
	if err != nil {
		return nil, x.cost, err
	}
	return data, x.cost, nil
}

// refusal answers a query that was not run.
func (s *Server) refusal(account string, errs gqlerror.List) answer {
	bucket := s.buckets.of(account)
	return answer{Errors: errs, Extensions: &extensions{Cost: bucket.report(0, 0, bucket.available())}}
}

// throttled refuses a query for want of points.
func (s *Server) throttled(account string, requested int) answer {
	bucket := s.buckets.of(account)
	s.count(func(st *Stats) { st.Throttled++ })
	return answer{
		Errors: gqlerror.List{{
			Message:    "Throttled",
			Extensions: map[string]any{"code": "THROTTLED", "documentation": rateLimitDocs},
		}},
		Extensions: &extensions{Cost: bucket.report(requested, 0, bucket.available())},
	}
}

// unauthenticated hides every field of a query that came without a token. Such answers carry no extensions.
func unauthenticated(op *ast.OperationDefinition) answer {
	root := "Query"
	if op.Operation == ast.Mutation {
		root = "Mutation"
	}
	var ans answer
	var hidden any = object{}
	for _, f := range rootFields(op.SelectionSet) {
		ans.Errors = append(ans.Errors, &gqlerror.Error{
			Message:    fmt.Sprintf("The field %s on an object of type %s was hidden because you are unauthenticated", f.Name, root),
			Locations:  []gqlerror.Location{{Line: f.Position.Line, Column: f.Position.Column}},
			Path:       ast.Path{ast.PathName(f.Alias)},
			Extensions: map[string]any{"code": "UNAUTHENTICATED"},
		})
		if o, ok := hidden.(object); ok && !f.Definition.Type.NonNull {
			hidden = append(o, member{f.Alias, nil})
		} else {
			hidden = nil // null where there must not be one empties the whole answer
		}
	}
	ans.Data = &hidden
	return ans
}

// withoutScope answers a query for what is hidden from an app without the scope for it. Such answers carry no
// extensions.
func withoutScope(op *ast.OperationDefinition, names []string) (answer, bool) {
	for _, f := range rootFields(op.SelectionSet) {
		if slices.Contains(names, f.Name) {
			var none any
			return answer{Data: &none, Errors: gqlerror.List{{
				Message: fmt.Sprintf("The field %s on an object of type Query was hidden due to permissions", f.Name),
			}}}, true
		}
	}
	return answer{}, false
}

func rootFields(set ast.SelectionSet) []*ast.Field {
	var out []*ast.Field
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			out = append(out, sel)
		case *ast.InlineFragment:
			out = append(out, rootFields(sel.SelectionSet)...)
		case *ast.FragmentSpread:
			out = append(out, rootFields(sel.Definition.SelectionSet)...)
		}
	}
	return out
}

func operationName(op *ast.OperationDefinition) string {
	var names []string
	for _, f := range rootFields(op.SelectionSet) {
		names = append(names, f.Name)
	}
	return cmp.Or(op.Name, strings.Join(names, " "))
}
