package handlers

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"lwc-inventory/store"
)

// A device is one session of a person, as their page shows it.
type device struct {
	Key  string // names the session in forms; who knows it cannot use the session
	This bool   // the one that asks
	session
}

// browsers and systems are looked for in this order: each claims to be some of those after it.
var (
	browsers = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
	systems = [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"},
		{"Macintosh", "Mac"}, {"CrOS", "Chromebook"}, {"Linux", "Linux"}}
)

// deviceOf says in two words what a User-Agent header tells. It is the client's own word: good enough to tell
// one's phone from one's laptop, and for nothing else.
func deviceOf(agent string) string {
	named := func(names [][2]string, instead string) string {
		for _, n := range names {
			if strings.Contains(agent, n[0]) {
				return n[1]
			}
		}
		return instead
	}
	browser, system := named(browsers, ""), named(systems, "")
	switch {
	case browser == "" && system == "":
		return "an unknown program"
	case browser == "" || system == "":
		return browser + system
	}
	return browser + " on " + system
}

// devicesOf returns where u is signed in, the last used first.
func (s *Server) devicesOf(u store.User, cookie string) ([]device, error) {
	var all []device
	now := s.Store.Now()
	err := s.Sessions.Each(func(key string, val []byte) error {
		if strings.HasPrefix(key, ceremonyPrefix) {
			return nil
		}
		var x session
		if err := json.Unmarshal(val, &x); err != nil {
			return fmt.Errorf("session row: %w", err)
		}
		if x.User == u.ID && !x.Half && x.Epoch == u.Epoch && x.life(now) > 0 {
			all = append(all, device{Key: key, This: key == sessionKey(cookie), session: x})
		}
		return nil
	})
	slices.SortFunc(all, func(a, b device) int { return b.Seen.Compare(a.Seen) })
	return all, err
}

// endSurplus ends the sessions of u over mostSessions, those first that were not used for longest.
func (s *Server) endSurplus(u store.User) error {
	all, err := s.devicesOf(u, "")
	if err != nil || len(all) <= mostSessions {
		return err
	}
	for _, d := range all[mostSessions:] {
		if err := s.Sessions.Delete(d.Key); err != nil {
			return err
		}
	}
	return nil
}
