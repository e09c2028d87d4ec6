// Dependencies writes docs/dependencies.md: what the binary is made of, and under which licences. It reads a bill of
// materials in CycloneDX's JSON from its input.
package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
)

// bill is what is read of a bill of materials (https://cyclonedx.org/docs/1.6/json/).
type bill struct {
	Components []struct {
		Name     string `json:"name"`
		Version  string `json:"version"`
		Evidence struct {
			Licenses []struct {
				License struct {
					ID string `json:"id"`
				} `json:"license"`
			} `json:"licenses"`
		} `json:"evidence"`
	} `json:"components"`
}

const head = `# What the binary is made of

Made by ` + "`make sbom`" + `, which writes ` + "`out/sbom.json`" + ` (CycloneDX) besides. Licences are as found in the modules' own files.

## In the browser

Vendored in ` + "`static/`" + ` by ` + "`static/vendor.sh`" + `, with their licences beside them and their hashes in ` + "`static/vendor.sums`" + `.

| what | version | licence |
|---|---|---|
| htmx | 2.0.11 | 0BSD |
| barcode-detector | 3.2.2 | MIT |
| zxing-wasm, with zxing-cpp in it | 3.1.3 | MIT, Apache-2.0 |
| icons of Lucide | | ISC |

## Go modules

| module | version | licence |
|---|---|---|
`

func main() {
	var b bill
	if err := json.NewDecoder(os.Stdin).Decode(&b); err != nil {
		log.Fatal("read the bill of materials: ", err)
	}
	var rows []string
	for _, c := range b.Components {
		var ids []string
		for _, l := range c.Evidence.Licenses {
			ids = append(ids, l.License.ID)
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | %s |", c.Name, c.Version, cmp.Or(strings.Join(ids, ", "), "not found")))
	}
	slices.Sort(rows)
	fmt.Print(head + strings.Join(rows, "\n") + "\n")
}
