package jobber

import (
	"context"
	"errors"
	"time"

	"lwc-inventory/store"
)

// productsPage is how many products are asked for at once: at 12 points each, far from what Jobber refuses.
const productsPage = 100

// A ProductReading tells how the last reading of Jobber's products went. It is kept in memory only.
type ProductReading struct {
	Running bool
	Done    int       // products
	Ended   time.Time // zero: none has ended since the program started
	Problem string    // why it failed, for the owner; "" when it did not
}

// ReadProducts asks for a reading of all products. It returns at once; while one runs, nothing is added.
func (s *Service) ReadProducts() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading.Running {
		return
	}
	s.reading = ProductReading{Running: true}
	s.products <- struct{}{} // there is room: nothing runs
}

// ProductReading returns how far the reading is that runs now, or was the last.
func (s *Service) ProductReading() ProductReading {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reading
}

func (s *Service) readingIs(change func(*ProductReading)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.reading)
}

// productLoop reads products when asked.
func (s *Service) productLoop(ctx context.Context) error {
	s.readingIs(func(p *ProductReading) {
		if p.Running && len(s.products) == 0 { // the loop fell over it and was begun anew
			*p = ProductReading{Ended: s.store.Now(), Problem: sentence(nil)}
		}
	})
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.products:
		}
		s.readAndTell(ctx)
	}
}

// readAndTell reads the products and notes how it went. A reading that the end of the program cuts off ends untold.
func (s *Service) readAndTell(ctx context.Context) {
	err := s.readProducts(ctx)
	problem := ""
	switch {
	case ctx.Err() != nil:
		return
	case kindOf(err) == denied:
		problem = "Jobber hides its products from this app. Give the app the scope for products and services " +
			"in Jobber's Developer Center, then connect again in the settings. Nothing else is affected."
	case err != nil:
		problem = sentence(err)
		s.log.Warn("products were not read", "err", err)
	}
	s.readingIs(func(p *ProductReading) { p.Running, p.Ended, p.Problem = false, s.store.Now(), problem })
}

// readProducts brings what is here of Jobber's products up to date, page by page. Only when the last page is
// here are products dropped that Jobber does not have any more.
func (s *Service) readProducts(ctx context.Context) error {
	link, err := s.store.JobberLink(ctx)
	if err != nil {
		return err
	}
	if link.State != store.Connected {
		return &failure{kind: notConnected, err: errors.New("products were asked for")}
	}
	began := s.store.Now()
	_, err = all(ctx, func(ctx context.Context, after string) (connection[struct{}], error) {
		var d productsData
		if err := s.client.do(patient(ctx), productsQuery, from(after, map[string]any{"first": productsPage}), &d); err != nil {
			return connection[struct{}]{}, err
		}
		products := make([]store.Product, len(d.Products.Nodes))
		for i, p := range d.Products.Nodes {
			products[i] = p.product()
		}
		s.readingIs(func(p *ProductReading) { p.Done += len(products) })
		return connection[struct{}]{Page: d.Products.Page}, s.store.KeepProducts(ctx, link.AccountID, began, products)
	})
	if err != nil {
		return err
	}
	return s.store.DropProducts(ctx, began)
}

// product is p as the store keeps it. What Jobber calls the default unit cost is what customers pay.
func (p priceBookEntry) product() store.Product {
	return store.Product{Remote: p.ID, Name: p.Name, Description: p.Description, Category: store.Category(p.Category),
		SKU: skuOf(&p.remoteProduct), Price: max(money(p.Price), 0), Cost: max(money(p.Cost), 0),
		Taxable: p.Taxable, Hidden: p.Visible != nil && !*p.Visible}
}
