package e2e

import (
	"context"
	"errors"
	"net"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// A manager adds a passkey to a profile, and signs in with it and nothing else. Removed, it opens nothing.
func TestPasskey(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0") // browsers have passkeys under a name alone
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err := errors.Join(err, ln.Close()); err != nil {
		t.Fatal(err)
	}
	d := startDemo(t, "ADDR=127.0.0.1:"+port, "BASE_URL=http://localhost:"+port)
	d.url = "http://localhost:" + port
	ctx := open(t, phone)
	key := webauthn.VirtualAuthenticatorOptions{Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}
	plugIn := chromedp.ActionFunc(func(ctx context.Context) error {
		if err := webauthn.Enable().Do(ctx); err != nil {
			return err
		}
		_, err := webauthn.AddVirtualAuthenticator(&key).Do(ctx)
		return err
	})
	signOut := chromedp.Tasks{chromedp.Navigate(d.url + "/more"), chromedp.Click(`form[action="/logout"] button`, chromedp.ByQuery), until(`location.pathname === "/login"`)}
	use := chromedp.Tasks{until(`document.querySelector('form[data-passkey="get"]:not([hidden])')`), chromedp.Click(`form[data-passkey="get"] button`, chromedp.ByQuery)}

	run(t, ctx, plugIn, signIn(d, "dwhit"), chromedp.Navigate(d.url+"/profile/account"),
		until(`document.querySelector('form[data-passkey="create"]:not([hidden])')`),
		chromedp.SendKeys(`form[data-passkey="create"] #name`, "My phone", chromedp.ByQuery),
		chromedp.Click(`form[data-passkey="create"] button`, chromedp.ByQuery), until(toastIs, "The passkey works"),
		until(`document.querySelector("[data-passkey-row]")?.innerText.includes("My phone")`))
	run(t, ctx, signOut, use, until(`location.pathname === "/dashboard"`), chromedp.Navigate(d.url+"/profile/account"),
		until(`document.querySelector("[data-passkey-row]")?.innerText.includes("last used")`))
	if key := eval[string](t, ctx, `document.querySelector(".page-head").innerText`); key == "" {
		t.Error("the page is empty")
	}
	run(t, ctx, chromedp.Click(`[data-passkey-row] button`, chromedp.ByQuery), until(toastIs, "opens nothing any more"),
		signOut, use, until(`document.querySelector('[role="alert"]:not([hidden])')?.innerText.includes("was not accepted")`))
}
