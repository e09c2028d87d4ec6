package main

import (
	"context"
	"fmt"
	"slices"

	"lwc-inventory/store"
)

// prove checks a database that the last process could not close, before anybody is shown anything of it. What
// is made from the ledger is made anew where it does not agree; a ledger that was altered stops the start.
func (a *app) prove(ctx context.Context) error {
	if !a.db.WasCut() {
		return nil
	}
	faults, err := a.db.Faults(ctx)
	if err != nil {
		return fmt.Errorf("%s was not closed, and cannot be read to its end: %w. Restore a backup", databasePath(a.cfg), err)
	}
	for _, f := range faults {
		a.log.Error("the database contradicts itself", "in", f.Kind, "fault", f.Says)
	}
	if i := slices.IndexFunc(faults, func(f store.Fault) bool { return f.Kind == store.InLedger }); i >= 0 {
		return fmt.Errorf("%s was not closed, and its ledger is damaged: %s. Restore a backup", databasePath(a.cfg), faults[i].Says)
	}
	if len(faults) == 0 {
		a.log.Info("the database was not closed when it was last used; it was checked, and is whole")
		return nil
	}
	r, err := a.db.Repair(ctx, repairCopy(a.cfg))
	if err != nil {
		return fmt.Errorf("%s was not closed, and is not repaired: %w", databasePath(a.cfg), err)
	}
	a.log.Error("what is derived was made anew from the ledger", "faults", len(faults), "copy", r.Copy)
	return nil
}
