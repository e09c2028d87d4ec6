package handlers

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/jobber"
	"lwc-inventory/store"
)

const productsPerPage = 25

// productList is the data of product/list and product/rows: Jobber's products that are no item yet.
type productList struct {
	CSRF      string
	Q         string
	Skipped   bool // those that were skipped are shown
	Connected bool
	Reading   jobber.ProductReading
	Known     int // products that were read
	Left      int // that were skipped
	Rows      []productRow
	Pages     pager
	complaints
}

// Complaints is what was wrong with the form.
func (v productList) Complaints() complaints { return v.complaints }

// Here is the address of the list as it is.
func (v productList) Here() string { return productsAt(v.Q, v.Skipped, v.Pages.Page) }

// productRow is one product, with what was typed for it.
type productRow struct {
	store.ProductRow
	SKU    string
	Picked bool
	Wrong  string // why it cannot be an item
}

// Service says that the product is work.
func (r productRow) Service() bool { return r.Category == store.CategoryService }

func productsAt(q string, skipped bool, page int) string {
	at := url.Values{"q": {q}, "page": {strconv.Itoa(page)}}
	if skipped {
		at.Set("skipped", "1")
	}
	return "/admin/products?" + at.Encode()
}

// listProducts handles GET /admin/products?q=&skipped=&page=.
func (s *Server) listProducts(c *fiber.Ctx) error {
	v, err := s.productList(c, readQuery(c), c.QueryBool("skipped"), c.QueryInt("page", 1))
	if err != nil {
		return err
	}
	if partial(c) {
		return s.fragments(c, part{"product/rows", v})
	}
	return s.answerProducts(c, v)
}

func (s *Server) answerProducts(c *fiber.Ctx, v productList) error {
	return s.page(c, head{Title: "Jobber’s products", Section: "more", Back: &crumb{"/more", "More"}}, "product/list", v)
}

func (s *Server) productList(c *fiber.Ctx, q string, skipped bool, page int) (productList, error) {
	v := productList{CSRF: s.csrf(c), Q: q, Skipped: skipped}
	link, err := s.Store.JobberLink(c.UserContext())
	if err != nil {
		return v, err
	}
	v.Connected = link.State == store.Connected
	if s.Jobber != nil {
		v.Reading = s.Jobber.ProductReading()
	}
	p, err := s.Store.Products(c.UserContext(), store.ProductFilter{Account: link.AccountID, Query: q, Skipped: skipped,
		Page: page, Size: productsPerPage})
	if err != nil {
		return v, err
	}
	v.Known, v.Left = p.Known, p.Skipped
	v.Pages = newPager(p.Page, productsPerPage, p.Total, func(n int) string { return productsAt(q, skipped, n) })
	for _, r := range p.Rows {
		sku := r.Product.SKU
		if sku == "" {
			sku = r.Proposed
		}
		v.Rows = append(v.Rows, productRow{ProductRow: r, SKU: sku})
	}
	return v, nil
}

// readProducts handles POST /admin/products/read: all of Jobber's products are read, while the page looks on.
func (s *Server) readProducts(c *fiber.Ctx) error {
	link, err := s.Store.JobberLink(c.UserContext())
	if err != nil {
		return err
	}
	if link.State != store.Connected {
		return store.Errorf(store.Conflict, "Jobber is not connected. An owner connects it in Settings.")
	}
	s.Jobber.ReadProducts()
	return s.done(c, "/admin/products", toast{})
}

// showReading handles GET /admin/products/reading: how far the reading is. At its end the page shows what it brought.
func (s *Server) showReading(c *fiber.Ctx) error {
	r := jobber.ProductReading{}
	if s.Jobber != nil {
		r = s.Jobber.ProductReading()
	}
	if !partial(c) || !r.Running {
		return s.done(c, "/admin/products", toast{})
	}
	return s.fragments(c, part{"product/reading", r})
}

// importProducts handles POST /admin/products: each product ticked in `pick` becomes an item with the SKU in the
// field "sku " and its id, all of them or none.
func (s *Server) importProducts(c *fiber.Ctx) error {
	picks, err := pickedProducts(c)
	if err != nil {
		return err
	}
	link, err := s.Store.JobberLink(c.UserContext())
	if err != nil {
		return err
	}
	in := store.ProductImport{By: user(c).Actor(), Account: link.AccountID}
	for _, p := range picks {
		in.Picks = append(in.Picks, store.ProductPick{Remote: p, SKU: formText(c, "sku "+p)})
	}
	var n int
	if in.RequestID, err = requestID(c); err == nil {
		n, err = s.Store.ImportProducts(c.UserContext(), in)
	}
	if p, ok := complaintsIn(err); ok {
		return s.refuseProducts(c, picks, p, formStatus(err))
	}
	if err != nil {
		return err
	}
	return s.done(c, ownPath(formText(c, "back"), "/admin/products"),
		toast{Text: plural(n, "product is an item now", "products are items now")})
}

// refuseProducts answers with the page that the form was on, what was typed, and what was wrong beside each row.
func (s *Server) refuseProducts(c *fiber.Ctx, picks []string, p complaints, status int) error {
	at, err := url.Parse(ownPath(formText(c, "back"), "/admin/products"))
	if err != nil {
		return err
	}
	page, err := strconv.Atoi(at.Query().Get("page"))
	if err != nil {
		page = 1
	}
	v, err := s.productList(c, at.Query().Get("q"), at.Query().Get("skipped") != "", page)
	if err != nil {
		return err
	}
	v.complaints = p
	for i := range v.Rows {
		r := &v.Rows[i]
		r.Picked, r.Wrong = slices.Contains(picks, r.Remote), p.Fields["sku "+r.Remote]
		if formHas(c, "sku "+r.Remote) {
			r.SKU = formText(c, "sku "+r.Remote)
		}
	}
	c.Status(status)
	return s.answerProducts(c, v)
}

// skipProducts handles POST /admin/products/skip: the products ticked are not offered any more; with `undo`
// they are offered again.
func (s *Server) skipProducts(c *fiber.Ctx) error {
	picks, err := pickedProducts(c)
	if err != nil {
		return err
	}
	if len(picks) == 0 {
		return s.refuseProducts(c, nil, complaints{Message: "Tick the products first."}, statusOf[store.Invalid])
	}
	link, err := s.Store.JobberLink(c.UserContext())
	if err != nil {
		return err
	}
	skipped := !formTick(c, "undo")
	if err := s.Store.SkipProducts(c.UserContext(), user(c).Actor(), link.AccountID, picks, skipped); err != nil {
		return err
	}
	text := plural(len(picks), "product is", "products are") + " not offered any more"
	if !skipped {
		text = plural(len(picks), "product is", "products are") + " offered again"
	}
	return s.done(c, ownPath(formText(c, "back"), "/admin/products"), toast{Text: text})
}

// pickedProducts returns Jobber's ids of the products that were ticked.
func pickedProducts(c *fiber.Ctx) ([]string, error) {
	const most = 1000
	var picks []string
	for _, v := range c.Request().PostArgs().PeekMulti("pick") {
		picks = append(picks, string(v))
	}
	if len(picks) > most {
		return nil, store.Errorf(store.Invalid, "At most %d products at once.", most)
	}
	return picks, nil
}
