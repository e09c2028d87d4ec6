package jobbertest

// A front is some switches of the weather page that belong together.
type front struct {
	name  string // in the address of its form
	title string
	knobs []knob
}

// A knob switches one field of [Behaviour]. Its kind of control follows from the field's type.
type knob struct {
	field   string   // by its path: "Bucket.Max"
	label   string   // what is switched, and its unit
	note    string   // what is known of the real thing, and what empty means
	choices []string // of a text that is one of these; the first is the good day's
}

// weather is every field of Behaviour as people switch it on the page. A field without a row here
// fails a test.
var weather = []front{
	{"tokens", "Tokens", []knob{
		{field: "RotationOff", label: "Refresh tokens do not rotate",
			note: "A setting of the app in the Developer Center. A refresh then answers the same refresh token and a warning; apps in the marketplace must let theirs rotate."},
		{field: "Reuse", label: "A used refresh token is good again",
			note: "Apps made before 2024: they get tokens all the same, with a warning. Off, it is refused for good."},
		{field: "AccessLifetime", label: "Lifetime of access tokens made from now on",
			note: "As 30s or 5m. Empty: 60 minutes, as at Jobber."},
	}},
	{"access", "Connection", []knob{
		{field: "Token", label: "The token endpoint", choices: choices("works", TokenDown, TokenBusy, TokenHangs, TokenCut,
			TokenLost, TokenHalf, TokenStranger, TokenInactive, TokenGone, TokenBlocked),
			note: "What it does with every form. A lost answer, or half of one, comes after the rotation: the old refresh token is dead by then."},
		{field: "Access", label: "What the API says to access tokens",
			choices: choices("answers", AccessGone, AccessInactive, AccessBlocked, AccessUnknown),
			note:    "Whatever the token is worth. How the connection ends is not all documented."},
		{field: "AccessStatus", label: "Status of the answers that the connection has ended", note: "Not documented. Empty: 401."},
		{field: "Hidden", label: "What the app has no scope for",
			note: "Fields of Query, as products, product. They are hidden due to permissions then, with status 200."},
		{field: "DisconnectNamesNothing", label: "APP_DISCONNECT has no itemId", note: "Not documented. Off, it is the account's id."},
	}},
	{"hooks", "Webhooks", []knob{
		{field: "Hooks.Off", label: "Webhooks are off",
			note: "As after too many slow or failing answers: nobody is told, and what happens meanwhile is never sent. Turn it off to switch them on again."},
		{field: "Hooks.DisableAfter", label: "Slow or failing answers in a row that switch them off",
			note: "How many Jobber bears is not documented. Empty: any number."},
		{field: "Hooks.SlowAfter", label: "An answer is slow after", note: "Empty: 1s, as documented."},
		{field: "Hooks.Tries", label: "Tries of a webhook that is not taken", note: "Not documented. Empty: 3, the second after a second, then twice as long."},
		{field: "Hooks.Copies", label: "Each is sent so many times more", note: "Jobber delivers at least once."},
		{field: "Hooks.Reversed", label: "Those of one act come last first", note: "Jobber promises no order."},
		{field: "Hooks.Delay", label: "Sent after", note: "4 to 20 seconds were seen. Empty: at once."},
		{field: "Hooks.OldSpelling", label: "occuredAt instead of occurredAt", note: "As apps made before December 2023 get it."},
		{field: "Hooks.Offsets", label: "Times with an offset instead of Z", note: "Both occur."},
		{field: "Hooks.QuietLines", label: "A change of lines alone is not told of", note: "Whether Jobber tells of it is not confirmed."},
	}},
	{"api", "Queries", []knob{
		{field: "API.Fault", label: "The API", choices: choices("works", APIThrottled, APIBusy, APIDown, APICut, APIHalf, APIPage, APIHangs),
			note: "What it does with queries."},
		{field: "API.Most", label: "Requests in five minutes", note: "More are answered 429. Empty: 2,500, as at Jobber."},
		{field: "API.Every", label: "The fault hits each so many-th request", note: "Empty: each one."},
		{field: "API.Latency", label: "Time that an answer takes", note: "As 500ms. Empty: none."},
		{field: "API.Gone", label: "Fields that are no more", note: "As Job.instructions, Visit.assignedUsers. Jobber may take fields out of a version it still serves; one unknown field fails a whole query."},
		{field: "API.Version.Served", label: "Version that answers whatever was asked for", note: "As 2026-07-27. A version that was removed is replaced without a word. Empty: the one asked for."},
		{field: "API.Version.Support", label: "Each version is", choices: choices("supported", SupportEnding, SupportEnded),
			note: "Jobber then adds a warning to every answer."},
		{field: "API.Version.Strict", label: "A version not in the list is refused", note: "Both were seen: 404, and the next version without a word. Off: the next version."},
		{field: "API.Version.Headerless", label: "A request that names no version", choices: choices("gets the newest", HeaderlessMissing, HeaderlessRefused),
			note: "Not settled what Jobber does."},
	}},
	{"bucket", "Points", []knob{
		{field: "Bucket.Max", label: "Size of the bucket, points", note: "Empty: 10,000, as at Jobber. What is in it stays in it, up to the new size."},
		{field: "Bucket.Restore", label: "Points a second that flow in", note: "Empty: 500, as at Jobber."},
	}},
}

// choices are texts to choose from.
func choices[T ~string](good string, rest ...T) []string {
	all := []string{good}
	for _, r := range rest {
		all = append(all, string(r))
	}
	return all
}
