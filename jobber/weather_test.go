package jobber_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
)

// TestSyncThroughBadWeather has every third answer of Jobber's go wrong, in each way there is: the first sync
// gets through all the same, and without haste.
func TestSyncThroughBadWeather(t *testing.T) {
	for _, fault := range []jobbertest.APIFault{jobbertest.APIThrottled, jobbertest.APIBusy, jobbertest.APIDown,
		jobbertest.APICut, jobbertest.APIHalf, jobbertest.APIPage, jobbertest.APIHangs} {
		t.Run(string(fault), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, setup{inMemory: true, interval: time.Hour, data: many(100)})
				r.connect()
				r.far.Behave(func(b *jobbertest.Behaviour) { b.API = jobbertest.API{Fault: fault, Every: 3} })
				r.run()
				for range 600 {
					time.Sleep(time.Second)
					synctest.Wait()
					if r.status().State == store.SyncOK {
						break
					}
				}
				if st := r.status(); st.State != store.SyncOK || st.Jobs != 100 {
					t.Errorf("after ten minutes: %+v", st)
				}
				if n := r.far.Stats().Requests; n > 30 {
					t.Errorf("%d requests for a list and 8 pages", n)
				}
				r.cancel()
			})
		})
	}
}

// TestNeverSpins has Jobber fail for good: it is asked less and less, by the sweep and by a webhook together.
func TestNeverSpins(t *testing.T) {
	for _, fault := range []jobbertest.APIFault{jobbertest.APIThrottled, jobbertest.APIBusy, jobbertest.APIDown,
		jobbertest.APICut, jobbertest.APIHalf, jobbertest.APIPage, jobbertest.APIHangs} {
		t.Run(string(fault), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, setup{inMemory: true, interval: 15 * time.Minute})
				r.connect()
				r.run()
				time.Sleep(time.Minute)
				synctest.Wait()
				r.far.Behave(func(b *jobbertest.Behaviour) { b.API.Fault = fault })
				before := r.far.Stats().Requests
				r.tell("JOB_UPDATE", jobbertest.ID("Job", 1))
				time.Sleep(30 * time.Minute)
				synctest.Wait()
				first := r.far.Stats().Requests
				if n := first - before; n < 5 || n > 100 {
					t.Errorf("%d requests in the first half hour", n)
				}
				time.Sleep(24 * time.Hour)
				synctest.Wait()
				if n := r.far.Stats().Requests - first; n > 24*80 {
					t.Errorf("%d requests in a day", n)
				}
				if st := r.status(); st.Problem == "" {
					t.Errorf("the owner reads nothing: %+v", st)
				}
				r.far.Behave(func(b *jobbertest.Behaviour) { b.API.Fault = "" })
				time.Sleep(time.Hour)
				synctest.Wait()
				if st := r.status(); st.State != store.SyncOK || strings.TrimSpace(st.Problem) != "" {
					t.Errorf("an hour after the end of it: %+v", st)
				}
				r.cancel()
			})
		})
	}
}
