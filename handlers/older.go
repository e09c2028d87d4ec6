package handlers

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// Lists by time show the newest rows and go on from the last one shown: what comes meanwhile moves nothing.

// A listFilter is one choice of which rows of a list are shown.
type listFilter struct {
	Title, Href string
	Current     bool
	Count       int // 0: not shown
}

// beforeQuery is the row whose elders are asked for; 0: the newest. It fails with [store.NotFound].
func beforeQuery[ID ~uint64](c *fiber.Ctx) (ID, error) {
	if c.Query("before") == "" {
		return 0, nil
	}
	return store.ParseID[ID](c.Query("before"))
}

// listHref is the address of the rows older than before, 0 for the newest, with value as filter, "" for all.
func listHref[ID ~uint64](path, filter, value string, before ID) string {
	u := url.Values{}
	if value != "" {
		u.Set(filter, value)
	}
	if before != 0 {
		u.Set("before", strconv.FormatUint(uint64(before), 10))
	}
	if len(u) == 0 {
		return path
	}
	return path + "?" + u.Encode()
}
