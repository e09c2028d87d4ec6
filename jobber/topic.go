package jobber

import (
	"strings"

	"lwc-inventory/store"
)

// What a topic is about.
type subject string

const (
	aboutNothing  subject = "" // of ours
	aboutLink     subject = "connection"
	aboutJob      subject = "job"
	aboutVisit    subject = "visit"
	aboutClient   subject = "client"
	aboutProperty subject = "property"
)

// subjectOf sorts topics. JOB_ takes in JOB_COMPLETE, which Jobber does not have and older
// descriptions of it do.
func subjectOf(topic string) subject {
	switch {
	case topic == "APP_DISCONNECT":
		return aboutLink
	case topic == "CLIENT_UPDATE":
		return aboutClient
	case topic == "PROPERTY_UPDATE":
		return aboutProperty
	case strings.HasPrefix(topic, "JOB_"):
		return aboutJob
	case strings.HasPrefix(topic, "VISIT_"):
		return aboutVisit
	}
	return aboutNothing
}

// A target is what deliveries name. Deliveries of one target are worked off together: each of them
// says only that something changed, and reading it once shows all of it.
type target struct {
	about subject
	id    string
}

// A batch is deliveries by target, in the order they came in.
type batch struct {
	order []target
	of    map[target][]store.Delivery
}

func (b *batch) add(t target, ds ...store.Delivery) {
	if b.of == nil {
		b.of = map[target][]store.Delivery{}
	}
	if len(b.of[t]) == 0 {
		b.order = append(b.order, t)
	}
	b.of[t] = append(b.of[t], ds...)
}

// unwanted says why nothing is done about a delivery; "" if something is.
func unwanted(link store.JobberLink, d store.Delivery) string {
	switch about := subjectOf(d.Topic); {
	case link.State != store.Connected:
		return "Not connected to Jobber then."
	case d.Account != link.AccountID:
		return "Another account."
	case about == aboutNothing:
		return "Not of interest here."
	case d.Item == "" && about != aboutLink:
		return "It names nothing."
	}
	return ""
}

func idsOf(ds []store.Delivery) []store.DeliveryID {
	ids := make([]store.DeliveryID, len(ds))
	for i, d := range ds {
		ids[i] = d.ID
	}
	return ids
}
