package store

import "context"

// Rebuild makes the index anew from the database and returns when it is done. Searches meanwhile
// find what is in it so far.
func (x *Index) Rebuild(ctx context.Context) error {
	x.broken.Store(true)
	return x.CatchUp(ctx)
}
