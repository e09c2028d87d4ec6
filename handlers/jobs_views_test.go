package handlers

import (
	"lwc-inventory/jobber"
	"lwc-inventory/store"
)

// jobModels are the data of the views of the first page, jobs and matches.
var jobModels = map[string]any{
	"today/show": todayPage{}, "today/jobs": todayPage{}, "today/running": todayPage{}, "today/first": todayPage{},
	"today/low": store.Stock{},
	"job/list":  jobList{}, "job/rows": jobList{}, "job/none": jobList{}, "job/row": jobRow{}, "job/standing": jobRow{}, "job/rowstate": jobRow{},
	"job/cells": cellBar{}, "job/legend": cellBar{}, "job/sync": syncView{}, "job/syncpage": syncView{},
	"job/show": jobSheet{}, "job/materials": jobSheet{}, "job/facts": jobSheet{}, "job/dock": jobSheet{},
	"job/line": jobLine{}, "job/linestate": jobLine{}, "job/linemenu": jobLine{}, "job/putback": jobLine{}, "job/quiet": jobLine{},
	"timeline/show": jobTimeline{}, "timeline/line": timelineLine{}, "timeline/entry": syncEntry{}, "timeline/changes": syncEntry{}, "timeline/log": syncLog{},
	"move/undo": undoAsk{}, "job/cameback": jobSheet{}, "job/use": jobLine{},
	"back/show": backPage{}, "back/line": backLine{}, "back/cards": store.CloseoutPage{}, "back/card": store.CloseoutCard{},
	"back/list": closeoutList{}, "back/setting": closeoutSetting{},
	"pick/show": pickPage{}, "pick/target": pickPage{}, "pick/code": pickPage{}, "pick/dock": pickPage{}, "pick/empty": emptyAsk{},
	"pick/line": pickRow{}, "pick/done": pickRow{}, "pick/missing": pickRow{}, "pick/menu": pickRow{}, "pick/fields": pickRow{}, "pick/what": pickRow{},
	"match/list": inbox{}, "match/waiting": inbox{}, "match/ask": askedLine{}, "match/show": lineChoice{}, "match/choices": lineChoice{},
	"match/answers": answerList{}, "match/answerrows": answerList{}, "match/answer": answerRow{},
	"product/list": productList{}, "product/rows": productList{}, "product/row": productRow{}, "product/reading": jobber.ProductReading{},
	"kit/list": kitList{}, "kit/rows": kitList{}, "kit/choose": kitChoice{}, "kit/choices": kitChoice{},
	"kit/new": kitForm{}, "kit/items": kitItems{}, "kit/show": kitPage{},
}
