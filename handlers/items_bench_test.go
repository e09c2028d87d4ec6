package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// BenchmarkItems asks for the item list in its ways, through everything but the network.
func BenchmarkItems(b *testing.B) {
	db := storetest.Open(b)
	var file strings.Builder
	file.WriteString("sku,name,category,unit,minimum,supplier,quantity\n")
	makes, things := []string{"Copper", "PVC", "Brass", "Steel", "Cedar"}, []string{"elbow 90", "tee", "coupling", "ball valve", "breaker", "deck screw", "paver"}
	for i := range 5000 {
		fmt.Fprintf(&file, "SKU-%05d,%s %s 3/4 in no. %d,Plumbing,ea,%d,Supplier %d,%d\n", i, makes[i%5], things[i%7], i, i%20, i%9, i%40)
	}
	if _, err := db.ImportItems(b.Context(), storetest.Staff, strings.NewReader(file.String())); err != nil {
		b.Fatal(err)
	}
	c := newClient(b, db)
	c.signIn(store.Owner)
	if err := c.server.Index.CatchUp(b.Context()); err != nil {
		b.Fatal(err)
	}
	answer := c.app.Handler()
	typed := []string{"c", "co", "cop", "copper", "copper el", "SKU-01", "sku-04217", "4217", "ppe", "breker", "valve brass 1"}
	for _, tt := range []struct {
		name, encoding string
		part           bool
		path           func(i int) string
	}{
		{"list", "", false, func(int) string { return "/items" }},
		{"list-gzip", "gzip", false, func(int) string { return "/items" }},
		{"list-br", "br", false, func(int) string { return "/items" }},
		{"pages", "", false, func(i int) string { return fmt.Sprintf("/items?page=%d", 1+i%200) }},
		{"search", "", true, func(i int) string { return "/items?q=" + url.QueryEscape(typed[i%len(typed)]) }},
	} {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for i := 0; b.Loop(); i++ {
				var ctx fasthttp.RequestCtx
				ctx.Request.SetRequestURI(tt.path(i))
				ctx.Request.Header.SetHost(host)
				ctx.Request.Header.Set("Accept-Encoding", tt.encoding)
				if tt.part {
					ctx.Request.Header.Set("HX-Request", "true")
				}
				for name, value := range c.cookies {
					ctx.Request.Header.SetCookie(name, value)
				}
				answer(&ctx)
				if ctx.Response.StatusCode() != 200 {
					b.Fatal(ctx.Response.StatusCode())
				}
				size += len(ctx.Response.Body())
			}
			b.ReportMetric(float64(size)/float64(b.N), "body-B")
		})
	}
}
