package handlers

// channelModels are the data of the views of the inbox and of the other ways besides mail.
var channelModels = map[string]any{
	"inbox/list": inboxPage{}, "inbox/row": inboxRow{},
	"profile/push": pushPage{}, "setting/outhook": outhook{}, "setting/outtest": outhookTest{},
}
