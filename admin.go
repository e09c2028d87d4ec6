package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"lwc-inventory/store"
)

// One process owns the data folder. While a server runs, the other commands work through it: they
// send their arguments and their input over a Unix socket in the data folder, and the server runs them on
// its open database. Without a server they open the files themselves. It is the same code either way.

// A task is a command on an open data folder.
type task struct {
	db     *store.DB
	index  *store.Index // nil when no server runs
	cfg    config
	secret []byte
	args   []string
	stdin  io.Reader
	stdout io.Writer
}

// run does what the arguments say.
func (t task) run(ctx context.Context) error {
	switch t.args[0] {
	case "user":
		return t.user(ctx)
	case "import":
		return t.importFile(ctx)
	case "backup":
		return t.backup(ctx)
	case "check":
		return t.check(ctx)
	case "reindex":
		return t.reindex(ctx)
	}
	return fmt.Errorf("%w: there is no command %q", errUsage, t.args[0])
}

func socketPath(cfg config) string { return filepath.Join(cfg.DataDir, "admin.sock") }

// maxAdminInput bounds what a command may send: a large import fits.
const maxAdminInput = 128 << 20

// A request is a command on its way to the server, and a reply what came of it.
type (
	adminRequest struct {
		Args  []string
		Stdin []byte
	}
	adminReply struct {
		Stdout string
		Error  string
		Usage  bool
	}
)

// administer runs a command through the server, if one runs, and else on the files.
func (p program) administer(ctx context.Context, cfg config, args []string) error {
	args, stdin, err := p.prepare(args)
	if err != nil {
		return err
	}
	conn, err := net.DialTimeout("unix", socketPath(cfg), time.Second)
	if err == nil {
		conn.Close()
		return p.ask(ctx, cfg, args, stdin)
	}
	if _, err := os.Stat(cfg.DataDir); err != nil && !begins(args) {
		return fmt.Errorf("DATA_DIR is %q: there is no data", cfg.DataDir)
	}
	secret, err := openFolder(cfg)
	if err != nil {
		return err
	}
	only := args[0] == "check" && len(args) == 1
	db, err := store.Open(databasePath(cfg), store.Options{Secret: secret, ReadOnly: only})
	if err != nil {
		return err
	}
	t := task{db: db, cfg: cfg, secret: secret, args: args, stdin: bytes.NewReader(stdin), stdout: p.stdout}
	return errors.Join(t.run(ctx), db.Close())
}

// begins reports whether a command may be the first on a new installation.
func begins(args []string) bool {
	return args[0] == "import" || len(args) > 1 && args[0] == "user" && args[1] == "add"
}

// prepare does what only this side can: it reads the input, and makes paths hold in the server's folder too.
func (p program) prepare(args []string) ([]string, []byte, error) {
	switch {
	case args[0] == "user" && len(args) > 1 && args[1] != "list":
		in, err := io.ReadAll(io.LimitReader(p.stdin, 4096))
		return args, in, err
	case args[0] == "import" && len(args) == 3:
		in, err := os.ReadFile(args[2])
		return args, in, err
	case args[0] == "backup" && len(args) > 1:
		var in []byte
		if slices.Contains(args, "--passphrase-stdin") {
			var err error
			if in, err = io.ReadAll(io.LimitReader(p.stdin, 4096)); err != nil {
				return nil, nil, err
			}
		}
		args = slices.Clone(args)
		for i, arg := range args[1:] {
			if path, err := filepath.Abs(arg); err != nil {
				return nil, nil, err
			} else if arg != "--passphrase-stdin" {
				args[1+i] = path
			}
		}
		return args, in, nil
	}
	return args, nil, nil
}

// ask has the server run a command.
func (p program) ask(ctx context.Context, cfg config, args []string, stdin []byte) error {
	body, err := json.Marshal(adminRequest{Args: args, Stdin: stdin})
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socketPath(cfg))
	}}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://admin/", bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("ask the running server: %w", err)
	}
	defer resp.Body.Close()
	var reply adminReply
	if err := json.NewDecoder(resp.Body).Decode(&reply); err != nil {
		return fmt.Errorf("the running server's answer: %w", err)
	}
	if _, err := io.WriteString(p.stdout, reply.Stdout); err != nil {
		return err
	}
	switch {
	case reply.Usage:
		return fmt.Errorf("%w: %s", errUsage, reply.Error)
	case reply.Error != "":
		return errors.New(reply.Error)
	}
	return nil
}

// An adminServer runs commands that come over the socket.
type adminServer struct {
	app  *app
	ln   net.Listener
	http http.Server
}

// openAdmin listens on the socket. One that a dead server left behind is replaced: the database's lock
// has shown by now that no other server runs.
func openAdmin(a *app) (*adminServer, error) {
	path := socketPath(a.cfg)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	ln, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", path, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	s := &adminServer{app: a, ln: ln}
	s.http = http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: 5 * time.Second}
	return s, nil
}

func (s *adminServer) run(ctx context.Context) error {
	ended := make(chan error, 1)
	go func() { ended <- s.http.Serve(s.ln) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return s.http.Shutdown(grace)
	}
}

// close ends the listener of a server that never ran; after run it has nothing left to do.
func (s *adminServer) close() error {
	if err := s.ln.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

func (s *adminServer) serve(w http.ResponseWriter, r *http.Request) {
	var q adminRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAdminInput)).Decode(&q); err != nil || len(q.Args) == 0 {
		http.Error(w, "no command", http.StatusBadRequest)
		return
	}
	var out bytes.Buffer
	t := task{db: s.app.db, index: s.app.index, cfg: s.app.cfg, secret: s.app.secret, args: q.Args, stdin: bytes.NewReader(q.Stdin), stdout: &out}
	err := t.run(r.Context())
	s.app.log.Info("command", "name", q.Args[0], "ok", err == nil)
	reply := adminReply{Stdout: out.String(), Usage: errors.Is(err, errUsage)}
	if err != nil {
		reply.Error = err.Error()
	}
	if err := json.NewEncoder(w).Encode(reply); err != nil {
		s.app.log.Warn("command not answered", "err", err)
	}
}
