package jobbertest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

// sampleQueries reads queries that are valid against the live schema, by name.
func sampleQueries(t *testing.T) map[string]string {
	t.Helper()
	b, err := os.ReadFile("testdata/sample-queries.graphql")
	if err != nil {
		t.Fatal(err)
	}
	starts := regexp.MustCompile(`(?m)^(?:query|mutation) (\w+)`).FindAllStringSubmatchIndex(string(b), -1)
	out := map[string]string{}
	for i, m := range starts {
		end := len(b)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		out[string(b[m[2]:m[3]])] = string(b[m[0]:end])
	}
	if len(out) != 13 {
		t.Fatalf("found %d sample queries, want 13", len(out))
	}
	return out
}

func TestSampleQueries(t *testing.T) {
	s := start(t, sample(3), nil)
	token := s.connect(t)
	id := map[string]any{"id": jobbertest.ID("Job", 1)}
	page := map[string]any{"first": 25}
	job := jobbertest.ID("Job", 1)
	line := map[string]any{"name": "x", "quantity": 1, "unitPrice": 2.5, "saveToProductsAndServices": false}
	vars := map[string]map[string]any{
		"JobsPage": page, "Products": page, "Team": page, "JobById": id, "Me": nil, "Bye": nil,
		"AddItems":    {"jobId": job, "input": map[string]any{"lineItems": []any{line}}},
		"EditItems":   {"jobId": job, "input": map[string]any{"lineItems": []any{map[string]any{"lineItemId": job}}}},
		"DelItems":    {"jobId": job, "input": map[string]any{"lineItemIds": []any{job}}},
		"Note":        {"jobId": job, "input": map[string]any{"message": "hello"}},
		"Cost":        {"input": map[string]any{"title": "x", "date": "2026-03-04T12:00:00Z"}},
		"NewProduct":  {"input": map[string]any{"name": "x", "defaultUnitCost": 3}},
		"EditProduct": {"id": job, "input": map[string]any{"name": "x"}},
	}
	queries := sampleQueries(t)
	// Last of all, because it ends the connection.
	names := slices.DeleteFunc(slices.Sorted(func(yield func(string) bool) {
		for name := range queries {
			if !yield(name) {
				return
			}
		}
	}), func(n string) bool { return n == "Bye" })
	for _, name := range append(names, "Bye") {
		got := s.query(t, token, queries[name], vars[name])
		if strings.HasPrefix(queries[name], "mutation") && name != "Bye" {
			// Valid, and said to be missing: nothing at Jobber is written.
			if len(got.Errors) != 1 || !strings.HasPrefix(got.Errors[0].Message, "The stand-in does not carry the field Mutation.") {
				t.Errorf("%s: %s", name, got.raw)
			}
			continue
		}
		if len(got.Errors) > 0 || strings.Contains(string(got.Data), "null}") && name == "Me" {
			t.Errorf("%s: %s", name, got.raw)
		}
	}
}

func TestJobByID(t *testing.T) {
	s := start(t, sample(1), nil)
	got := s.query(t, s.connect(t), `query Q($id: EncodedId!) { job(id: $id) {
		__typename jobNumber title instructions jobStatus jobType billingType startAt completedAt total jobberWebUri
		client { name companyName email } property { address { street street2 city } } salesperson { name { full } }
		lineItems(first: 1) { nodes { name quantity category linkedProductOrService { category customFields { __typename ... on CustomFieldText { label valueText } } } }
			pageInfo { hasNextPage endCursor } totalCount }
		visits(first: 3) { edges { cursor node { visitStatus isComplete assignedUsers(first: 3) { nodes { name { first } isCurrentUser } } job { jobNumber } } } }
		visitSchedule { assignedTo { nodes { id } } } customFields { __typename }
	} }`, map[string]any{"id": jobbertest.ID("Job", 1)})
	want := compact(`{"job": {"__typename": "Job", "jobNumber": 1, "title": "Panel 1", "instructions": null, "jobStatus": "upcoming",
		"jobType": "ONE_OFF", "billingType": "FIXED_PRICE", "startAt": "2026-03-05T12:00:00Z", "completedAt": null, "total": 30,
		"jobberWebUri": "https://secure.getjobber.com/work_orders/1",
		"client": {"name": "Li Homes", "companyName": "Li Homes", "email": null},
		"property": {"address": {"street": "1 Elm St", "street2": null, "city": "Dayton"}},
		"salesperson": {"name": {"full": "Sam Okafor"}},
		"lineItems": {"nodes": [{"name": "Breaker 20 A", "quantity": 2, "category": "PRODUCT", "linkedProductOrService":
			{"category": "PRODUCT", "customFields": [{"__typename": "CustomFieldText", "label": "SKU", "valueText": "BR-20"}]}}],
			"pageInfo": {"hasNextPage": true, "endCursor": "MQ"}, "totalCount": 2},
		"visits": {"edges": [{"cursor": "MQ", "node": {"visitStatus": "UPCOMING", "isComplete": false,
			"assignedUsers": {"nodes": [{"name": {"first": "Dana"}, "isCurrentUser": false}, {"name": {"first": "Sam"}, "isCurrentUser": true}]},
			"job": {"jobNumber": 1}}}]},
		"visitSchedule": {"assignedTo": {"nodes": [{"id": "` + jobbertest.ID("User", 1) + `"}, {"id": "` + jobbertest.ID("User", 2) + `"}]}},
		"customFields": []}}`)
	if string(got.Data) != want {
		t.Errorf("got  %s\nwant %s\n%v", got.Data, want, got.Errors)
	}
}

