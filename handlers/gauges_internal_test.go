package handlers

import (
	"iter"
	"maps"
)

// GaugeNames are the names of all that is read when it is asked for.
func GaugeNames() iter.Seq[string] { return maps.Keys(gaugeHelp) }
