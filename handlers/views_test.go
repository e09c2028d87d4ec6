package handlers

import (
	"bytes"
	"html/template"
	"io/fs"
	"log/slog"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lwc-inventory/static"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
	"lwc-inventory/views"
)

const hostile = `"><script>alert('1')</script>&`

// models are the data of the views of the frame, the gate, people and settings.
var models = map[string]any{
	"layout/page": frame{}, "layout/half": frame{}, "layout/crumb": frame{}, "layout/rail": frame{}, "layout/banner": banner{}, "layout/toast": toast{}, "layout/acts": struct{}{},
	"layout/problem": problem{}, "layout/confirm": confirm{}, "layout/complaints": complaints{}, "layout/error": fieldComplaint{},
	"gate/login": loginForm{}, "gate/setup": setupForm{}, "more/menu": moreMenu{}, "more/chips": moreChips{}, "profile/show": profilePage{}, "profile/alerts": alertChoices{},
	"user/list": userList{}, "user/form": userForm{}, "user/fields": userForm{},
	"setting/connect": connectPage{},
	"hook/list":       hookList{}, "hook/row": hookRow{}, "hook/silence": silence{},
	"setting/show": settingPage{}, "setting/jobber": jobberSetting{}, "setting/ending": jobberSetting{}, "setting/api": apiSetting{},
	"setting/mail": mailSetting{}, "setting/tested": mailTest{}, "trust/show": trustPage{}, "station/show": atStation{}, "station/list": stationList{},
	"label/show": labelPage{}, "label/choice": labelChoice{},
	"alert/show": alertPage{}, "alert/row": alertRow{},
	"backup/list": backupList{}, "backup/state": backupNow{}, "backup/restore": backupRestore{}, "backup/restored": "",
	"audit/list": auditList{}, "account/show": accountPage{}, "account/second": secondForm{}, "account/recovery": recoveryPage{},
	"gate/code": stepForm{}, "gate/forgot": forgotForm{}, "gate/reset": resetForm{},
	"status/show": statusPage{},
	"mail/list":   mailList{}, "mail/row": mailRow{}, "mail/show": mailPage{}, "mail/state": store.MailStateSent,
}

// The views hold with no data, with all, and with text that would like to be markup.
func TestViews(t *testing.T) {
	s := &Server{Store: storetest.Open(t), Views: views.FS, Log: slog.New(slog.DiscardHandler), Secret: storetest.Secret(), Sessions: &SessionStore{}}
	var err error
	if s.Static, err = static.New(); err != nil {
		t.Fatal(err)
	}
	if err := s.prepare(); err != nil {
		t.Fatal(err)
	}
	for view, model := range allModels() {
		t.Run(view, func(t *testing.T) {
			for name, fill := range map[string]filler{"zero": {}, "full": {on: true, text: "Text"}, "hostile": {on: true, text: hostile}} {
				data := reflect.New(reflect.TypeOf(model)).Elem()
				fill.into(data, "")
				var out bytes.Buffer
				if err := s.views.Render(&out, view, data.Interface()); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				checkMarkup(t, name, out.String())
			}
		})
	}
}

// allModels are the data of every view. The other parts stand with the tests of their pages.
func allModels() map[string]any {
	all := maps.Clone(models)
	maps.Copy(all, itemModels)
	maps.Copy(all, jobModels)
	maps.Copy(all, countModels)
	maps.Copy(all, channelModels)
	return all
}

func TestEveryViewHasModel(t *testing.T) {
	models := allModels()
	all, err := fs.Glob(views.FS, "*/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if _, ok := models[strings.TrimSuffix(f, ".html")]; !ok {
			t.Errorf("%s is not tested", f)
		}
		text, err := fs.ReadFile(views.FS, f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "{{- /* Data: ") {
			t.Errorf("%s does not begin with the type of its data", f)
		}
		if bad := forbidden.FindString(string(text)); bad != "" {
			t.Errorf("%s holds %s, which the content policy refuses or which shares names", f, bad)
		}
	}
}

var forbidden = regexp.MustCompile(`\{\{-? ?define |\{\{-? ?block |hx-on|\sstyle="|<style|<script>|\bon[a-z]+="|js:|hx-trigger="[^"]*\[`)

// A filler puts something into every field.
type filler struct {
	on   bool
	text string
}

func (f filler) into(v reflect.Value, field string) {
	if !f.on || !v.CanSet() {
		return
	}
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 11, 23, 9, 41, 0, 0, time.UTC)))
		return
	case template.HTML:
		v.Set(reflect.ValueOf(template.HTML("<p>The body.</p>")))
		return
	case store.JobberState:
		v.Set(reflect.ValueOf(store.NeedsReconnect))
		return
	}
	switch v.Kind() {
	case reflect.String:
		if strings.HasSuffix(field, "Icon") { // named by us, never by data
			v.SetString("ok")
			return
		}
		v.SetString(f.text)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(3)
	case reflect.Uint64:
		v.SetUint(3)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.into(v.Elem(), field)
	case reflect.Struct:
		for i := range v.NumField() {
			f.into(v.Field(i), v.Type().Field(i).Name)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			f.into(v.Index(i), field)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, name := range []string{"username", "email", "role", "password", "jobber_client_id"} {
			v.SetMapIndex(reflect.ValueOf(name), reflect.ValueOf(f.text))
		}
	}
}

var (
	tags  = regexp.MustCompile(`<(/?)([a-z0-9]+)((?:\s+[a-zA-Z0-9-]+(?:="[^"]*"|='[^']*')?)*)\s*(/?)>`)
	voids = []string{"meta", "link", "input", "br", "hr", "img"}
)

// checkMarkup complains of tags that do not balance and of text that became markup.
func checkMarkup(t *testing.T, name, text string) {
	t.Helper()
	if strings.Contains(text, "<script>") || strings.Contains(text, `"><`+"script") || strings.Contains(text, "ZgotmplZ") {
		t.Errorf("%s: text became markup\n%s", name, text)
	}
	var open []string
	for _, m := range tags.FindAllStringSubmatch(text, -1) {
		closing, tag, alone := m[1] != "", m[2], m[4] != ""
		switch {
		case alone || slices.Contains(voids, tag):
		case !closing:
			open = append(open, tag)
		case len(open) == 0 || open[len(open)-1] != tag:
			t.Errorf("%s: </%s> closes %v\n%s", name, tag, open, text)
			return
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%s: left open: %v\n%s", name, open, text)
	}
	if n := strings.Count(text, "<"); n != len(tags.FindAllString(text, -1))+strings.Count(text, "<!doctype") {
		t.Errorf("%s: %d times <, and other tags than that\n%s", name, n, text)
	}
}
