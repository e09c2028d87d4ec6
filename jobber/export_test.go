package jobber

import (
	"context"

	"lwc-inventory/store"
)

// Ask asks Jobber something small, once.
func (s *Service) Ask(ctx context.Context) error {
	var d accountData
	return s.client.ask(ctx, accountQuery, nil, &d)
}

// Refetch reads a job of an account, as somebody does who took that one to be connected.
func (s *Service) Refetch(ctx context.Context, account, id string) error {
	_, err := s.refetch(ctx, account, store.FromWebhook, []string{id})
	return err
}

// ReadProductsNow is what ReadProducts asks for, done when it returns.
func (s *Service) ReadProductsNow(ctx context.Context) ProductReading {
	s.readAndTell(ctx)
	return s.ProductReading()
}

// Price is what the client takes the cost of a query to be.
func Price(text string, vars map[string]any) int { return operation(text).price(vars) }

// IsVital reports whether a field cannot be left out of queries.
func IsVital(name string) bool { return isVital(name) }

// Without is a query without a field, and what was cut.
func Without(text, field string) (string, []string) {
	left, _, cut := operation(text).without([]string{field}, nil)
	return string(left), cut
}

// Operations are all texts that are ever sent.
var Operations = texts(jobsQuery, jobQuery, jobLinesQuery, jobVisitsQuery, visitCrewQuery, usedLinesQuery,
	visitLinesQuery, jobsUpdatedQuery, clientJobsQuery, propertyJobsQuery, visitJobQuery, productsQuery, accountQuery,
	connectedUserQuery, disconnectMutation)

func texts(ops ...operation) []string {
	var out []string
	for _, op := range ops {
		out = append(out, string(op))
	}
	return out
}
