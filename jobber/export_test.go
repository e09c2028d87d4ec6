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

// Operations are all texts that are ever sent.
var Operations = texts(jobsPageQuery, jobQuery, jobLinesQuery, jobVisitsQuery, visitCrewQuery, usedLinesQuery,
	visitLinesQuery, jobsUpdatedQuery, jobCountQuery, clientJobsQuery, propertyJobsQuery, visitJobQuery, accountQuery,
	connectedUserQuery, disconnectMutation)

func texts(ops ...operation) []string {
	var out []string
	for _, op := range ops {
		out = append(out, string(op))
	}
	return out
}
