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
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// queryLimit is far above any query's size.
const queryLimit = 1 << 20

const rateLimitDocs = "https://developer.getjobber.com/docs/using_jobbers_api/api_rate_limits"

// versions are the API versions that were served, oldest first: those of the changelog, then those
// that are not in it and were seen to work.
var versions = []string{
	"2022-05-23", "2022-09-15", "2022-12-07", "2023-03-29", "2023-05-05", "2023-08-18", "2023-11-15",
	"2024-04-17", "2024-06-10", "2024-08-30", "2024-09-12", "2024-09-23", "2024-11-07", "2024-11-12",
	"2024-12-05", "2025-01-20", "2025-04-16",
	"2026-03-10", "2026-04-13", "2026-04-16", "2026-04-22", "2026-05-12", "2026-07-27",
}

// servedVersion says which version answers a request for another: itself, the next one that there
// is, or with no version named the newest. Anything else does not exist.
func servedVersion(asked string) (string, bool) {
	if asked == "" {
		return versions[len(versions)-1], true
	}
	if _, err := time.Parse(time.DateOnly, asked); err != nil {
		return "", false
	}
	i, _ := slices.BinarySearch(versions, asked)
	if i == len(versions) {
		return "", false
	}
	return versions[i], true
}

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
}

// message is how Jobber reports what never got as far as GraphQL.
type message struct {
	Message string `json:"message"`
}

// graphql is POST /api/graphql.
func (s *Server) graphql(w http.ResponseWriter, r *http.Request) {
	s.count(func(st *Stats) { st.Requests++ })
	typ, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || typ != "application/json" {
		writeJSON(w, http.StatusUnsupportedMediaType, message{"Content-Type must be application/json"})
		return
	}
	token, signedIn := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if signedIn {
		switch s.grants.check(token) {
		case tokenUnknown:
			writeJSON(w, http.StatusUnauthorized, message{"Token not recognized"})
			return
		case tokenDisconnected:
			// The status is not documented.
			writeJSON(w, http.StatusUnauthorized,
				message{"User has disconnected this app from their account. Please delete this token"})
			return
		}
	}
	asked := r.Header.Get("X-JOBBER-GRAPHQL-VERSION")
	version, ok := servedVersion(asked)
	if !ok {
		writeJSON(w, http.StatusNotFound, message{fmt.Sprintf("GraphQL API version '%s' does not exist", asked)})
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
	ans := s.answer(doc, req, signedIn)
	if ans.Extensions != nil {
		ans.Extensions.Versioning.Version = version
	}
	writeJSON(w, http.StatusOK, ans)
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

// answer checks a query and runs it.
func (s *Server) answer(doc *ast.QueryDocument, req request, signedIn bool) answer {
	if errs := validate(s.schema, doc); len(errs) > 0 {
		return s.refusal(errs)
	}
	op := doc.Operations.ForName(req.Operation)
	if op == nil || req.Operation == "" && len(doc.Operations) > 1 {
		return s.refusal(gqlerror.List{gqlerror.Errorf("An operation name is required")})
	}
	if !signedIn {
		return unauthenticated(op)
	}
	vars, errs := coerceVariables(s.schema, op, req.Variables)
	if len(errs) > 0 {
		return s.refusal(errs)
	}
	requested := requestedCost(op.SelectionSet, vars)
	if left := s.bucket.available(); requested > left {
		s.count(func(st *Stats) { st.Throttled++ })
		return throttled(s.bucket.report(requested, 0, left))
	}
	data, cost, err := s.execute(op, vars)
	left := s.bucket.take(cost)
	s.count(func(st *Stats) {
		st.Points += cost
		st.Operations[operationName(op)]++
	})
	ans := answer{Data: &data, Extensions: &extensions{Cost: s.bucket.report(requested, cost, left)}}
	if e, ok := errors.AsType[*gqlerror.Error](err); ok {
		ans.Errors = gqlerror.List{e}
	} else if err != nil {
		ans.Errors = gqlerror.List{{Message: err.Error()}}
	}
	return ans
}

// execute runs an operation on the data as it is now; on an error there is no data at all.
func (s *Server) execute(op *ast.OperationDefinition, vars map[string]any) (any, int, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	x := &execution{
		schema: s.schema, st: s.st, now: s.now(), user: s.st.admin(), vars: vars,
		disconnect: s.grants.disconnect, app: s.opts,
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
func (s *Server) refusal(errs gqlerror.List) answer {
	return answer{Errors: errs, Extensions: &extensions{Cost: s.bucket.report(0, 0, s.bucket.available())}}
}

func throttled(cost *costReport) answer {
	return answer{
		Errors: gqlerror.List{{
			Message:    "Throttled",
			Extensions: map[string]any{"code": "THROTTLED", "documentation": rateLimitDocs},
		}},
		Extensions: &extensions{Cost: cost},
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
