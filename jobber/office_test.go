package jobber_test

import (
	"fmt"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

// office is a small account: jobs 1 to 3 are one-off, job 4 is billed by visit.
func office() jobbertest.Data {
	d := jobbertest.Data{
		Account: jobbertest.Account{ID: account, Name: "Northside Electric"},
		Users: []jobbertest.User{
			{ID: jobbertest.ID("User", 1), First: "Dana", Last: "Reyes"},
			{ID: jobbertest.ID("User", 2), First: "Sam", Last: "Okafor", Admin: true},
		},
		Clients: []jobbertest.Client{{ID: jobbertest.ID("Client", 1), First: "Ana", Last: "Li",
			Company: "Li Homes", Email: "ana@li.test", Phone: "937 555 0117"}},
		Properties: []jobbertest.Property{{ID: jobbertest.ID("Property", 1), Street1: "1 Elm St",
			City: "Dayton", Province: "OH", PostalCode: "45402", Country: "United States"}},
		Products: []jobbertest.Product{
			{ID: jobbertest.ID("ProductOrService", 1), Name: "Breaker 20 A", Price: 12.5, SKU: "BR-20", Visible: true},
			{ID: jobbertest.ID("ProductOrService", 2), Name: "Labour", Category: "SERVICE", Price: 90, Visible: true},
		},
	}
	for n := range 3 {
		d.Jobs = append(d.Jobs, oneOff(n+1))
	}
	j := oneOff(4)
	j.Type, j.Billing = jobbertest.Recurring, jobbertest.VisitBased
	for i := range j.Lines {
		j.Lines[i].Quantity = 0
	}
	j.Visits[0].Lines = []jobbertest.LineItem{{ID: jobbertest.ID("JobLineItem", 401), Name: "Breaker 20 A",
		Quantity: 3, ProductID: jobbertest.ID("ProductOrService", 1)}}
	d.Jobs = append(d.Jobs, j)
	return d
}

// began is when the accounts' jobs were made; later jobs changed earlier.
var began = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func oneOff(n int) jobbertest.Job {
	at, end := began.AddDate(0, 0, n), began.AddDate(0, 0, n).Add(2*time.Hour)
	return jobbertest.Job{
		ID: jobbertest.ID("Job", n), Number: n, Title: fmt.Sprintf("Panel %d", n),
		ClientID: jobbertest.ID("Client", 1), PropertyID: jobbertest.ID("Property", 1),
		StartAt: &at, EndAt: &end, CreatedAt: began, UpdatedAt: began.Add(-time.Duration(n) * time.Hour),
		Lines: []jobbertest.LineItem{
			{ID: jobbertest.ID("JobLineItem", n*10), Name: "Breaker 20 A", Quantity: 2, UnitPrice: 12.5,
				ProductID: jobbertest.ID("ProductOrService", 1)},
			{ID: jobbertest.ID("JobLineItem", n*10+1), Name: "Odd bracket", Quantity: 1.5, UnitPrice: 4},
		},
		Visits: []jobbertest.Visit{{ID: jobbertest.ID("Visit", n), StartAt: &at, EndAt: &end,
			Crew: []string{jobbertest.ID("User", 1), jobbertest.ID("User", 2)}}},
	}
}

// many is office with the one-off jobs 1 to n and no other.
func many(n int) jobbertest.Data {
	d := office()
	d.Jobs = nil
	for i := range n {
		d.Jobs = append(d.Jobs, oneOff(i+1))
	}
	return d
}
