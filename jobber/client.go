package jobber

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	graphql "github.com/hasura/go-graphql-client"
)

// How often one operation is asked, and how long it waits between.
const (
	maxTries  = 5
	firstWait = time.Second
	lastWait  = 30 * time.Second
	tooMany   = 10 * time.Second // nobody asks after a 429 that does not say how long
)

// A client asks Jobber's GraphQL API. All errors of its methods that are about Jobber are
// [*failure]s. It is safe for concurrent use.
type client struct {
	gql    *graphql.Client
	tokens *tokens
	points *points
	api    *api
	spread func(time.Duration) time.Duration
	log    *slog.Logger
}

func newClient(c Config, tk *tokens) *client {
	hc := &http.Client{Transport: transport{c.Transport, c.Version}, CheckRedirect: noRedirect}
	// The package's own retries stay off: they would repeat mutations, and sleep whatever ctx says.
	return &client{gql: graphql.NewClient(c.GraphQLURL, hc), tokens: tk, points: newPoints(), spread: c.Spread,
		api: newAPI(c.Store, c.Version, c.Log), log: c.Log}
}

// do asks until Jobber answers, waiting as it asks, a few times. Then out holds the data.
func (c *client) do(ctx context.Context, op operation, vars map[string]any, out any) error {
	for try := range maxTries {
		err := c.ask(ctx, op, vars, out)
		if !passing(err) || try == maxTries-1 {
			return err
		}
		wait := c.spread(backOff(try, firstWait, lastWait))
		if f, ok := errors.AsType[*failure](err); ok && f.wait > 0 {
			wait += f.wait
		}
		c.log.Debug("waiting for jobber", "operation", op.name(), "wait", wait, "err", err)
		if !sleep(ctx, wait) {
			return ctx.Err()
		}
	}
	panic("unreachable")
}

// ask asks once, and once more with a fresh token if the first is not accepted. When that is not
// accepted either, or Jobber says that the connection has ended, it is given up here too.
func (c *client) ask(ctx context.Context, op operation, vars map[string]any, out any) error {
	token, err := c.tokens.access(ctx)
	if err != nil {
		return err
	}
	err = c.once(ctx, token, op, vars, out)
	if kindOf(err) == unauthorized {
		if token, err = c.tokens.renew(ctx, token); err != nil {
			return err
		}
		if err = c.once(ctx, token, op, vars, out); kindOf(err) == unauthorized {
			err = &failure{kind: dropped, said: saidWithdrawn, err: err}
		}
	}
	if kindOf(err) == dropped {
		if e := c.tokens.drop(ctx, token, sentence(err)); e != nil {
			return errors.Join(err, e)
		}
	}
	return err
}

// once asks once with the token given, and again without the fields that Jobber does not have any more.
func (c *client) once(ctx context.Context, token string, op operation, vars map[string]any, out any) error {
	for {
		gone := c.api.missing()
		err := c.send(ctx, token, op, vars, gone, out)
		f, ok := errors.AsType[*failure](err)
		if !ok || len(f.missing) == 0 {
			return err
		}
		for _, name := range f.missing {
			if isVital(name) || slices.Contains(gone, name) {
				return failed(refused, "Jobber has no %s any more, and jobs cannot be read without it. Look for a newer version of this program.", name)
			}
		}
		c.api.lost(ctx, f.missing)
	}
}

// send asks once, when Jobber's bucket holds what it may cost.
func (c *client) send(ctx context.Context, token string, op operation, vars map[string]any, gone []string, out any) error {
	asked, vars, left := op.without(gone, vars)
	cost := c.points.price(asked, vars)
	if err := c.points.take(ctx, cost); err != nil {
		return err
	}
	k := &call{token: token}
	timed, cancel := context.WithTimeout(context.WithValue(ctx, callKey{}, k), callTimeout)
	defer cancel()
	data, raw, err := c.gql.ExecRawWithExtensions(timed, string(asked), vars, graphql.OperationName(op.name()))
	x := readExtensions(raw)
	c.points.settle(op.name(), cost, x)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if k.status == http.StatusTooManyRequests {
		c.points.hold(max(k.retryAfter, c.spread(tooMany)))
	}
	c.api.version(ctx, x)
	if err := judge(k, len(data) > 0, x, err); err != nil {
		return err
	}
	if err := json.Unmarshal(data, out); err != nil {
		return &failure{kind: failing, said: "The answer has another shape than asked for.", err: err}
	}
	c.api.answered(ctx, op, left)
	return nil
}

// judge says what an answer means; nil if it is one. err is what the GraphQL client made of it.
func judge(k *call, data bool, x extensions, err error) error {
	said := flatMessage(k.body)
	switch {
	case k.status == 0:
		return &failure{kind: unreachable, err: err}
	case gone(said), k.status != http.StatusOK && gone(string(k.body)): // in whatever status and shape
		return failed(dropped, saidDisconnected)
	case blocked(said):
		return failed(failing, saidBlocked)
	case k.status == http.StatusUnauthorized:
		return failed(unauthorized, "%s", said)
	case k.status == http.StatusTooManyRequests:
		return failed(throttled, "%s", said) // the points hold everybody
	case k.status >= 500:
		return &failure{kind: failing, said: answered(k.status, said), wait: k.retryAfter}
	case k.status != http.StatusOK:
		return failed(refused, "%s", answered(k.status, said))
	}
	if errs, ok := errors.AsType[graphql.Errors](err); ok {
		return judgeErrors(errs, x)
	}
	if err != nil || !data {
		return &failure{kind: failing, said: answered(k.status, said), err: err}
	}
	return nil
}

func answered(status int, said string) string {
	if said == "" {
		said = http.StatusText(status)
		if status == http.StatusOK {
			said = "an answer without data"
		}
	}
	return "It says: " + strings.TrimSuffix(said, ".") + "."
}

// judgeErrors says what the errors of an answer with status 200 mean together.
func judgeErrors(errs graphql.Errors, x extensions) error {
	var missing []string
	for _, e := range errs {
		if name := missingField(e.Message); name != "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return &failure{kind: refused, said: short(errs[0].Message), missing: missing}
	}
	for _, kind := range []trouble{dropped, unauthorized, throttled, denied, refused} {
		for _, e := range errs {
			if f := judgeError(e, x); f.kind == kind {
				return f
			}
		}
	}
	return judgeError(errs[0], x)
}

func judgeError(e graphql.Error, x extensions) *failure {
	code, _ := e.Extensions["code"].(string) // absent in many of Jobber's errors
	said := "It says: " + strings.TrimSuffix(short(e.Message), ".") + "."
	switch {
	case code == graphql.ErrJsonDecode || code == graphql.ErrRequestError:
		return &failure{kind: failing, said: "The answer is not GraphQL.", err: e.Unwrap()}
	case code == "THROTTLED":
		if t := x.Cost.Throttle; t.Max > 0 && x.Cost.Requested > t.Max {
			return failed(refused, "A query costs more points than Jobber ever gives.")
		}
		return &failure{kind: throttled}
	case code == "UNAUTHENTICATED" || strings.Contains(e.Message, "hidden because you are unauthenticated"):
		return failed(unauthorized, "%s", said)
	case gone(e.Message):
		return failed(dropped, saidDisconnected)
	case strings.Contains(e.Message, "hidden due to permissions"):
		return failed(denied, "%s", said)
	default:
		return failed(refused, "%s", said)
	}
}