func TestVisitLinesLeaveOutZero(t *testing.T) {
	s := start(t, sample(0), nil)
	token := s.connect(t)
	for arg, want := range map[string]int{"": 1, "(quantityFilter: ONLY_NON_ZERO)": 1, "(quantityFilter: ALL)": 2} {
		got := s.query(t, token, `{ jobs { nodes { lineItems { totalCount } visits { nodes { lineItems`+arg+` { totalCount } } } } } }`, nil)
		wantData := fmt.Sprintf(`{"jobs":{"nodes":[{"lineItems":{"totalCount":2},"visits":{"nodes":[{"lineItems":{"totalCount":%d}}]}}]}}`, want)
		if string(got.Data) != wantData {
			t.Errorf("lineItems%s: %s", arg, got.raw)
		}
	}
}

func TestRefusals(t *testing.T) {
	s := start(t, sample(1), nil)
	token := s.connect(t)
	for _, tt := range []struct{ name, query, want string }{
		{"misspelt", `{ jobs { nodes { tittle } } }`, `Field 'tittle' doesn't exist on type 'Job'`},
		{"staff only", `{ account { crews { id } } }`, `Field 'crews' doesn't exist on type 'Account'`},
		{"crew on a job", `{ jobs { nodes { assignedUsers { nodes { id } } } } }`, `Field 'assignedUsers' doesn't exist on type 'Job'`},
		{"the query that there is not", `{ productsAndServices { nodes { id } } }`, `Field 'productsAndServices' doesn't exist on type 'Query'`},
		{"a filter that there is not", `{ jobs(filter: {updatedAt: {after: "2026-03-04T12:00:00Z"}}) { nodes { id } } }`, `updatedAt`},
		{"an argument that there is not", `{ jobs(limit: 3) { nodes { id } } }`, `limit`},
		{"a literal id", `{ job(id: "1") { id } }`, `'1' is not a valid EncodedId`},
		{"no selection", `{ account }`, `account`},
		{"not carried", `{ jobs { nodes { jobCosting { id } } } }`, `The stand-in does not carry the field Job.jobCosting`},
		{"a filter not carried", `{ jobs(filter: {includeUnscheduled: true}) { nodes { id } } }`, `includeUnscheduled`},
		{"backward", `{ jobs(last: 3) { nodes { id } } }`, `backward`},
		{"a null that must not be", `{ product(id: "` + jobbertest.ID("ProductOrService", 99) + `") { id } }`, `non-nullable`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := s.query(t, token, tt.query, nil)
			if len(got.Errors) == 0 || !strings.Contains(got.Errors[0].Message, tt.want) {
				t.Errorf("want %q in %s", tt.want, got.raw)
			}
			if len(got.Data) > 0 && string(got.Data) != "null" {
				t.Errorf("there is data: %s", got.raw)
			}
		})
	}
}

