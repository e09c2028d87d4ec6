package alerts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"

	"lwc-inventory/store"
)

// A push is of no use a day later: the inbox has it, and the item its state.
const pushLife = 24 * time.Hour

// pushBody is what a device shows; static/push-worker.js reads it.
type pushBody struct {
	Title string `json:"title"`
	Body  string `json:"body"`
	URL   string `json:"url"` // on this installation
}

// pushed returns one message for each device of people who want to hear at once of some of the crossings.
func (r rules) pushed(st *state, crossings []store.Crossing, heard map[store.EventID]bool) []store.Mail {
	var mails []store.Mail
	for _, u := range st.people {
		theirs := slices.DeleteFunc(slices.Clone(crossings), func(c store.Crossing) bool { return !wantsPush(u, c, st.facts[c.Item].category) })
		if len(theirs) == 0 {
			continue
		}
		for _, p := range st.devices {
			if p.User != u.ID {
				continue
			}
			for _, c := range theirs {
				heard[c.Event] = true
			}
			key := fmt.Sprintf("%d/%s/%d/push/%d", theirs[0].Event, theirs[0].Severity, u.ID, p.ID)
			mails = append(mails, store.Mail{Key: key, To: u.ID, Channel: store.ChannelPush, Target: p.ID.String(), Crossings: theirs})
		}
	}
	return mails
}

// wantsPush reports whether u wants to hear of c at once. It takes no address.
func wantsPush(u store.User, c store.Crossing, category string) bool {
	return u.Active && u.AtOnce(c.Severity) && u.Follows(category)
}

// pushOutlet is where messages to devices leave.
func (s *Service) pushOutlet() *outlet {
	return &outlet{Service: s, channel: store.ChannelPush, look: s.pushReader, write: s.pushMessage, send: s.postPush}
}

// pushReader is whose device m is for. They may have switched it off, or changed their mind, since m was queued.
func (s *Service) pushReader(ctx context.Context, m store.Mail) (as store.Mail, to store.User, why string, err error) {
	if s.Store.Now().Sub(m.CreatedAt) > pushLife {
		return m, to, "It is too old to be of use.", nil
	}
	to, err = s.Store.User(ctx, m.To)
	if err != nil && store.CodeOf(err) != store.NotFound {
		return m, to, "", fmt.Errorf("read user %d: %w", m.To, err)
	}
	categories, _, aerr := s.about(ctx, m)
	if aerr != nil {
		return m, to, "", aerr
	}
	if m = wanted(m, to, categories); err != nil || !to.Active || empty(m) {
		return m, to, "This person does not want such messages any more.", nil
	}
	if _, err = s.device(ctx, m.To, m.Target); errors.Is(err, errNoDevice) {
		return m, to, "The device takes no messages any more.", nil
	}
	return m, to, "", err
}

var errNoDevice = errors.New("no such device")

func (s *Service) device(ctx context.Context, who store.UserID, id string) (store.Push, error) {
	all, err := s.Store.Pushes(ctx, who)
	if err != nil {
		return store.Push{}, err
	}
	for _, p := range all {
		if p.ID.String() == id {
			return p, nil
		}
	}
	return store.Push{}, errNoDevice
}

// pushMessage writes what the device shows. To holds whose it is and which.
func (s *Service) pushMessage(ctx context.Context, m store.Mail, _ store.User) (Message, error) {
	out := 0
	var names []string
	for _, c := range m.Crossings {
		it, err := s.Store.Item(ctx, c.Item)
		if err != nil {
			return Message{}, fmt.Errorf("item %d: %w", c.Item, err)
		}
		if c.Severity == store.Out {
			out++
		}
		names = append(names, fmt.Sprintf("%s: %s of %s", oneLine(it.Name), figure(c.Available), amount(c.Minimum, it.Unit)))
	}
	b := pushBody{Title: tally{out: out, low: len(m.Crossings) - out}.String(), Body: listed(names, 300), URL: "/inbox"}
	if len(m.Crossings) == 1 {
		b.URL = "/items/" + m.Crossings[0].Item.String()
	}
	text, err := json.Marshal(b)
	return Message{To: fmt.Sprintf("%d %s", m.To, m.Target), Subject: b.Title, Text: string(text)}, err
}

// postPush encrypts a message for its device (RFC 8291) and hands it to the device's push service. One that is gone for good
// is forgotten.
func (s *Service) postPush(ctx context.Context, m Message) error {
	const doing = "send to the push service"
	var who store.UserID
	var id string
	if _, err := fmt.Sscan(m.To, &who, &id); err != nil {
		return err
	}
	p, err := s.device(ctx, who, id)
	if err != nil {
		return err
	}
	key, err := s.Store.PushKey(ctx)
	if err != nil {
		return err
	}
	client := s.web()
	resp, err := webpush.SendNotificationWithContext(ctx, []byte(m.Text),
		&webpush.Subscription{Endpoint: p.Endpoint, Keys: webpush.Keys{Auth: p.Auth, P256dh: p.P256dh}},
		&webpush.Options{HTTPClient: client, Subscriber: s.contact(), TTL: int(pushLife.Seconds()), Urgency: webpush.UrgencyNormal,
			VAPIDPublicKey: key.Public, VAPIDPrivateKey: key.Private, VapidExpiration: s.Store.Now().Add(12 * time.Hour)})
	failure := posted(doing, resp, err)
	if refusal, ok := errors.AsType[*SendError](failure); ok {
		refusal.Server = false // each device has a service of its own
		if resp != nil && (resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone) {
			return errors.Join(failure, s.Store.DropPush(ctx, who, p.ID))
		}
	}
	return failure
}

// contact is where a push service finds whoever sends: RFC 8292 wants an address of ours.
func (s *Service) contact() string {
	if strings.HasPrefix(s.BaseURL, "https://") {
		return s.BaseURL
	}
	return "stock@localhost.localdomain"
}
