package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// A device that was told to show nothing is not offered a button that cannot work: the page says why.
func TestPushButtonIsHonest(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, phone)
	run(t, ctx, signIn(d, "ana"))
	for _, tt := range []struct {
		allowed  browser.PermissionSetting
		disabled bool
		says     string
	}{
		{browser.PermissionSettingDenied, true, "This device does not let us. Allow notifications for this page in its settings, then open it again."},
		{browser.PermissionSettingGranted, false, "Your device asks whether it may show them."},
	} {
		run(t, ctx,
			browser.SetPermission(&browser.PermissionDescriptor{Name: "notifications"}, tt.allowed).WithOrigin(d.url),
			chromedp.Navigate(d.url+"/profile/push"))
		if off := eval[bool](t, ctx, `document.querySelector("[data-push] button").disabled`); off != tt.disabled {
			t.Errorf("with notifications %s the button is disabled: %t", tt.allowed, off)
		}
		if said := eval[string](t, ctx, `document.querySelector("[data-say]").textContent`); said != tt.says {
			t.Errorf("with notifications %s the page says %q", tt.allowed, said)
		}
	}
}

// The longest word on the connection takes two lines, and not more of a narrow screen than there is.
func TestHeadFitsItsLongestState(t *testing.T) {
	d := startDemo(t)
	ctx := open(t, screen{"320", 320, 640, true})
	run(t, ctx, signIn(d, "ana"))
	for _, text := range []string{"Synced yesterday 12:41", "No connection, 12 kept here"} {
		wide := eval[int64](t, ctx, `document.querySelector(".state span").textContent = %q, document.documentElement.scrollWidth`, text)
		if wide > 320 {
			t.Errorf("with %q the page is %d wide", text, wide)
		}
	}
}
