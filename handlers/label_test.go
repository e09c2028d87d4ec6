package handlers

import "testing"

func TestParseLabel(t *testing.T) {
	for code, want := range map[string]label{
		"https://stock.example/i/12":      {itemLabel, 12},
		"http://stock.example/p/3":        {placeLabel, 3},
		"HTTPS://STOCK.EXAMPLE/J/1042":    {jobLabel, 1042}, // in capitals a code is smaller
		" https://stock.example/i/12\r\n": {itemLabel, 12},
		"http://10.0.0.5:5001/i/1":        {itemLabel, 1},
	} {
		if got, ok := parseLabel(code, "stock.example", "10.0.0.5:5001"); !ok || got != want {
			t.Errorf("%q is %v, %t; want %v", code, got, ok, want)
		}
	}
	for _, code := range []string{"", "12", "/i/12", "https://maker.example/i/12", "https://stock.example.evil.example/i/12",
		"https://stock.example@maker.example/i/12", "https://stock.example/i/0", "https://stock.example/i/", "https://stock.example/i/12/edit",
		"https://stock.example/items/12", "https://stock.example/i/1x", "https://stock.example/i/-1", "https://stock.example/i/12?x=1",
		"https://stock.example/i/99999999999999999999", "ftp://stock.example/i/12", "https://stock.example:81/i/12", "https:///i/12", "://"} {
		if got, ok := parseLabel(code, "stock.example", ""); ok {
			t.Errorf("%q is %v", code, got)
		}
	}
	if got := (label{jobLabel, 1042}).Path(); got != "/j/1042" {
		t.Errorf("the path is %q", got)
	}
}
