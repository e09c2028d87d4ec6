package handlers

import (
	"net/http"

	"github.com/gofiber/fiber/v2"
)

// An audience is who may use a route.
type audience string

const (
	public   audience = "public"   // anyone
	machines audience = "machines" // programs: no session and no form token, the request proves itself
	signedIn audience = "signedIn" // anyone with an account
	managers audience = "managers" // owners and general managers
	owners   audience = "owners"
)

// A route is one thing that can be asked of the program. The guard and the tests read it.
type route struct {
	Method, Path string
	Who          audience
	Handle       fiber.Handler
}

// routes is the whole surface of the web side but /static. Fixed paths stand before those with
// parameters, since the first that fits is taken.
func (s *Server) routes() []route {
	const get, post = http.MethodGet, http.MethodPost
	return []route{
		{get, "/healthz", machines, s.showHealth},
		{get, "/readyz", machines, s.showReady},
		{get, "/metrics", machines, s.showMetrics},
		{get, "/setup", public, s.showSetup},
		{post, "/setup", public, s.setUp},
		{get, "/login", public, s.showLogin},
		{post, "/login", public, s.signIn},
		{post, "/logout", signedIn, s.signOut},

		{get, "/", signedIn, s.home},
		{get, "/dashboard", signedIn, s.showToday},
		{get, "/more", signedIn, s.showMore},
		{get, "/profile", signedIn, s.showProfile},
		{post, "/profile", signedIn, s.updateProfile},

		{get, "/items", signedIn, s.listItems},
		{post, "/items", signedIn, s.createItem},
		{get, "/items/new", signedIn, s.newItem},
		{get, "/items/:id", signedIn, s.showItem},
		{post, "/items/:id", signedIn, s.updateItem},
		{get, "/items/:id/edit", signedIn, s.editItem},
		{post, "/items/:id/archive", managers, s.archiveItem},
		{get, "/items/:id/move", signedIn, s.newMovement},
		{post, "/items/:id/movements", signedIn, s.moveItem},
		{post, "/movements/:id/undo", signedIn, s.undoMovement},
		{get, "/history", signedIn, s.listHistory},
		{get, "/scan", signedIn, s.showScan},
		{get, "/places", signedIn, s.listPlaces},
		{post, "/places", signedIn, s.createPlace},
		{get, "/places/:id", signedIn, s.showPlace},
		{post, "/places/:id", signedIn, s.updatePlace},

		{get, "/jobs", signedIn, s.listJobs},
		{get, "/jobs/sync", signedIn, s.showSync},
		{post, "/jobs/sync", signedIn, s.startSync},
		{post, "/jobs/jobber/webhook", machines, s.receiveWebhook},
		{get, "/jobs/jobber/connect", owners, s.connectJobber},
		{get, "/jobs/jobber/callback", owners, s.finishConnect},
		{post, "/jobs/jobber/disconnect", owners, s.disconnectJobber},
		{get, "/jobs/:id", signedIn, s.showJob},
		{post, "/jobs/:id/issue", signedIn, s.issueJob},
		{post, "/jobs/:id/return", signedIn, s.returnJob},
		{post, "/jobs/:id/lines/:line/issue", signedIn, s.issueLine},
		{post, "/jobs/:id/lines/:line/return", signedIn, s.returnLine},
		{get, "/match", signedIn, s.listWaiting},
		{get, "/lines/:line/match", signedIn, s.showMatch},
		{post, "/lines/:line/match", signedIn, s.answerLine},
		{post, "/lines/:line/forget", signedIn, s.forgetLine},

		{get, "/admin/users", managers, s.listUsers},
		{post, "/admin/users", managers, s.createUser},
		{get, "/admin/users/:id", managers, s.showUser},
		{post, "/admin/users/:id", managers, s.updateUser},
		{get, "/admin/settings", owners, s.showSettings},
		{post, "/admin/settings/jobber", owners, s.saveJobber},
		{post, "/admin/settings/mail/test", owners, s.sendTestMail},
	}
}

func (s *Server) register(app *fiber.App) {
	for _, r := range s.routes() {
		app.Add(r.Method, r.Path, s.guard(r), r.Handle)
		if r.Method == http.MethodGet {
			app.Add(http.MethodHead, r.Path, s.guard(r), r.Handle)
		}
	}
}
