package handlers

import (
	"lwc-inventory/store"
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
