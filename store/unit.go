package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Pack is a number of an item's units that is handled as one: a box of 50 ea, a coil of 250 ft.
// The zero value is no pack: the unit itself.
type Pack struct {
	Name  string `json:"name"`  // one of the item, whatever its case
	Holds Qty    `json:"holds"` // of the item's unit; above 0
}

// String returns p as a form takes it back: "box 50". The zero value is "".
func (p Pack) String() string {
	if p.Holds == 0 {
		return p.Name
	}
	return p.Name + " " + p.Holds.String()
}

// Count returns how many of p there are in q, an amount of the item's unit; q itself for the zero value.
func (p Pack) Count(q Qty) Qty {
	if p.Holds == 0 {
		return q
	}
	return q * one / p.Holds
}

// maxPacks is how many packs an item has: they stand side by side on a phone.
const maxPacks = 5

// ParsePack reads a pack as people write it: a name and how many it holds, "box 50". A name alone is the item's
// pack of that name, whatever it holds. It fails with [Invalid].
func ParsePack(text string) (Pack, error) {
	words := strings.Fields(text)
	if len(words) < 2 {
		return Pack{Name: oneLine(text)}, nil
	}
	last := words[len(words)-1]
	holds, err := ParseQty(last)
	switch {
	case err != nil && strings.ContainsAny(last[:1], "-.0123456789"):
		return Pack{}, err
	case err != nil:
		return Pack{Name: oneLine(text)}, nil
	case holds <= 0:
		return Pack{}, Errorf(Invalid, "%s holds nothing. Write how many are in one, like box 50.", quoted(text))
	}
	return Pack{Name: strings.Join(words[:len(words)-1], " "), Holds: holds}, nil
}

// ParsePacks reads an item's packs as people write them: "box 50, case 200". It fails with [Invalid].
func ParsePacks(text string) ([]Pack, error) {
	var packs []Pack
	for one := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(one) == "" {
			continue
		}
		p, err := ParsePack(one)
		if err != nil {
			return nil, err
		}
		packs = append(packs, p)
	}
	return packs, nil
}

// PacksText returns packs as [ParsePacks] takes them.
func PacksText(packs []Pack) string {
	var texts []string
	for _, p := range packs {
		texts = append(texts, p.String())
	}
	return strings.Join(texts, ", ")
}

// tidyPacks returns packs with clean names, the smallest first.
func tidyPacks(packs []Pack) []Pack {
	packs = slices.Clone(packs)
	for i := range packs {
		packs[i].Name = oneLine(packs[i].Name)
	}
	slices.SortStableFunc(packs, func(a, b Pack) int { return cmp.Compare(a.Holds, b.Holds) })
	return packs
}

// checkPacks returns what is wrong with the packs of an item that is counted in unit, or "".
func checkPacks(unit string, packs []Pack) string {
	if len(packs) > maxPacks {
		return fmt.Sprintf("At most %d packs. These are %d.", maxPacks, len(packs))
	}
	seen := map[string]bool{fold(unit): true}
	for _, p := range packs {
		name := fold(p.Name)
		switch {
		case p.Name == "":
			return "Write a name before the number, like box 50."
		case utf8.RuneCountInString(p.Name) > 20:
			return fmt.Sprintf("At most 20 characters for a name. %s has %d.", quoted(p.Name), utf8.RuneCountInString(p.Name))
		case strings.Contains(p.Name, ","):
			return "A name has no comma: it parts the packs."
		case p.Holds <= 0:
			return fmt.Sprintf("Write how many %s are in one behind %s, like box 50.", unit, quoted(p.Name))
		case p.Holds > maxQty:
			return fmt.Sprintf("One %s holds too much. Less than a billion is possible.", p.Name)
		case strings.Trim(p.Name[strings.LastIndex(p.Name, " ")+1:], "-.0123456789") == "":
			return fmt.Sprintf("One number after the name is enough, like box 50. %s has two.", quoted(p.String()))
		case !divided(unit) && p.Holds%one != 0:
			return fmt.Sprintf("One %s holds whole %s: %v is not possible.", p.Name, unit, p.Holds)
		case name == fold(unit):
			return fmt.Sprintf("%s is the unit itself. Write another name for the pack.", p.Name)
		case seen[name]:
			return fmt.Sprintf("%s is there twice.", p.Name)
		}
		seen[name] = true
	}
	return ""
}

// wholeUnits are not divided. Any other unit may be: half a box is not a thing, half a yard is.
var wholeUnits = []string{"ea", "each", "pc", "pcs", "piece", "box", "bx", "bag", "roll", "sheet", "pair", "pr", "set",
	"case", "cs", "pack", "pk", "pkg", "bundle", "can", "tube", "bucket", "pail", "pallet", "kit", "stick", "bottle", "jar"}

// divided reports whether there are parts of a unit.
func divided(unit string) bool { return !slices.Contains(wholeUnits, fold(unit)) }

// Whole reports whether the item's unit is not divided: the keypad then has no key for parts. The ledger takes parts of
// any unit: a line of Jobber's may ask for 2.5 ea, and what the shelf holds is what it holds.
func (it Item) Whole() bool { return !divided(it.Unit) }

// Amount returns how much q is in the item's unit when it was said in packs, and the item's own pack; q itself for the
// zero pack or the unit's name. It fails with [Invalid], field unit, when the item has no such pack or it holds something
// else by now, and field quantity when packs are not whole.
func (it Item) Amount(q Qty, p Pack) (Qty, Pack, error) {
	if p == (Pack{}) || fold(p.String()) == fold(it.Unit) {
		return q, Pack{}, nil
	}
	i := slices.IndexFunc(it.Packs, func(own Pack) bool { return fold(own.Name) == fold(p.Name) })
	if i < 0 {
		return 0, Pack{}, invalidField("unit", fmt.Sprintf("%s does not come in %s. Choose another unit.", it.Name, quoted(p.String())))
	}
	own := it.Packs[i]
	switch {
	case p.Holds != 0 && p.Holds != own.Holds:
		return 0, Pack{}, invalidField("unit", fmt.Sprintf("One %s of %s holds %v %s by now. Look at the amount again.", own.Name, it.Name,
			own.Holds, it.Unit))
	case q%one != 0:
		return 0, Pack{}, invalidField("quantity", fmt.Sprintf("Write a whole number of %s, or choose %s.", own.Name, it.Unit))
	case max(q, -q)/one > maxQty/own.Holds:
		return 0, Pack{}, invalidField("quantity", "That is too much.")
	}
	return q / one * own.Holds, own, nil
}
