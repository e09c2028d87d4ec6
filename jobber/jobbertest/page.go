package jobbertest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
)

// page is one page of a connection.
type page struct {
	nodes []any
	from  int // how many nodes come before it
	total int
}

// pageOf cuts the page that first and after ask for out of all nodes. A cursor is an ordinal and
// not a record, so that records that move between two requests are seen twice or not at all.
func pageOf(all []any, args map[string]any) (page, error) {
	if args["last"] != nil || args["before"] != nil {
		return page{}, errors.New("the stand-in does not page backward (last, before)")
	}
	from := 0
	if after, ok := args["after"].(string); ok {
		n, err := parseCursor(after)
		if err != nil {
			return page{}, err
		}
		from = min(n, len(all))
	}
	if n, ok := args["first"].(int64); ok && n < 0 {
		return page{}, fmt.Errorf("first is %d", n)
	}
	to := min(from+pageSize(args), len(all))
	return page{nodes: all[from:to], from: from, total: len(all)}, nil
}

// cursor names the n-th node, counted from 1: "MQ", "Mg" and so on.
func cursor(n int) string {
	return base64.RawStdEncoding.EncodeToString([]byte(strconv.Itoa(n)))
}

func parseCursor(s string) (int, error) {
	b, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a cursor of this connection", s)
	}
	n, err := strconv.Atoi(string(b))
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is not a cursor of this connection", s)
	}
	return n, nil
}

// edge is a node with its cursor.
type edge struct {
	cursor string
	node   any
}

func (p page) edges() []any {
	out := make([]any, len(p.nodes))
	for i, n := range p.nodes {
		out[i] = edge{cursor(p.from + i + 1), n}
	}
	return out
}

// connectionResolvers serve every type whose name ends in Connection, and so on below.
var connectionResolvers = table{
	"nodes":      from(func(p page) any { return p.nodes }),
	"edges":      from(func(p page) any { return p.edges() }),
	"pageInfo":   from(func(p page) any { return p }),
	"totalCount": from(func(p page) any { return p.total }),
}

var edgeResolvers = table{
	"cursor": from(func(e edge) any { return e.cursor }),
	"node":   from(func(e edge) any { return e.node }),
}

var pageInfoResolvers = table{
	"hasNextPage":     from(func(p page) any { return p.from+len(p.nodes) < p.total }),
	"hasPreviousPage": from(func(p page) any { return p.from > 0 }),
	"startCursor": from(func(p page) any {
		if len(p.nodes) == 0 {
			return nil
		}
		return cursor(p.from + 1)
	}),
	"endCursor": from(func(p page) any {
		if len(p.nodes) == 0 {
			return nil
		}
		return cursor(p.from + len(p.nodes))
	}),
}
