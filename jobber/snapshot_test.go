package jobber

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lwc-inventory/store"
)

// line makes a remote line; product may be "".
func line(id, name string, qty float64, product string) remoteLine {
	l := remoteLine{ID: id, Name: name, Quantity: qty, Category: "PRODUCT"}
	if product != "" {
		l.Product = &remoteProduct{ID: product, Name: "Product " + product}
	}
	return l
}

func nodes[T any](list ...T) connection[T] { return connection[T]{Nodes: list} }

func visit(id string, lines ...remoteLine) remoteVisit {
	return remoteVisit{ID: id, Lines: nodes(lines...)}
}

// TestQuantities holds what a job asks for: for each line its id and quantity.
func TestQuantities(t *testing.T) {
	type asks [][2]string
	for _, tt := range []struct {
		name    string
		billing string
		lines   []remoteLine
		visits  []remoteVisit
		want    asks
	}{
		{"fixed price: the job's lines", "FIXED_PRICE",
			[]remoteLine{line("a", "Pipe", 3, "p"), line("b", "Glue", 0.5, "")},
			[]remoteVisit{visit("v", line("c", "Pipe", 9, "p"))},
			asks{{"a", "3"}, {"b", "0.5"}}},
		{"fixed price: 0 stays 0", "FIXED_PRICE", []remoteLine{line("a", "Pipe", 0, "p")}, nil, asks{{"a", "0"}}},
		{"fixed price: less than nothing", "FIXED_PRICE", []remoteLine{line("a", "Returned pipe", -2, "p")}, nil, asks{{"a", "-2"}}},
		{"fixed price: text has no quantity", "FIXED_PRICE", []remoteLine{line("a", "Mind the dog", 0, "")}, nil, asks{{"a", "0"}}},
		{"fixed price: rounded once, half up", "FIXED_PRICE",
			[]remoteLine{line("a", "Wire", 1.0005, ""), line("b", "Wire too", 0.0004, ""), line("c", "Wire back", -1.0005, "")}, nil,
			asks{{"a", "1.001"}, {"b", "0"}, {"c", "-1.001"}}},
		{"fixed price: the same line on two pages", "FIXED_PRICE",
			[]remoteLine{line("a", "Pipe", 3, "p"), line("a", "Pipe", 3, "p")}, nil, asks{{"a", "3"}}},
		{"no billing known", "", []remoteLine{line("a", "Pipe", 3, "")}, []remoteVisit{visit("v", line("b", "Pipe", 9, ""))}, asks{{"a", "3"}}},

		{"by visit: the visits' lines, by product", "VISIT_BASED",
			[]remoteLine{line("a", "Pipe", 0, "p")},
			[]remoteVisit{visit("v", line("x", "Pipe, copper", 2, "p")), visit("w", line("y", "Pipe", 3, "p"))},
			asks{{"a", "5"}}},
		{"by visit: the job's own quantity is not added", "VISIT_BASED",
			[]remoteLine{line("a", "Pipe", 4, "p")}, []remoteVisit{visit("v", line("x", "Pipe", 2, "p"))}, asks{{"a", "2"}}},
		{"by visit: what no visit uses is 0, and not 1", "VISIT_BASED",
			[]remoteLine{line("a", "Pipe", 1, "p"), line("b", "Glue", 0, "")}, []remoteVisit{visit("v")}, asks{{"a", "0"}, {"b", "0"}}},
		{"by visit: no visit yet", "VISIT_BASED", []remoteLine{line("a", "Pipe", 6, "p")}, nil, asks{{"a", "0"}}},
		{"by visit: by name, however it is typed", "VISIT_BASED",
			[]remoteLine{line("a", "3/4\" Elbow", 0, "")},
			[]remoteVisit{visit("v", line("x", " 3/4\"  ELBOW ", 2, "")), visit("w", line("y", "3/4\" elbow", 1, ""))},
			asks{{"a", "3"}}},
		{"by visit: by name when one side is not linked", "VISIT_BASED",
			[]remoteLine{line("a", "Pipe", 0, "p"), line("b", "Glue", 0, "")},
			[]remoteVisit{visit("v", line("x", "pipe", 2, ""), line("y", "glue", 1, "g"))},
			asks{{"a", "2"}, {"b", "1"}}},
		{"by visit: the same name of another product is another line", "VISIT_BASED",
			[]remoteLine{line("a", "Pipe", 0, "p")}, []remoteVisit{visit("v", line("x", "Pipe", 2, "q"))},
			asks{{"a", "0"}, {"visits/product/q", "2"}}},
		{"by visit: the job's line ids", "VISIT_BASED",
			[]remoteLine{line("a", "Pipe", 0, "p"), line("b", "Pipe", 0, "p")},
			[]remoteVisit{visit("v", line("b", "Pipe", 2, "p")), visit("w", line("b", "Pipe", 3, "p"))},
			asks{{"a", "0"}, {"b", "5"}}},
		{"by visit: two lines of a product, the name decides", "VISIT_BASED",
			[]remoteLine{line("a", "Pipe upstairs", 0, "p"), line("b", "Pipe downstairs", 0, "p")},
			[]remoteVisit{visit("v", line("x", "Pipe downstairs", 2, "p"), line("y", "Pipe upstairs", 1, "p"))},
			asks{{"a", "1"}, {"b", "2"}}},
		{"by visit: lines that only visits have", "VISIT_BASED", nil,
			[]remoteVisit{visit("w", line("y", "TAPE", 1, ""), line("z", "Pipe", 4, "p")), visit("v", line("x", "Tape", 2, ""))},
			asks{{"visits/product/p", "4"}, {"visits/name/tape", "3"}}},
		{"by visit: linked and typed are one, whichever visit is first", "VISIT_BASED", nil,
			[]remoteVisit{visit("v", line("x", "Tape", 2, "")), visit("w", line("y", "Tape", 1, "p"))},
			asks{{"visits/product/p", "3"}}},
		{"by visit: less than nothing takes nothing from another visit", "VISIT_BASED",
			[]remoteLine{line("a", "Pipe", 0, "p")},
			[]remoteVisit{visit("v", line("x", "Pipe", 5, "p")), visit("w", line("y", "Pipe", -2, "p"))}, asks{{"a", "5"}}},
		{"by visit: less than nothing alone is told as it is", "VISIT_BASED",
			[]remoteLine{line("a", "Pipe", 0, "p")},
			[]remoteVisit{visit("v", line("x", "Pipe", -1, "p")), visit("w", line("y", "Pipe", -2, "p"))}, asks{{"a", "-3"}}},
		{"by visit: tenths add up, rounded once", "VISIT_BASED", []remoteLine{line("a", "Wire", 0, "")},
			[]remoteVisit{visit("u", line("x", "Wire", 0.1004, "")), visit("v", line("y", "Wire", 0.1004, "")), visit("w", line("z", "Wire", 0.1004, ""))},
			asks{{"a", "0.301"}}},
		{"by visit: the same visit on two pages", "VISIT_BASED", []remoteLine{line("a", "Wire", 0, "")},
			[]remoteVisit{visit("v", line("x", "Wire", 2, "")), visit("v", line("x", "Wire", 2, ""))}, asks{{"a", "2"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, order := range []string{"as is", "visits reversed"} {
				s, err := snapshot("acc", remoteJob{ID: "j", Billing: tt.billing, Lines: nodes(tt.lines...), Visits: nodes(tt.visits...)})
				if err != nil {
					t.Fatal(err)
				}
				var got asks
				for _, l := range s.Lines {
					got = append(got, [2]string{l.Remote, l.Qty.String()})
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", order, diff)
				}
				slices.Reverse(tt.visits)
			}
		})
	}
}

func TestSnapshotFails(t *testing.T) {
	for name, qty := range map[string]float64{"too much": 1e9, "far too much": 1e300, "too little": -1e12} {
		if _, err := snapshot("acc", remoteJob{Number: 7, Lines: nodes(line("a", "Pipe", qty, ""))}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestClosed(t *testing.T) {
	now := time.Now()
	for _, tt := range []struct {
		status string
		done   *time.Time
		want   bool
	}{
		{"archived", &now, true},
		{"archived", nil, true},
		{"requires_invoicing", &now, true},
		{"requires_invoicing", nil, false}, // an open job whose invoice is due
		{"active", &now, false},            // reopened
		{"late", nil, false},
		{"today", nil, false},
		{"unscheduled", nil, false},
		{"something new", nil, false},
	} {
		if got := closed(tt.status, tt.done); got != tt.want {
			t.Errorf("closed(%q, completed %v) = %v", tt.status, tt.done != nil, got)
		}
	}
}

// TestSnapshotFields reads an answer as Jobber gives it, nulls included.
func TestSnapshotFields(t *testing.T) {
	const text = `{"id":"Sg==","jobNumber":214,"title":"Rewire","instructions":null,"jobStatus":"upcoming","jobType":"ONE_OFF",
		"billingType":"FIXED_PRICE","startAt":"2026-03-05T08:00:00-06:00","endAt":null,"completedAt":null,
		"createdAt":"2026-03-01T00:00:00Z","updatedAt":"2026-03-02T09:00:00Z","jobberWebUri":"https://secure.getjobber.com/work_orders/1",
		"client":{"name":"Li Homes","companyName":null,"phone":"555","email":null},
		"property":{"address":{"street":"1 Elm St","street1":null,"street2":null,"city":"Dayton","province":null,"postalCode":null,"country":null}},
		"lineItems":{"nodes":[{"id":"TA==","name":"Breaker","description":"","quantity":2,"unitPrice":12.34567,"category":"PRODUCT",
			"linkedProductOrService":{"id":"UA==","name":"Breaker 20 A","customFields":[{},{"label":" Sku ","valueText":" BR-20 "}]}},
			{"id":"TQ==","name":"Labour","description":"An hour","quantity":1,"unitPrice":-5,"category":"SERVICE","linkedProductOrService":null}],
			"pageInfo":{"hasNextPage":false,"endCursor":"Mg"}},
		"visits":{"nodes":[
			{"id":"Vg==","title":null,"startAt":"2026-03-06T14:00:00Z","endAt":null,"isComplete":false,"assignedUsers":null},
			{"id":"VQ==","title":"First","startAt":"2026-03-05T14:00:00Z","endAt":"2026-03-05T16:00:00Z","isComplete":true,
				"assignedUsers":{"nodes":[{"name":{"full":"Dana Reyes"}},{"name":{"full":"Dana Reyes"}},{"name":{"full":""}}]}},
			{"id":"VA==","title":null,"startAt":null,"endAt":null,"isComplete":false,"assignedUsers":{"nodes":[]}}],
			"pageInfo":{"hasNextPage":false,"endCursor":null}}}`
	var j remoteJob
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		t.Fatal(err)
	}
	got, err := snapshot("acc", j)
	if err != nil {
		t.Fatal(err)
	}
	day := func(d, h int) time.Time { return time.Date(2026, 3, d, h, 0, 0, 0, time.UTC) }
	want := store.JobSnapshot{Account: "acc", Remote: "Sg==", Number: 214, Title: "Rewire", Status: "upcoming", Type: "ONE_OFF",
		Billing: "FIXED_PRICE", URL: "https://secure.getjobber.com/work_orders/1",
		Client:  store.Client{Name: "Li Homes", Phone: "555"},
		Address: store.Address{Street1: "1 Elm St", City: "Dayton"},
		StartAt: day(5, 14), CreatedAt: day(1, 0), UpdatedAt: day(2, 9),
		Lines: []store.SnapshotLine{
			{Remote: "TA==", Name: "Breaker", Qty: 2000, Category: store.CategoryProduct, Product: "UA==", ProductName: "Breaker 20 A", ProductSKU: "BR-20", UnitPrice: 123457},
			{Remote: "TQ==", Name: "Labour", Description: "An hour", Qty: 1000, Category: store.CategoryService, UnitPrice: -50000},
		},
		Visits: []store.Visit{
			{Remote: "VA=="},
			{Remote: "VQ==", Title: "First", StartAt: day(5, 14), EndAt: day(5, 16), Complete: true, Crew: []string{"Dana Reyes"}},
			{Remote: "Vg==", StartAt: day(6, 14)},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
