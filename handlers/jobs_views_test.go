package handlers

import (
	"bytes"
	"io/fs"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"lwc-inventory/static"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
	"lwc-inventory/views"
)

// jobModels are the data of the views of the first page, jobs and matches.
var jobModels = map[string]any{
	"today/show": todayPage{}, "today/jobs": todayPage{}, "today/running": todayPage{}, "today/first": todayPage{},
	"today/low": store.Stock{},
	"job/list":  jobList{}, "job/rows": jobList{}, "job/none": jobList{}, "job/row": jobRow{}, "job/rowstate": jobRow{},
	"job/cells": cellBar{}, "job/legend": cellBar{}, "job/sync": syncView{}, "job/syncpage": syncView{},
	"job/show": jobSheet{}, "job/materials": jobSheet{}, "job/facts": jobSheet{}, "job/dock": jobSheet{},
	"job/line": jobLine{}, "job/linestate": jobLine{}, "job/linemenu": jobLine{}, "job/putback": jobLine{}, "job/quiet": jobLine{},
	"match/list": inbox{}, "match/waiting": inbox{}, "match/ask": askedLine{}, "match/show": lineChoice{}, "match/choices": lineChoice{},
}

func TestJobViews(t *testing.T) {
	s := &Server{Store: storetest.Open(t), Views: views.FS, Log: slog.New(slog.DiscardHandler),
		Secret: storetest.Secret(), Sessions: &SessionStore{}}
	var err error
	if s.Static, err = static.New(); err != nil {
		t.Fatal(err)
	}
	if err := s.prepare(); err != nil {
		t.Fatal(err)
	}
	for view, model := range jobModels {
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

func TestEveryJobViewHasModel(t *testing.T) {
	for _, folder := range []string{"today", "job", "match"} {
		files, err := fs.Glob(views.FS, folder+"/*.html")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", folder, files, err)
		}
		for _, f := range files {
			if _, ok := jobModels[strings.TrimSuffix(f, ".html")]; !ok {
				t.Errorf("%s is not tested", f)
			}
		}
	}
}
