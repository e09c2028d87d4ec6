package store

import (
	_ "embed"
	"strings"
	"unicode"
)

// breachedList holds the 20,000 commonest passwords of leaks that are long enough for us, one a line, in
// lower case. breached.sh makes it.
//
//go:embed breached.txt
var breachedList string

// breached reports whether everybody who guesses has the password on their list. Case does not help.
func breached(password string) bool {
	line := "\n" + strings.ToLower(password) + "\n"
	return !strings.Contains(line[1:len(line)-1], "\n") && strings.Contains("\n"+breachedList, line)
}

// contextWords are what somebody would try here first (OWASP ASVS 5.0, 6.1.2). A user's own name is one too.
var contextWords = []string{"lwc", "inventory", "lwcinventory", "jobber", "warehouse", "warehousemanager", "manager",
	"generalmanager", "owner", "contractor", "password"}

// obvious reports whether the password is one of the words, once or over and over, with nothing but digits
// and marks around it.
func obvious(password string, words ...string) bool {
	letters := lettersOf(password)
	if letters == "" {
		return sameOver(password)
	}
	for _, w := range words {
		if w = lettersOf(w); w != "" && strings.Trim(strings.ReplaceAll(letters, w, " "), " ") == "" {
			return true
		}
	}
	return false
}

// lettersOf is the letters of s, in lower case.
func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// sameOver reports whether s is one character over and over.
func sameOver(s string) bool {
	for _, r := range s {
		return strings.Trim(s, string(r)) == ""
	}
	return false
}
