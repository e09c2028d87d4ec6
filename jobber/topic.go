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

// first splits off the first n targets.
func (b batch) first(n int) (batch, bool) {
	if len(b.order) <= n {
		return b, false
	}
	return batch{order: b.order[:n], of: b.of}, true
}

// deliveries returns those of all targets.
func (b batch) deliveries() []store.Delivery {
	var ds []store.Delivery
	for _, t := range b.order {
		ds = append(ds, b.of[t]...)
	}
	return ds
}

// Sorted returns a delivery as it is to be kept: pending, or ignored with the reason. One address serves all
// accounts that use the app; others' events are none of ours.
func Sorted(link store.JobberLink, d store.Delivery) store.Delivery {
	d.Status = store.DeliveryPending
	if d.Note = unwanted(link, d); d.Note != "" {
		d.Status = store.DeliveryIgnored
	}
	return d
}

// unwanted says why nothing is done about a delivery; "" if something is.
func unwanted(link store.JobberLink, d store.Delivery) string {
	switch about := subjectOf(d.Topic); {
	case d.App != "" && d.App != link.ClientID:
		return "Meant for another app."
	case d.Account != link.AccountID:
		return "Another account's."
	case about == aboutNothing:
		return "Not needed here."
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
