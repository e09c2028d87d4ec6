package store

// Seen returns the last event the index has taken in, for tests.
func (x *Index) Seen() EventID { return EventID(x.seen.Load()) }

// IndexFolder is where the index lies within its folder, for tests.
const IndexFolder = indexName
