package handlers

import "lwc-inventory/store"

// countModels are the data of the views of counts and of lists to load a place.
var countModels = map[string]any{
	"today/counting": store.CountTodo{}, "load/show": loadShow{}, "load/row": loadRow{},
	"count/list": countsPage{}, "count/group": countGroup{}, "count/show": countShow{}, "count/row": countRow{}, "count/pad": countPad{},
	"count/end": countShow{}, "count/finish": countShow{}, "count/scope": countScope{}, "count/waiting": variancePage{},
	"count/variance": varianceRow{}, "count/rules": rulesForm{},
}
