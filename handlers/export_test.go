package handlers

// A RouteInfo is one line of the table of routes, for tests outside.
type RouteInfo struct{ Method, Path, Who string }

// RouteTable is the table of routes.
func (s *Server) RouteTable() []RouteInfo {
	var all []RouteInfo
	for _, r := range s.routes() {
		all = append(all, RouteInfo{r.Method, r.Path, string(r.Who)})
	}
	return all
}
