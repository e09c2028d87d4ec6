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
	signedIn audience = "signedIn" // anyone with an account, under a PIN too
	personal audience = "personal" // anyone signed in with a password
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
		{get, "/login/code", public, s.showStep},
		{post, "/login/code", public, s.takeStep},
		{post, "/login/passkey/begin", public, s.askPasskey},
		{post, "/login/passkey", public, s.takePasskey},
		{get, "/forgot", public, s.showForgot},
		{post, "/forgot", public, s.askReset},
		{get, "/reset", public, s.showReset},
		{post, "/reset", public, s.resetPassword},
		{post, "/logout", signedIn, s.signOut},
		{get, "/trust", public, s.showTrust},
		{get, "/trust/authority.crt", public, s.sendAuthority},

		{get, "/", signedIn, s.home},
		{get, "/dashboard", signedIn, s.showToday},
		{get, "/more", signedIn, s.showMore},
		{get, "/inbox", signedIn, s.showInbox},
		{get, "/profile", personal, s.showProfile},
		{post, "/profile", personal, s.updateProfile},
		{get, "/profile/push", personal, s.showPush},
		{post, "/profile/push", personal, s.addPush},
		{post, "/profile/push/:id/end", personal, s.endPush},
		{get, "/push-worker.js", public, s.sendPushWorker},
		{post, "/profile/pin", personal, s.updatePIN},
		{get, "/profile/account", personal, s.showAccount},
		{post, "/profile/sessions/end", personal, s.endDevices},
		{post, "/profile/second/begin", personal, s.beginSecond},
		{get, "/profile/second", personal, s.showSecond},
		{get, "/profile/second.png", personal, s.sendSecond},
		{post, "/profile/second", personal, s.confirmSecond},
		{post, "/profile/second/recovery", personal, s.renewRecovery},
		{post, "/profile/second/off", personal, s.endSecond},
		{post, "/profile/passkeys/begin", personal, s.beginPasskey},
		{post, "/profile/passkeys", personal, s.addPasskey},
		{post, "/profile/passkeys/remove", personal, s.removePasskey},
		{get, "/station", public, s.showStation},
		{post, "/station", public, s.sitDown},
		{post, "/station/leave", public, s.standUp},

		{get, "/items", signedIn, s.listItems},
		{post, "/items", signedIn, s.createItem},
		{get, "/items.csv", signedIn, s.exportItems},
		{get, "/items/new", signedIn, s.newItem},
		{get, importPath, managers, s.newImport},
		{post, importPath, managers, s.importItems},
		{get, "/items/:id", signedIn, s.showItem},
		{post, "/items/:id", signedIn, s.updateItem},
		{get, "/items/:id/edit", signedIn, s.editItem},
		{post, "/items/:id/archive", managers, s.archiveItem},
		{post, "/items/:id/mute", managers, s.muteItem},
		{get, "/items/:id/move", signedIn, s.newMovement},
		{post, "/items/:id/movements", signedIn, s.moveItem},
		{post, "/movements/:id/undo", signedIn, s.undoMovement},
		{get, "/history", signedIn, s.listHistory},
		{post, "/items/:id/barcodes", signedIn, s.changeBarcodes},
		{get, "/scan", signedIn, s.showScan},
		{post, "/scan", signedIn, s.scan},
		{get, "/scan/attach", signedIn, s.showAttach},
		{get, "/i/:id", signedIn, s.openLabel},
		{get, "/p/:id", signedIn, s.openLabel},
		{get, "/j/:number", signedIn, s.openLabel},
		{get, "/labels", signedIn, s.showLabels},
		{get, "/labels.pdf", signedIn, s.printLabels},
		{get, "/places", signedIn, s.listPlaces},
		{post, "/places", signedIn, s.createPlace},
		{get, "/places/:id", signedIn, s.showPlace},
		{post, "/places/:id", signedIn, s.updatePlace},
		{post, "/places/:id/walk", signedIn, s.walkPlace},
		{post, "/places/:id/archive", signedIn, s.archivePlace},
		{post, "/places/:id/pars", signedIn, s.setPar},
		{get, "/load", signedIn, s.showLoad},
		{post, "/load", signedIn, s.bookLoad},

		{get, "/counts", signedIn, s.listCounts},
		{get, "/counts/waiting", signedIn, s.listVariances},
		{post, "/counts/waiting", managers, s.judgeVariance},
		{get, "/counts/rules", managers, s.showRules},
		{post, "/counts/rules", managers, s.saveRules},
		{get, "/count", signedIn, s.showCount},
		{post, "/count/lines", signedIn, s.tallyLine},
		{post, "/count/finish", signedIn, s.finishCount},
		{post, "/count/throw", signedIn, s.throwCount},

		{get, "/jobs", signedIn, s.listJobs},
		{get, "/jobs/sync", signedIn, s.showSync},
		{post, "/jobs/sync", signedIn, s.startSync},
		{post, "/jobs/jobber/webhook", machines, s.receiveWebhook},
		{get, "/jobs/jobber/connect", owners, s.connectJobber},
		{get, callbackPath, owners, s.finishConnect},
		{get, "/jobs/jobber/confirm", owners, s.askConnect},
		{post, "/jobs/jobber/confirm", owners, s.answerConnect},
		{post, "/jobs/jobber/disconnect", owners, s.disconnectJobber},
		{get, "/jobs/log", managers, s.listSyncs},
		{get, "/jobs/:id", signedIn, s.showJob},
		{get, "/jobs/:id/sync", signedIn, s.showTimeline},
		{post, "/jobs/:id/sync", signedIn, s.replayJob},
		{post, "/jobs/:id/issue", signedIn, s.issueJob},
		{post, "/jobs/:id/return", signedIn, s.returnJob},
		{post, "/jobs/:id/lines/:line/issue", signedIn, s.issueLine},
		{post, "/jobs/:id/lines/:line/return", signedIn, s.returnLine},
		{get, "/jobs/:id/pick", signedIn, s.showPick},
		{post, "/jobs/:id/pick", signedIn, s.pickLine},
		{post, "/jobs/:id/pick/all", signedIn, s.pickAll},
		{post, "/jobs/:id/pick/scan", signedIn, s.scanPick},
		{post, "/jobs/:id/pick/from", signedIn, s.choosePickSource},
		{post, "/jobs/:id/pick/short", signedIn, s.markPickShort},
		{get, "/jobs/:id/back", signedIn, s.showBack},
		{post, "/jobs/:id/back", signedIn, s.bringBackLines},
		{post, "/jobs/:id/back/again", signedIn, s.askBackAgain},
		{get, "/closeouts", signedIn, s.listCloseouts},
		{get, "/pick", signedIn, s.showPick},
		{post, "/pick/all", signedIn, s.pickAll},
		{post, "/pick/scan", signedIn, s.scanPick},
		{get, "/pick/live", signedIn, s.livePick},
		{get, "/match", signedIn, s.listWaiting},
		{get, "/match/answers", signedIn, s.listAnswers},
		{post, "/match/answers/:answer/undo", signedIn, s.undoAnswer},
		{post, "/match/answers/:answer/forget", signedIn, s.forgetAnswer},
		{get, "/kits", signedIn, s.listKits},
		{post, "/kits", signedIn, s.createKit},
		{get, "/kits/new", signedIn, s.newKit},
		{get, "/kits/:id", signedIn, s.showKit},
		{post, "/kits/:id", signedIn, s.updateKit},
		{post, "/kits/:id/items", signedIn, s.setKitItem},
		{post, "/kits/:id/items/:item/remove", signedIn, s.removeKitItem},
		{post, "/kits/:id/delete", signedIn, s.deleteKit},
		{get, "/lines/:line/kit", signedIn, s.showKitChoice},
		{get, "/lines/:line/match", signedIn, s.showMatch},
		{post, "/lines/:line/match", signedIn, s.answerLine},
		{post, "/lines/:line/forget", signedIn, s.forgetLine},

		{get, alertsPath, managers, s.showAlerts},
		{get, "/admin/products", managers, s.listProducts},
		{post, "/admin/products", managers, s.importProducts},
		{get, "/admin/products/reading", managers, s.showReading},
		{post, "/admin/products/read", managers, s.readProducts},
		{post, "/admin/products/skip", managers, s.skipProducts},
		{get, "/admin/stations", managers, s.listStations},
		{post, "/admin/stations", managers, s.makeStation},
		{post, "/admin/stations/:id/end", managers, s.endStation},
		{get, "/admin/users", managers, s.listUsers},
		{post, "/admin/users", managers, s.createUser},
		{get, "/admin/users/:id", managers, s.showUser},
		{post, "/admin/users/:id", managers, s.updateUser},
		{post, "/admin/users/:id/sessions/end", managers, s.endSessions},
		{post, "/admin/users/:id/second/off", managers, s.endSecondOf},
		{get, "/admin/audit", managers, s.listAudit},
		{get, "/admin/closeout", managers, s.showCloseoutSetting},
		{post, "/admin/closeout", managers, s.saveCloseoutSetting},
		{get, "/admin/webhooks", managers, s.listWebhooks},
		{post, "/admin/webhooks/retry", managers, s.retryWebhooks},
		{post, "/admin/webhooks/:id/retry", managers, s.retryWebhook},
		{get, "/admin/mails", managers, s.listMails},
		{get, "/admin/mails/:id", managers, s.showMail},
		{post, "/admin/mails/:id/resend", managers, s.resendMail},
		{get, "/admin/status", owners, s.showStatus},
		{get, "/admin/backups", owners, s.listBackups},
		{post, "/admin/backups", owners, s.makeBackup},
		{get, "/admin/backups/:name", owners, s.sendBackup},
		{get, "/admin/backups/:name/restore", owners, s.askRestore},
		{post, "/admin/backups/:name/restore", owners, s.restoreBackup},
		{get, "/admin/settings", owners, s.showSettings},
		{post, "/admin/settings/jobber", owners, s.saveJobber},
		{post, "/admin/settings/mail/test", owners, s.sendTestMail},
		{post, "/admin/settings/webhook", owners, s.saveOuthook},
		{post, "/admin/settings/webhook/secret", owners, s.renewOuthook},
		{post, "/admin/settings/webhook/test", owners, s.testOuthook},
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