func TestVariables(t *testing.T) {
	s := start(t, sample(1), nil)
	token := s.connect(t)
	const job, jobs = `query Q($id: EncodedId!) { job(id: $id) { id } }`, `query Q($first: Int, $f: JobFilterAttributes) { jobs(first: $first, filter: $f) { nodes { id } } }`
	for _, tt := range []struct {
		name, query, vars, message, explanation string
	}{
		{"bad id", job, `{"id":"1"}`, `Variable $id of type EncodedId! was provided invalid value`, `'1' is not a valid EncodedId`},
		{"no id", job, `{}`, `Variable $id of type EncodedId! was provided invalid value`, `Expected value to not be null`},
		{"text for a number", jobs, `{"first":"5"}`, `Variable $first of type Int was provided invalid value`, `Could not coerce value "5" to Int`},
		{"enum in another case", jobs, `{"f":{"status":"LATE"}}`, `Variable $f of type JobFilterAttributes was provided invalid value for status`, `Expected "LATE" to be one of`},
		{"unknown field", jobs, `{"f":{"updatedAt":{}}}`, `Variable $f of type JobFilterAttributes was provided invalid value for updatedAt`, `Field is not defined on JobFilterAttributes`},
		{"bad time", jobs, `{"f":{"startAt":{"after":"today"}}}`, `for startAt.after ('today' is not a valid ISO8601DateTime)`, `'today' is not`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var vars map[string]any
			if err := json.Unmarshal([]byte(tt.vars), &vars); err != nil {
				t.Fatal(err)
			}
			got := s.query(t, token, tt.query, vars)
			if len(got.Errors) != 1 || !strings.Contains(got.Errors[0].Message, tt.message) {
				t.Fatalf("want %q in %s", tt.message, got.raw)
			}
			if !strings.Contains(fmt.Sprint(got.Errors[0].Extensions["problems"]), tt.explanation) {
				t.Errorf("want %q in %s", tt.explanation, got.raw)
			}
		})
	}
}

func TestPagingToTheEnd(t *testing.T) {
	s := start(t, sample(29), nil) // and one more
	token := s.connect(t)
	var numbers []int
	var after any
	for range 10 {
		got := s.query(t, token, `query Q($after: String) { jobs(first: 7, after: $after, sort: [{key: UPDATED_AT, direction: DESCENDING}]) {
			nodes { jobNumber } pageInfo { hasNextPage endCursor } } }`, map[string]any{"after": after})
		var data struct {
			Jobs struct {
				Nodes    []struct{ JobNumber int }
				PageInfo struct {
					HasNextPage bool
					EndCursor   *string
				}
			}
		}
		if err := json.Unmarshal(got.Data, &data); err != nil {
			t.Fatalf("%v in %s", err, got.raw)
		}
		for _, n := range data.Jobs.Nodes {
			numbers = append(numbers, n.JobNumber)
		}
		if !data.Jobs.PageInfo.HasNextPage {
			break
		}
		after = *data.Jobs.PageInfo.EndCursor
	}
	if len(numbers) != 30 || !slices.IsSorted(numbers) || slices.Max(numbers) != 30 {
		t.Errorf("paged %v", numbers)
	}
	empty := s.query(t, token, `{ jobs(after: "OTk") { nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } } }`, nil)
	if want := `{"jobs":{"nodes":[],"pageInfo":{"hasNextPage":false,"hasPreviousPage":true,"endCursor":null}}}`; string(empty.Data) != want {
		t.Errorf("behind the end: %s", empty.raw)
	}
}

func TestFlatAnswers(t *testing.T) {
	s := start(t, sample(1), nil)
	token := s.connect(t)
	for _, query := range []string{"{ jobs {", "", "fragment F on Job { id }"} {
		if _, text := s.send(t, token, version, fmt.Sprintf(`{"query":%q}`, query)); text != `{"message":"Invalid query"}` {
			t.Errorf("%q: %s", query, text)
		}
	}
	res, err := http.PostForm(s.url+"/api/graphql", url.Values{"query": {"{ account { id } }"}})
	if err != nil {
		t.Fatal(err)
	}
	if text := body(t, res); res.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("a form: %d %s", res.StatusCode, text)
	}
	status, text := s.send(t, "", version, `{"query":"{ account { id } }"}`)
	want := `{"data":{"account":null},"errors":[{"message":"The field account on an object of type Query was hidden because you are unauthenticated",` +
		`"path":["account"],"locations":[{"line":1,"column":3}],"extensions":{"code":"UNAUTHENTICATED"}}]}`
	if status != 200 || text != want {
		t.Errorf("no token: %d %s", status, text)
	}
}

