package alerts

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"lwc-inventory/store"
)

// The headers of a webhook of ours; docs/webhook.md tells what they hold.
const (
	hookSigned   = "X-LWC-Hmac-SHA256"
	hookDelivery = "X-LWC-Delivery"
)

// hookBody is what the owners' webhook gets. docs/webhook.md is its description: a field is added, never taken away
// or given another meaning.
type hookBody struct {
	ID     string      `json:"id"`
	Type   string      `json:"type"` // stock, import, test
	At     time.Time   `json:"at"`
	Items  []hookItem  `json:"items"`
	Import *hookImport `json:"import,omitempty"`
	URL    string      `json:"url,omitempty"`
}

type hookItem struct {
	State     string      `json:"state"` // out, low, back
	SKU       string      `json:"sku"`
	Name      string      `json:"name"`
	Category  string      `json:"category"`
	Unit      string      `json:"unit"`
	Place     string      `json:"place,omitempty"`
	Available json.Number `json:"available"`
	OnHand    json.Number `json:"on_hand"`
	Allocated json.Number `json:"allocated"`
	Minimum   json.Number `json:"minimum"`
	OnOrder   json.Number `json:"on_order,omitempty"`
	Cause     string      `json:"cause"`
	By        string      `json:"by"`
	Job       int         `json:"job,omitempty"`
	Event     uint64      `json:"event"`
	At        time.Time   `json:"at"`
	URL       string      `json:"url,omitempty"`
}

type hookImport struct {
	By    string `json:"by"`
	Items int    `json:"items"`
	Out   int    `json:"out"`
	Low   int    `json:"low"`
}

// hookOutlet is where messages to the owners' webhook leave.
func (s *Service) hookOutlet() *outlet {
	return &outlet{Service: s, channel: store.ChannelWebhook, look: s.hookIsOn, write: s.hookMessage,
		send: func(ctx context.Context, m Message) error { return s.postHook(ctx, m.MessageID, []byte(m.Text)) }}
}

func (s *Service) hookIsOn(ctx context.Context, m store.Mail) (store.Mail, store.User, string, error) {
	_, _, on, err := s.Store.HookTarget(ctx)
	if store.CodeOf(err) == store.NotFound || err == nil && !on {
		return m, store.User{}, "The webhook is off.", nil
	}
	return m, store.User{}, "", err
}

// deliveryID names a message for good: it is the same at each try.
func deliveryID(m store.Mail) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s", m.Key, m.CreatedAt.UTC().Format(time.RFC3339Nano)))
	return hex.EncodeToString(sum[:16])
}

// hookMessage writes the message m. It says the same at every try.
func (s *Service) hookMessage(ctx context.Context, m store.Mail, _ store.User) (Message, error) {
	b := hookBody{ID: deliveryID(m), Type: "stock", At: m.CreatedAt.UTC(), Items: []hookItem{}, URL: s.link("/items?low=1")}
	subject := "Import"
	if i := m.Import; i != nil {
		b.Type, b.Import = "import", &hookImport{By: i.By, Items: i.Items, Out: i.Out, Low: i.Low}
	} else {
		var ids []store.JobID
		for _, c := range m.Crossings {
			if c.Job != 0 {
				ids = append(ids, c.Job)
			}
		}
		jobs, err := s.jobsOf(ctx, ids)
		if err != nil {
			return Message{}, err
		}
		out, low, back := 0, 0, 0
		for _, c := range m.Crossings {
			item, err := s.hookItem(ctx, c, jobs, m.CreatedAt)
			if err != nil {
				return Message{}, err
			}
			b.Items = append(b.Items, item)
			switch item.State {
			case "out":
				out++
			case "low":
				low++
			default:
				back++
			}
		}
		subject = fmt.Sprintf("%d out, %d low, %d back", out, low, back)
	}
	text, err := json.Marshal(b)
	return Message{Subject: subject, MessageID: b.ID, Text: string(text)}, err
}

func (s *Service) hookItem(ctx context.Context, c store.Crossing, jobs map[store.JobID]store.JobHead, now time.Time) (hookItem, error) {
	it, err := s.Store.Item(ctx, c.Item)
	if err != nil {
		return hookItem{}, fmt.Errorf("item %d: %w", c.Item, err)
	}
	h := hookItem{State: string(c.Severity), SKU: it.SKU, Name: oneLine(it.Name), Category: it.Category, Unit: it.Unit,
		Available: number(c.Available), OnHand: number(c.OnHand), Allocated: number(c.Allocated), Minimum: number(c.Minimum),
		By: c.By, Job: jobs[c.Job].Number, Event: uint64(c.Event), At: c.At.UTC(), URL: s.link("/items/", it.ID.String())}
	if c.OnOrder > 0 {
		h.OnOrder = number(c.OnOrder)
	}
	if c.Place != 0 {
		p, err := s.Store.Place(ctx, c.Place)
		if err != nil {
			return hookItem{}, fmt.Errorf("place %d: %w", c.Place, err)
		}
		h.Place = p.Name
	}
	if c.Back {
		h.State = "back"
		return h, nil
	}
	why, err := s.causeOf(ctx, c, it.Unit, jobs, now.In(s.Location))
	h.Cause = why.String()
	return h, err
}

// number is an amount as JSON has it, to its last decimal: no float comes near it.
func number(q store.Qty) json.Number { return json.Number(q.String()) }

// TestHook sends a test to the owners' webhook, on or off, and returns what it answered as the error's text.
func (s *Service) TestHook(ctx context.Context) error {
	id := rand.Text()
	body, err := json.Marshal(hookBody{ID: id, Type: "test", At: s.Store.Now(), Items: []hookItem{}, URL: s.link("/items?low=1")})
	if err != nil {
		return err
	}
	failure := s.postHook(ctx, id, body)
	problem := ""
	if failure != nil {
		problem = problemOf(failure)
	}
	if err := s.Store.HookTested(ctx, id, problem); err != nil {
		s.Log.Error("the test of the webhook is not in the log", "err", err)
	}
	return failure
}

// postHook hands a body to the owners' webhook, signed with its secret.
func (s *Service) postHook(ctx context.Context, id string, body []byte) error {
	const doing = "send to the webhook"
	address, secret, _, err := s.Store.HookTarget(ctx)
	if err != nil {
		return &SendError{Doing: doing, Err: err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return &SendError{Permanent: true, Doing: doing, Err: fmt.Errorf("the address cannot be read")}
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "LWC-Inventory")
	req.Header.Set(hookDelivery, id)
	req.Header.Set(hookSigned, base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	resp, err := s.web().Do(req)
	return posted(doing, resp, err)
}
