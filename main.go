// LWC Inventory keeps the stock of a contracting company that runs its jobs in Jobber.
//
// A tour of the code, in reading order:
//
//   - store: what there is to know, and the rules that always hold. Items, places, the ledger of movements,
//     jobs mirrored from Jobber and what they need, users, and the outbox through which every side effect
//     leaves. One bbolt file; its picture is in the package comment. Search (Bleve) is made from it.
//   - jobber: the client of Jobber's API: OAuth, queries, webhooks, the goroutines that pull jobs.
//   - alerts: judges when an item has fallen below its minimum, and mails the people who want to know.
//   - handlers, views, static: the pages. handlers/routes.go lists all that can be asked, and by whom.
//   - this package: the command line. config.go reads the environment, serve.go wires the parts together,
//     and each command has a file of its own.
//
// imports_test.go holds which package may know which.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	_ "time/tzdata" // TZ holds on machines without time zones, too
)

func main() {
	keepPrivate()
	outliveLimits()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := program{getenv: os.Getenv, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// A program is one run of the binary: its surroundings.
type program struct {
	getenv func(string) string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	ready  chan<- net.Addr // if not nil, gets the address once requests are taken
}

// errUsage marks a command that was called wrongly.
var errUsage = errors.New("wrong usage")

const usage = `lwc-inventory keeps the stock of a contracting company that runs its jobs in Jobber.

  lwc-inventory [serve]       serve the pages; the environment says how (.env.example)
  lwc-inventory demo          the whole product with a play company, from a temporary folder
      --keep DIR              keep its data there
  lwc-inventory user add --username U --role owner|gm|warehouse_manager
      [--email E] [--receive-alerts] --password-stdin
  lwc-inventory user passwd --username U --password-stdin
  lwc-inventory user list
  lwc-inventory user second-step --username U --off   for who lost the phone and the recovery codes
  lwc-inventory import items FILE.csv
  lwc-inventory import users FILE.csv   of the older application, with the hashes of their passwords
  lwc-inventory backup FILE [--passphrase-stdin]   beside a running server, too
  lwc-inventory restore [--replace] [--passphrase-stdin] FILE
  lwc-inventory check         prove that the ledger is whole, and that all that is made from it agrees
      --repair                copy the file aside, and make from the ledger what does not agree with it
  lwc-inventory reindex       make the search index anew
  lwc-inventory health        is the server on this machine well; for containers
  lwc-inventory version
`

// run does what args say and returns the exit code: 0, 1 with one line on stderr, or 2 for wrong usage.
func (p program) run(ctx context.Context, args []string) int {
	err := p.dispatch(ctx, args)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintf(p.stderr, "%v\n\n%s", err, usage)
		return 2
	}
	fmt.Fprintln(p.stderr, "lwc-inventory:", strings.ReplaceAll(err.Error(), "\n", "; "))
	return 1
}

func (p program) dispatch(ctx context.Context, args []string) error {
	if len(args) == 0 {
		args = []string{"serve"}
	}
	switch args[0] {
	case "version", "--version":
		_, err := fmt.Fprintln(p.stdout, "lwc-inventory", version())
		return err
	case "help", "--help", "-h":
		_, err := io.WriteString(p.stdout, usage)
		return err
	}
	getenv, err := environment(p.getenv, ".env")
	if err != nil {
		return err
	}
	cfg, err := readConfig(getenv)
	if err != nil {
		return err
	}
	switch args[0] {
	case "serve":
		if len(args) > 1 {
			return fmt.Errorf("%w: serve takes no arguments", errUsage)
		}
		return p.serve(ctx, cfg)
	case "demo":
		return p.demo(ctx, cfg, getenv("ADDR") != "", args[1:])
	case "health":
		return p.health(ctx, cfg)
	case "restore":
		return errors.Join(p.restore(ctx, cfg, args[1:]), handOver(cfg.DataDir))
	case "user", "import", "backup", "check", "reindex":
		return errors.Join(p.administer(ctx, cfg, args), handOver(cfg.DataDir))
	}
	return fmt.Errorf("%w: there is no command %q", errUsage, args[0])
}

// version says which build this is: the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value
		}
	}
	return v
}
