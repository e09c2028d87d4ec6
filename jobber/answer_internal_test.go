package jobber

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	graphql "github.com/hasura/go-graphql-client"
)

// said answers every request alike.
type said struct {
	status int
	body   string
}

func (s said) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: s.status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(s.body))}, nil
}

// Whatever Jobber, or something that answers in its place, says: it is a job, or a failure of ours with a sentence.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{
		`{"data":{"job":{"id":"x","jobNumber":1042,"title":"Bath","jobStatus":"upcoming","createdAt":"2026-11-01T08:00:00Z","updatedAt":"2026-11-01T08:00:00Z",
			"client":{"name":"Karen"},"lineItems":{"nodes":[{"id":"l","name":"Breaker","quantity":6.5}],"pageInfo":{"hasNextPage":false}}}},
			"extensions":{"cost":{"requestedQueryCost":12,"throttleStatus":{"maximumAvailable":10000,"currentlyAvailable":9988,"restoreRate":500}}}}`,
		`{"data":{"job":null}}`, `{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}`,
		`{"errors":[{"message":"Field 'x' doesn't exist on type 'Job'"}]}`, `{"message":"account not active"}`, `<html>Bad gateway</html>`, ``, `{"data":{"job":{"id":1}}}`,
	} {
		f.Add(200, body)
		f.Add(502, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			return
		}
		k := &call{token: "t"}
		gql := graphql.NewClient("https://jobber.example/api/graphql", &http.Client{Transport: transport{said{status, body}, "2025-04-16"}, CheckRedirect: noRedirect})
		data, raw, err := gql.ExecRawWithExtensions(context.WithValue(t.Context(), callKey{}, k), string(jobQuery), nil, graphql.OperationName(jobQuery.name()))
		x := readExtensions(raw)
		newPoints().settle(jobQuery.name(), 10, x)
		if err := judge(k, len(data) > 0, x, err); err != nil {
			if f, ok := errors.AsType[*failure](err); !ok || strings.TrimSpace(sentence(f)) == "" {
				t.Errorf("%d %q: %v", status, body, err)
			}
			return
		}
		var d jobData
		if json.Unmarshal(data, &d) != nil || d.Job == nil {
			return
		}
		if s, err := snapshot("account", *d.Job); err == nil && (s.Remote != d.Job.ID || len(s.Lines) > len(d.Job.Lines.Nodes)) {
			t.Errorf("%q: the job %+v", body, s)
		}
	})
}
