package handlers

import "lwc-inventory/store"

// A verb is how one kind of movement is spoken of and asked for on screen.
type verb struct {
	Kind   store.Kind
	Name   string // on buttons: "Take"
	Past   string // in toasts and histories: "taken"
	Icon   string
	From   string // label of the place it comes from; "" if that is no place of ours
	To     string // likewise, where it goes
	Job    bool   // may be for a job
	Reason bool   // says why
	Effect int    // on the place asked about: -1 takes away, 1 adds, 0 sets
}

// verbs are all of them, in the order of a person's day.
var verbs = []verb{
	{Kind: store.Issue, Name: "Take", Past: "taken", Icon: "take", From: "From", Job: true, Effect: -1},
	{Kind: store.Return, Name: "Put back", Past: "put back", Icon: "put", To: "To", Job: true, Effect: 1},
	{Kind: store.Transfer, Name: "Move", Past: "moved", Icon: "move", From: "From", To: "To", Effect: -1},
	{Kind: store.Count, Name: "Count", Past: "counted", Icon: "count", To: "Where", Effect: 0},
	{Kind: store.Receive, Name: "Receive", Past: "received", Icon: "cart", To: "To", Effect: 1},
	{Kind: store.Adjust, Name: "Adjust", Past: "adjusted", Icon: "edit", To: "Where", Reason: true, Effect: 1},
	{Kind: store.ScrapKind, Name: "Scrap", Past: "scrapped", Icon: "x", From: "From", Reason: true, Effect: -1},
}

// verbOf returns the verb for a kind. It fails with [store.Invalid] for what is none.
func verbOf(kind store.Kind) (verb, error) {
	for _, v := range verbs {
		if v.Kind == kind {
			return v, nil
		}
	}
	return verb{}, fieldError("kind", "Choose what happens: receive, issue, return, transfer, adjust, count or scrap.")
}

// Short is the name on the item's page, where four stand side by side.
func (v verb) Short() string {
	if v.Kind == store.Return {
		return "Put"
	}
	return v.Name
}

// says is what the verb is called on a button; an adjustment says which way it goes.
func (v verb) says() string {
	switch {
	case v.Kind != store.Adjust:
		return v.Name
	case v.Effect < 0:
		return "Take off"
	}
	return "Add"
}

// label says what a button will do: "Take 5 ea".
func (v verb) label(quantity, unit string) string {
	if quantity == "" {
		return v.says()
	}
	return v.says() + " " + quantity + " " + unit
}

// way turns an adjustment round that takes off instead of adding.
func (v verb) way(from, to string) verb {
	if v.Kind == store.Adjust && from != "" && to == "" {
		v.From, v.To, v.Effect = v.To, "", -1
	}
	return v
}
