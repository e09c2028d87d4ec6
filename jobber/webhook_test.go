package jobber_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"lwc-inventory/jobber"
	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
)

func TestVerify(t *testing.T) {
	body := jobbertest.Event("JOB_UPDATE", clientID, account, jobbertest.ID("Job", 1), began)
	good := jobbertest.Sign(secret, body)
	raw, err := base64.StdEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, secret string
		body         []byte
		signature    string
		want         bool
	}{
		{"right", secret, body, good, true},
		{"empty body, signed", secret, nil, jobbertest.Sign(secret, nil), true},
		{"other body", secret, append(body, ' '), good, false},
		{"other secret", "x", body, good, false},
		{"no signature", secret, body, "", false},
		{"no base64", secret, body, "%%%", false},
		{"hex", secret, body, fmt.Sprintf("%x", raw), false},
		{"cut short", secret, body, base64.StdEncoding.EncodeToString(raw[:16]), false},
		{"URL alphabet", secret, body, base64.RawURLEncoding.EncodeToString(raw), false},
		{"no secret", "", body, jobbertest.Sign("", body), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := jobber.Verify(tt.secret, tt.body, tt.signature); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestParseEvent(t *testing.T) {
	event := func(inside string) string { return `{"data":{"webHookEvent":{` + inside + `}}}` }
	at := time.Date(2021, 8, 12, 22, 31, 36, 0, time.UTC)
	want := store.Delivery{Topic: "CLIENT_CREATE", App: "app", Account: "MQ==", Item: "Mg==", OccurredAt: at}
	noItem, noApp := want, want
	noItem.Item, noApp.App = "", ""
	const names = `"topic":"CLIENT_CREATE","appId":"app","accountId":"MQ==","itemId":"Mg==",`
	for _, tt := range []struct {
		name, body string
		want       store.Delivery // zero: no event
	}{
		{"newer apps", event(names + `"occurredAt":"2021-08-12T16:31:36-06:00"`), want},
		{"older apps", event(names + `"occuredAt":"2021-08-12T22:31:36Z"`), want},
		{"both", event(names + `"occurredAt":"2021-08-12T22:31:36Z","occuredAt":"2020-01-01T00:00:00Z"`), want},
		{"offset without a colon", event(names + `"occurredAt":"2021-08-12T16:31:36-0600"`), want},
		{"more than we know", event(names + `"occurredAt":"2021-08-12T22:31:36Z","extra":{"a":[1]}`), want},
		{"no item", event(`"topic":"CLIENT_CREATE","appId":"app","accountId":"MQ==","occurredAt":"2021-08-12T22:31:36Z"`), noItem},
		{"no app", event(`"topic":"CLIENT_CREATE","accountId":"MQ==","itemId":"Mg==","occurredAt":"2021-08-12T22:31:36Z"`), noApp},
		{"no time", event(names + `"x":1`), store.Delivery{}},
		{"a time that is none", event(names + `"occurredAt":"yesterday"`), store.Delivery{}},
		{"a time after all years", event(names + `"occurredAt":"9999-12-31T23:59:59-05:00"`), store.Delivery{}},
		{"a time before all years", event(names + `"occurredAt":"0000-01-01T00:00:00+05:00"`), store.Delivery{}},
		{"no topic", event(`"accountId":"MQ==","itemId":"Mg==","occurredAt":"2021-08-12T22:31:36Z"`), store.Delivery{}},
		{"no account", event(`"topic":"JOB_UPDATE","itemId":"Mg==","occurredAt":"2021-08-12T22:31:36Z"`), store.Delivery{}},
		{"numbers for names", event(`"topic":1,"accountId":2,"occurredAt":"2021-08-12T22:31:36Z"`), store.Delivery{}},
		{"a name without end", event(`"topic":"` + strings.Repeat("X", 40_000) + `","accountId":"MQ==","occurredAt":"2021-08-12T22:31:36Z"`), store.Delivery{}},
		{"empty object", `{}`, store.Delivery{}},
		{"another shape", `[]`, store.Delivery{}},
		{"no JSON", `topic=JOB_UPDATE`, store.Delivery{}},
		{"nothing", ``, store.Delivery{}},
		{"two of them", event(names+`"occurredAt":"2021-08-12T22:31:36Z"`) + `{}`, store.Delivery{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := jobber.ParseEvent([]byte(tt.body))
			if tt.want.Topic == "" {
				if store.CodeOf(err) != store.Invalid {
					t.Errorf("got %+v, %v; want it refused", got, err)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func FuzzParseEvent(f *testing.F) {
	f.Add(jobbertest.Event("JOB_UPDATE", clientID, account, "x", began))
	f.Add([]byte(`{"data":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := jobber.ParseEvent(body)
		if err == nil && (d.Topic == "" || d.Account == "" || d.OccurredAt.Location() != time.UTC) {
			t.Errorf("%q is taken as %+v", body, d)
		}
		if err != nil && store.CodeOf(err) != store.Invalid {
			t.Errorf("%q: %v", body, err)
		}
	})
}