func TestVersions(t *testing.T) {
	s := start(t, sample(1), nil)
	token := s.connect(t)
	for asked, want := range map[string]string{
		"2025-04-16": "2025-04-16", "2024-01-11": "2024-04-17", "": "2026-07-27",
	} {
		status, text := s.send(t, token, asked, `{"query":"{ account { id } }"}`)
		if status != 200 || !strings.Contains(text, `"versioning":{"version":"`+want+`"}`) {
			t.Errorf("asked for %q: %d %s", asked, status, text)
		}
	}
	for _, asked := range []string{"latest", "2027-01-01"} {
		status, text := s.send(t, token, asked, `{"query":"{ account { id } }"}`)
		if status != 404 || text != `{"message":"GraphQL API version '`+asked+`' does not exist"}` {
			t.Errorf("asked for %q: %d %s", asked, status, text)
		}
	}
}

func TestUnknownAndDeletedAreNull(t *testing.T) {
	s := start(t, sample(1), nil)
	token := s.connect(t)
	const q = `query Q($job: EncodedId!, $visit: EncodedId!) { job(id: $job) { id } visit(id: $visit) { job { jobNumber } } }`
	vars := map[string]any{"job": jobbertest.ID("Job", 1), "visit": jobbertest.ID("Visit", 1)}
	if got := s.query(t, token, q, vars); strings.Contains(got.raw, "null") || !strings.Contains(got.raw, `"jobNumber":1`) {
		t.Errorf("before: %s", got.raw)
	}
	if err := s.DeleteJob(jobbertest.ID("Job", 1)); err != nil {
		t.Fatal(err)
	}
	if got := s.query(t, token, q, vars); string(got.Data) != `{"job":null,"visit":null}` || len(got.Errors) > 0 {
		t.Errorf("after: %s", got.raw)
	}
}

func TestFiltersAndOrder(t *testing.T) {
	s := start(t, sample(3), nil)
	token := s.connect(t)
	s.clock.add(time.Minute)
	if err := s.CloseJob(jobbertest.ID("Job", 3)); err != nil {
		t.Fatal(err)
	}
	for arg, want := range map[string][]int{
		"": {3, 1, 2, 4},
		`(sort: {key: JOB_NUMBER, direction: DESCENDING})`:                       {4, 3, 2, 1},
		`(filter: {status: requires_invoicing})`:                                 {3},
		`(filter: {jobType: RECURRING})`:                                         {4},
		`(filter: {ids: ["` + jobbertest.ID("Job", 2) + `"]})`:                   {2},
		`(filter: {startAt: {after: "2026-03-06T11:00:00Z"}, jobType: ONE_OFF})`: {3, 2},
		`(filter: {completedAt: {before: "2027-01-01T00:00:00Z"}})`:              {3},
	} {
		got := s.query(t, token, `{ jobs`+arg+` { nodes { jobNumber } } }`, nil)
		var nodes []string
		for _, n := range want {
			nodes = append(nodes, fmt.Sprintf(`{"jobNumber":%d}`, n))
		}
		if string(got.Data) != `{"jobs":{"nodes":[`+strings.Join(nodes, ",")+`]}}` {
			t.Errorf("jobs%s: %s, want %v", arg, got.raw, want)
		}
	}
}

// What the app has no scope for is hidden, with status 200 and without a cost; the rest is there.
func TestHiddenForWantOfAScope(t *testing.T) {
	s := start(t, sample(2), func(o *jobbertest.Options) { o.Hidden = []string{"jobs", "user"} })
	token := s.connect(t)
	for _, q := range []string{`{ jobs(first: 1) { nodes { id } } }`, `{ account { id } user { id } }`} {
		got := s.query(t, token, q, nil)
		if len(got.Errors) != 1 || !strings.HasSuffix(got.Errors[0].Message, "on an object of type Query was hidden due to permissions") ||
			!strings.Contains(got.raw, `"data":null`) || strings.Contains(got.raw, "extensions") {
			t.Errorf("%s: %s", q, got.raw)
		}
	}
	if got := s.query(t, token, `{ account { id } }`, nil); len(got.Errors) > 0 {
		t.Errorf("what is not hidden: %s", got.raw)
	}
}
