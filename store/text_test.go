package store

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNormalize(t *testing.T) {
	for _, tt := range []struct {
		want    string
		spelled []string
	}{
		{"3/4 in", []string{`3/4"`, "3/4 in", "3/4 in.", "3/4 Inch", "3/4-inch", "3/4in", "¾″", "¾ in", "3⁄4”", "3/4''", "3/4 inches"}},
		{"1-1/2 in", []string{`1 1/2"`, "1-1/2 in", `1½"`, "1 ½ inch", "1–1/2 in"}},
		{"elbow 90 1/2 in", []string{`Elbow 90 1/2"`, "ELBOW, 90 1/2 in", "elbow 90° ½″"}},
		{"2x4", []string{"2x4", "2 x 4", "2X4", "2 × 4", "2×4"}},
		{"2x4x8 stud", []string{"2x4x8 Stud", "2 x 4 x 8 stud", "2X4 x8 stud"}},
		{"2x4 in", []string{`2"x4"`, `2" x 4"`, "2 in x 4 in"}},
		{"1/4x2-1/2 in", []string{`1/4 x 2-1/2"`, `¼ × 2½"`, `1/4" x 2 1/2"`}},
		{"12/2 romex", []string{"12/2 Romex", "12-2 romex", "12‑2 Romex"}},
		{"6 32 screw", []string{"6-32 screw"}},
		{"10-3/4 in", []string{`10-3/4"`, "10 3/4 in"}},
		{"#8 deck screw", []string{"#8 deck screw", "No. 8 Deck Screw", "no 8 deck screw"}},
		{"no lead solder", []string{"No-Lead Solder"}},
		{"10 ft 6 in pipe", []string{`10'6" pipe`, "10 ft. 6 in. pipe", "10 feet 6 inches pipe", "10′ 6″ Pipe"}},
		{"20 a breaker", []string{"20A breaker", "20 A Breaker", "20-amp breaker", "20 amps breaker"}},
		{"r 410a", []string{"R-410A"}},
		{"50 lb", []string{"50lb", "50 lbs", "50 Pounds"}},
		{"0.5 gph", []string{".5 gph", "0.5 GPH"}},
		{"1000 ft", []string{"1,000 ft", "1000'"}},
		{"push fit tee", []string{"Push-Fit  Tee", "push fit (tee)", "PUSH–FIT, tee."}},
		{"nut and bolt", []string{"Nut & Bolt", "nut and bolt"}},
		{"mens gloves", []string{"Men's gloves", "men’s gloves"}},
		{"cafe table", []string{"Café Table", "cafe\u0301 table"}},
		{"4x wire", []string{"4x wire"}},
		{"4 x wire", []string{"4 x wire"}},
		{"", []string{"", " ", `"'/-.#`, "\x00\x1b"}},
	} {
		for _, s := range tt.spelled {
			if got := normalize(s); got != tt.want {
				t.Errorf("normalize(%q) = %q, want %q", s, got, tt.want)
			}
		}
	}
}

func TestNormalizeKeepsApart(t *testing.T) {
	for _, pair := range [][2]string{
		{"3/4 elbow", "3/8 elbow"}, {"1-1/2 tee", "11/2 tee"}, {"1½ tee", "1/2 tee"}, {"12/2 wire", "12/3 wire"},
		{"2x4x8", "2x4x10"}, {"#8 screw", "8 screw"}, {"90 1/2", "9 1/2"}, {"1.5 gal", "15 gal"}, {"6 in", "6 ft"},
	} {
		if a, b := normalize(pair[0]), normalize(pair[1]); a == b {
			t.Errorf("%q and %q are both %q", pair[0], pair[1], a)
		}
	}
}

func TestSingular(t *testing.T) {
	for plural, want := range map[string]string{"elbows": "elbow", "boxes": "box", "bushings": "bushing",
		"batteries": "battery", "switches": "switch", "brass": "brass", "abs": "abs", "gas": "gas", "valves": "valve",
		"pvc": "pvc", "ties": "tie", "bus": "bus", "washers": "washer"} {
		if got := singular(plural); got != want {
			t.Errorf("singular(%q) = %q, want %q", plural, got, want)
		}
	}
}

func FuzzNormalize(f *testing.F) {
	for _, s := range []string{`1 1/2" x 3'`, "12-2", "#8", "no no 8", "x", "1x", "2 in x", "½½", "\xff\xfe", "1-", "1-1/", ".5.5", "&&"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := normalize(s)
		if !utf8.ValidString(once) || strings.Join(strings.Fields(once), " ") != once {
			t.Errorf("normalize(%q) = %q", s, once)
		}
		if compact(once) == "" && once != "" {
			t.Errorf("normalize(%q) = %q has a word of signs only", s, once)
		}
	})
}
