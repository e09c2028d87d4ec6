package store

import (
	"fmt"
	"slices"

	"go.etcd.io/bbolt"
)

// unusual asks, with an [Unusual] error, before a movement of it that is out of the ordinary:
// more than stands there, more than the job needs and a fifth on top, a closed job, more back
// than went out, ten times what is usual. What it asks after is allowed once it is confirmed.
func unusual(tx *bbolt.Tx, it Item, m Movement) error {
	for _, ask := range []func(*bbolt.Tx, Item, Movement) (string, error){overShelf, overJob, overUsual} {
		question, err := ask(tx, it, m)
		if err != nil {
			return err
		}
		if question != "" {
			return &Error{Code: Unusual, Message: question}
		}
	}
	return nil
}

// verbs say what a movement does, in its question.
var verbs = map[Kind]string{Receive: "Receive", Issue: "Take", Return: "Put back", Transfer: "Move",
	Adjust: "Adjust by", ScrapKind: "Scrap"}

func overShelf(tx *bbolt.Tx, it Item, m Movement) (string, error) {
	if m.From.Virtual() || m.Kind == Count {
		return "", nil
	}
	there := onHandAt(tx, m.Item, m.From)
	if m.Qty <= there {
		return "", nil
	}
	p, err := getPlace(tx, m.From)
	return fmt.Sprintf("%s has %v %s. %s %v %s all the same?", p.Name, minus(there), it.Unit, verbs[m.Kind], m.Qty, it.Unit), err
}

func overJob(tx *bbolt.Tx, it Item, m Movement) (string, error) {
	if m.Job == 0 || m.Kind != Issue && m.From != JobEnd {
		return "", nil
	}
	r, err := getJob(tx, m.Job)
	if err != nil {
		return "", err
	}
	issued := issuedTo(tx.Bucket(issuedBucket), m.Job, m.Item)
	if m.From == JobEnd {
		if m.Qty <= issued {
			return "", nil
		}
		return fmt.Sprintf("Only %v %s went out to #%d. %s %v %s all the same?", minus(issued), it.Unit, r.Number,
			verbs[m.Kind], m.Qty, it.Unit), nil
	}
	if r.State == JobClosed {
		return fmt.Sprintf("Job #%d is closed. Take %v %s for it all the same?", r.Number, m.Qty, it.Unit), nil
	}
	required := r.required(m.Item)
	if required > 0 && issued+m.Qty > required+required/5 {
		return fmt.Sprintf("Job #%d needs %v %s and has %v. Take %v more all the same?", r.Number, required, it.Unit,
			minus(issued), m.Qty), nil
	}
	return "", nil
}

// overUsual compares with the median of the item's last ten movements of the kind, when there are three.
func overUsual(tx *bbolt.Tx, it Item, m Movement) (string, error) {
	if m.Kind == Count || m.Qty <= 10*one {
		return "", nil // ten times next to nothing is still ordinary
	}
	var usual []Qty
	looked := 0
	for id := range movementsOf(tx, m.Item, 0) {
		if looked++; looked > 100 || len(usual) == 10 {
			break
		}
		old, err := getMovement(tx, id)
		if err != nil {
			return "", err
		}
		if old.Kind == m.Kind && stands(tx, old) {
			usual = append(usual, old.Qty)
		}
	}
	if len(usual) < 3 {
		return "", nil
	}
	slices.Sort(usual)
	median := usual[len(usual)/2]
	if m.Qty < 10*median {
		return "", nil
	}
	return fmt.Sprintf("%v %s is much more than the usual %v. %s %v %s?", m.Qty, it.Unit, median,
		verbs[m.Kind], m.Qty, it.Unit), nil
}

// minus writes a number with a true minus sign, as sentences do.
func minus(q Qty) string {
	if q < 0 {
		return "−" + (-q).String()
	}
	return q.String()
}

// lines counts lines in words.
func lines(n int) string {
	if n == 1 {
		return "1 line"
	}
	return fmt.Sprintf("%d lines", n)
}
