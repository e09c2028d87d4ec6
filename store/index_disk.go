package store

import (
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/search/collector"
)

// Bleve writes in goroutines of its own, and tries again at once when the disk refuses: on a full one it would
// take a whole processor. Who is told of the error has the loop's thread, so resting there slows it down.
const (
	restName = "lwc-inventory"
	diskRest = time.Second // Close may have to wait for it
)

// hearing are the logs of the indexes that are open, by their folders: Bleve knows its listeners by name alone.
var hearing sync.Map

func init() {
	scorch.RegistryAsyncErrorCallbacks[restName] = restFromDisk
	// A question asks for up to hundreds of hits and mostly has a few: Bleve would make room for all of them first, and
	// that was a third of what a search allocates. It makes more as it finds them.
	collector.PreAllocSizeSkipCap = 16
}

// restFromDisk notes that the index could not be written, and takes its time. What is searched is in memory.
func restFromDisk(err error, path string) {
	hearing.Range(func(folder, log any) bool {
		if !strings.HasPrefix(path, folder.(string)) {
			return true
		}
		log.(*slog.Logger).Warn("search index is not written; will try again", "err", err, "wait", diskRest)
		return false
	})
	time.Sleep(diskRest)
}
