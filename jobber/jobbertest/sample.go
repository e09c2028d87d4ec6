package jobbertest

import (
	"fmt"
	"strings"
	"time"
)

// Sample returns the account of an invented contractor in Iowa: crew, clients, price book, and
// some sixty jobs over the weeks around now, at working hours of now's location. The same now
// gives the same data. Its materials are those of the sample stock (store/sample), which holds
// enough for all dated jobs but four.
//
// Jobs worth knowing: 1042 tomorrow is short of two items and has a line that no item matches;
// 1045 tomorrow and 1051 and 1053 this week are short of one; 1005 and 1010 are billed by visit,
// with quantities only on their visits; 1034 has no date, and taking its first line leaves less
// than the item's minimum.
func Sample(now time.Time) Data {
	b := sampleBuilder{now: now, products: map[string]Product{}, clients: map[string]int{}}
	b.data.Account = Account{ID: ID("Account", 482113), Name: "LWC Contracting"}
	b.addPeople()
	b.addPriceBook()
	for _, jobs := range [][]sampleJob{sampleDone(), sampleSoon(), sampleLater(), sampleUndated()} {
		for _, j := range jobs {
			b.addJob(j)
		}
	}
	return b.data
}

// sampleJob is a row of the tables of jobs.
type sampleJob struct {
	number int
	title  string
	client string // last name or company
	visits []sampleVisit
	lines  []sampleLine
	done   bool   // closed when its last visit ended
	note   string // the job's instructions
}

// sampleVisit is a day counted from today, and hours of it.
type sampleVisit struct {
	day      int
	from, to float64
	crew     string       // first letters of first names
	lines    []sampleLine // makes the job one that is billed by visit
}

// sampleLine is an amount of an entry of the price book, or of something typed in.
type sampleLine struct {
	key   string // of the price book; empty when typed
	typed string
	qty   float64
	price float64 // when typed
}

func book(key string, qty float64) sampleLine { return sampleLine{key: key, qty: qty} }

func typed(text string, qty, price float64) sampleLine {
	return sampleLine{typed: text, qty: qty, price: price}
}

// sampleBuilder turns the tables into data, giving out ids as it goes.
type sampleBuilder struct {
	now      time.Time
	data     Data
	products map[string]Product // by key
	clients  map[string]int     // index by last name or company
	lines    int
	visits   int
}

func (b *sampleBuilder) addPeople() {
	for i, u := range sampleUsers {
		mail := strings.ToLower(u.first) + "@lwc.example"
		b.data.Users = append(b.data.Users, User{ID: ID("User", 2210401+i), First: u.first,
			Last: u.last, Email: mail, Admin: u.admin})
	}
	for i, c := range sampleClients {
		name := c.company
		if name == "" {
			name = c.last
		}
		b.clients[name] = i
		mail := strings.ToLower(c.first + "." + c.last + "@example.com")
		b.data.Clients = append(b.data.Clients, Client{ID: ID("Client", 145189300+i), First: c.first,
			Last: c.last, Company: c.company, Email: mail, Phone: fmt.Sprintf("319 555 01%02d", 30+i)})
		b.data.Properties = append(b.data.Properties, Property{ID: ID("Property", 160712500+i),
			Street1: c.street, City: c.town, Province: "Iowa", PostalCode: sampleZIP[c.town],
			Country: "United States"})
	}
}

func (b *sampleBuilder) addPriceBook() {
	for i, p := range samplePriceBook {
		pr := Product{ID: ID("ProductOrService", 50310200+i), Name: p.name, Category: p.category,
			Price: p.price, Cost: p.cost, Visible: true}
		if p.sku {
			pr.SKU = p.key
		}
		b.products[p.key] = pr
		b.data.Products = append(b.data.Products, pr)
	}
}

func (b *sampleBuilder) addJob(s sampleJob) {
	client, ok := b.clients[s.client]
	j := Job{ID: ID("Job", 130440000+s.number), Number: s.number, Title: s.title, Instructions: s.note,
		SalespersonID: b.data.Users[s.number%2].ID, Lines: b.addLines(s.lines)}
	if ok { // otherwise without a client, which Data.Check reports
		j.ClientID, j.PropertyID = b.data.Clients[client].ID, b.data.Properties[client].ID
	}
	for _, v := range s.visits {
		b.addVisit(&j, v, s.done)
	}
	j.CreatedAt = b.at(-9-s.number%23, 9+float64(s.number%7))
	if j.StartAt != nil && j.StartAt.Before(b.now) {
		j.CreatedAt = j.StartAt.AddDate(0, 0, -6-s.number%11)
	}
	j.UpdatedAt = j.CreatedAt.Add(time.Duration(1+s.number%40) * time.Hour)
	if s.done {
		b.close(&j)
	}
	b.data.Jobs = append(b.data.Jobs, j)
}

// addVisit adds a visit and stretches the job over it.
func (b *sampleBuilder) addVisit(j *Job, v sampleVisit, done bool) {
	b.visits++
	day := b.workday(v.day)
	start, end := b.at(day, v.from), b.at(day, v.to)
	visit := Visit{ID: ID("Visit", 880210000+b.visits), Title: j.Title, StartAt: &start, EndAt: &end,
		Lines: b.addLines(v.lines)}
	for _, u := range b.data.Users {
		if strings.Contains(v.crew, u.First[:1]) {
			visit.Crew = append(visit.Crew, u.ID)
		}
	}
	if len(v.lines) > 0 {
		j.Type, j.Billing = Recurring, VisitBased
	}
	if done || v.lines != nil && day < 0 {
		visit.CompletedAt = new(end)
	}
	j.Visits = append(j.Visits, visit)
	if j.StartAt == nil {
		j.StartAt = new(start)
	}
	j.EndAt = new(end)
}

// close ends a job with its last visit. What was closed long ago is paid and put away.
func (b *sampleBuilder) close(j *Job) {
	end := *j.EndAt
	j.CompletedAt, j.UpdatedAt = &end, end
	if end.Before(b.at(-10, 0)) {
		j.Status = StatusArchived
	}
}

func (b *sampleBuilder) addLines(from []sampleLine) []LineItem {
	var lines []LineItem
	for _, f := range from {
		b.lines++
		l := LineItem{ID: ID("JobLineItem", 412500000+b.lines), Name: f.typed, Quantity: f.qty,
			UnitPrice: f.price, Category: CategoryProduct}
		if f.key != "" {
			p := b.products[f.key]
			l.Name, l.UnitPrice, l.UnitCost = p.Name, p.Price, p.Cost
			l.Category, l.ProductID = p.Category, p.ID
		}
		lines = append(lines, l)
	}
	return lines
}

// at returns an hour of a day counted from today.
func (b *sampleBuilder) at(day int, hour float64) time.Time {
	y, m, d := b.now.Date()
	return time.Date(y, m, d+day, 0, int(hour*60), 0, 0, b.now.Location())
}

// workday moves a day that is a Sunday away from today. Today and tomorrow stay what they are: a
// demo on a weekend has to show something.
func (b *sampleBuilder) workday(day int) int {
	switch sunday := b.at(day, 12).Weekday() == time.Sunday; {
	case sunday && day > 1:
		return day + 1
	case sunday && day < 0:
		return day - 1
	}
	return day
}
