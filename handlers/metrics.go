package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"lwc-inventory/store"
)

// metrics counts what the web side does, in a registry of its own: two servers in one process, as
// in tests, do not meet.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics(db *store.DB, log *slog.Logger) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "lwc_http_request_duration_seconds",
			Help:    "How long answers took, by route, method and status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route", "method", "status"}),
	}
	m.registry.MustRegister(m.requests, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), newStoreGauges(db, log))
	return m
}

// answered notes one request. Requests that fitted no route share one name, so that a scanner
// does not make thousands.
func (m *metrics) answered(method, route string, status int, took time.Duration) {
	if route == "" {
		route = "other"
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		method = "other"
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// storeGauges reads the store when it is asked.
type storeGauges struct {
	db  *store.DB
	log *slog.Logger

	items, archived, low, out, webhooks, parked, mails, lag *prometheus.Desc
}

func newStoreGauges(db *store.DB, log *slog.Logger) *storeGauges {
	desc := func(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, nil) }
	return &storeGauges{db: db, log: log,
		items:    desc("lwc_items", "Items that are not archived."),
		archived: desc("lwc_items_archived", "Archived items."),
		low:      desc("lwc_items_low", "Items below their minimum that are not out."),
		out:      desc("lwc_items_out", "Items of which none is available."),
		webhooks: desc("lwc_webhooks_pending", "Webhooks that wait to be worked off."),
		parked:   desc("lwc_webhooks_parked", "Webhooks of the last day that failed too often."),
		mails:    desc("lwc_mails_unsent", "Mails that wait to be sent."),
		lag:      desc("lwc_alert_events_behind", "Events that the alerts have not judged yet."),
	}
}

// Describe implements [prometheus.Collector].
func (g *storeGauges) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{g.items, g.archived, g.low, g.out, g.webhooks, g.parked, g.mails, g.lag} {
		ch <- d
	}
}

// Collect implements [prometheus.Collector]. What cannot be read is left out, and logged.
func (g *storeGauges) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	send := func(d *prometheus.Desc, n float64) { ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, n) }
	if n, err := g.db.Counts(ctx); g.read(err) {
		send(g.items, float64(n.Items))
		send(g.archived, float64(n.Archived))
		send(g.low, float64(n.Low))
		send(g.out, float64(n.Out))
	}
	if n, err := g.db.WebhookStats(ctx, g.db.Now().Add(-24*time.Hour)); g.read(err) {
		send(g.webhooks, float64(n.Pending))
		send(g.parked, float64(n.Parked))
	}
	if n, err := g.db.MailStats(ctx); g.read(err) {
		send(g.mails, float64(n.Unsent))
	}
	last, err := g.db.LastEvent(ctx)
	if !g.read(err) {
		return
	}
	if seen, err := g.db.AlertCursor(ctx); g.read(err) {
		send(g.lag, float64(last)-float64(seen))
	}
}

func (g *storeGauges) read(err error) bool {
	if err != nil {
		g.log.Error("metrics", "err", err)
	}
	return err == nil
}
