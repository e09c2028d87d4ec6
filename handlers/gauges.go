package handlers

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"lwc-inventory/store"
)

// gauges read the store and the other parts when they are asked.
type gauges struct {
	server *Server
	all    map[string]*prometheus.Desc
}

// What there is, by name (https://prometheus.io/docs/practices/naming/). A name that ends in _total counts since the start;
// a timestamp is left out while there is none.
var gaugeHelp = map[string]string{
	"lwc_items":                                     "Items that are not archived.",
	"lwc_items_archived":                            "Archived items.",
	"lwc_items_low":                                 "Items below their minimum that are not out.",
	"lwc_items_out":                                 "Items of which none is available.",
	"lwc_webhooks_pending":                          "Webhooks that wait to be worked off.",
	"lwc_webhooks_parked":                           "Webhooks that failed too often.",
	"lwc_webhook_last_timestamp_seconds":            "When the newest webhook came.",
	"lwc_mails_unsent":                              "Mails that wait to be sent.",
	"lwc_mails_failing":                             "Mails that wait to be sent and have failed before.",
	"lwc_mail_last_sent_timestamp_seconds":          "When a mail was sent last.",
	"lwc_alert_events_behind":                       "Events that the alerts have not judged yet.",
	"lwc_index_events_behind":                       "Events that the search index has not taken in yet.",
	"lwc_index_ready":                               "1 when search is whole, 0 while its index is made anew.",
	"lwc_jobber_last_sync_timestamp_seconds":        "When jobs were read from Jobber last.",
	"lwc_backup_last_good_timestamp_seconds":        "When the last good backup was made.",
	"lwc_database_size_bytes":                       "Size of the database's file.",
	"lwc_store_commits_total":                       "Commits, each synced to the disk.",
	"lwc_store_acts_total":                          "Acts in those commits.",
	"lwc_store_commit_write_duration_seconds_total": "Time spent writing and syncing commits.",
	"lwc_log_warnings_total":                        "Warnings logged.",
	"lwc_log_errors_total":                          "Errors logged.",
	"lwc_panics_total":                              "Panics that were caught.",
}

func newGauges(s *Server) *gauges {
	g := &gauges{server: s, all: map[string]*prometheus.Desc{}}
	for name, help := range gaugeHelp {
		g.all[name] = prometheus.NewDesc(name, help, nil, nil)
	}
	return g
}

// Describe implements [prometheus.Collector].
func (g *gauges) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range g.all {
		ch <- d
	}
}

// A sample is where values go.
type sample struct {
	g  *gauges
	ch chan<- prometheus.Metric
}

func (s sample) is(name string, n float64) {
	s.ch <- prometheus.MustNewConstMetric(s.g.all[name], prometheus.GaugeValue, n)
}

func (s sample) total(name string, n float64) {
	s.ch <- prometheus.MustNewConstMetric(s.g.all[name], prometheus.CounterValue, n)
}

func (s sample) at(name string, t time.Time) {
	if !t.IsZero() {
		s.is(name, float64(t.UnixMilli())/1000)
	}
}

// Collect implements [prometheus.Collector]. What cannot be read is left out, and logged.
func (g *gauges) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	to := sample{g, ch}
	for _, read := range []func(context.Context, sample) error{g.stock, g.outside, g.mail, g.followers, g.writing} {
		if err := read(ctx, to); err != nil {
			g.server.Log.Error("metrics", "err", err)
		}
	}
	warnings, errs, panics := g.server.Troubles.Counts()
	to.total("lwc_log_warnings_total", float64(warnings))
	to.total("lwc_log_errors_total", float64(errs))
	to.total("lwc_panics_total", float64(panics))
}

func (g *gauges) stock(ctx context.Context, to sample) error {
	n, err := g.server.Store.Counts(ctx)
	if err != nil {
		return err
	}
	to.is("lwc_items", float64(n.Items))
	to.is("lwc_items_archived", float64(n.Archived))
	to.is("lwc_items_low", float64(n.Low))
	to.is("lwc_items_out", float64(n.Out))
	return nil
}

// outside is what comes from elsewhere or goes there.
func (g *gauges) outside(ctx context.Context, to sample) error {
	hooks, err := g.server.Store.WebhookStats(ctx, g.server.Store.Now().Add(-24*time.Hour))
	if err != nil {
		return err
	}
	to.is("lwc_webhooks_pending", float64(hooks.Pending))
	to.is("lwc_webhooks_parked", float64(hooks.Parked))
	to.at("lwc_webhook_last_timestamp_seconds", hooks.Last)
	sync, err := g.server.Store.SyncStatus(ctx)
	if err != nil {
		return err
	}
	to.at("lwc_jobber_last_sync_timestamp_seconds", sync.LastOK)
	backup, err := g.server.Store.BackupStatus(ctx)
	to.at("lwc_backup_last_good_timestamp_seconds", backup.Good)
	return err
}

func (g *gauges) mail(ctx context.Context, to sample) error {
	n, err := g.server.Store.MailStats(ctx)
	if err != nil {
		return err
	}
	to.is("lwc_mails_unsent", float64(n.Unsent))
	to.is("lwc_mails_failing", float64(n.Failing))
	to.at("lwc_mail_last_sent_timestamp_seconds", n.LastSent)
	return nil
}

// followers are the parts that follow the store's events.
func (g *gauges) followers(ctx context.Context, to sample) error {
	behind, err := g.server.Index.Behind(ctx)
	if err != nil {
		return err
	}
	to.is("lwc_index_events_behind", float64(behind))
	to.is("lwc_index_ready", map[bool]float64{true: 1}[g.server.Index.Ready()])
	last, err := g.server.Store.LastEvent(ctx)
	if err != nil {
		return err
	}
	seen, err := g.server.Store.AlertCursor(ctx)
	to.is("lwc_alert_events_behind", float64(last-min(last, store.EventID(seen))))
	return err
}

func (g *gauges) writing(ctx context.Context, to sample) error {
	st := g.server.Store.WriteStats()
	to.total("lwc_store_commits_total", float64(st.Commits))
	to.total("lwc_store_acts_total", float64(st.Acts))
	to.total("lwc_store_commit_write_duration_seconds_total", st.Writing.Seconds())
	size, err := g.server.Store.Size(ctx)
	if err == nil {
		to.is("lwc_database_size_bytes", float64(size))
	}
	return err
}
