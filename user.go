package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"lwc-inventory/store"
)

// commandLine is who acts when a command changes something.
var commandLine = store.Actor{Name: "command line"}

// user adds users, lists them, and sets their passwords.
func (t task) user(ctx context.Context) error {
	if len(t.args) < 2 {
		return fmt.Errorf("%w: user add, user passwd, user second-step or user list", errUsage)
	}
	switch t.args[1] {
	case "add":
		return t.userAdd(ctx)
	case "passwd":
		return t.userPasswd(ctx)
	case "list":
		return t.userList(ctx)
	case "second-step":
		return t.userSecondStep(ctx)
	}
	return fmt.Errorf("%w: there is no command user %s", errUsage, t.args[1])
}

// flags reads the rest of a user command. Its own words on a mistake become one line.
func (t task) flags(set *flag.FlagSet) error {
	set.SetOutput(io.Discard)
	if err := set.Parse(t.args[2:]); err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if set.NArg() > 0 {
		return fmt.Errorf("%w: %q is too much", errUsage, set.Arg(0))
	}
	return nil
}

// password is the first line of the input.
func (t task) password() (string, error) {
	in, err := io.ReadAll(t.stdin)
	line, _, _ := strings.Cut(string(in), "\n")
	return strings.TrimSuffix(line, "\r"), err
}

func (t task) userAdd(ctx context.Context) error {
	set := flag.NewFlagSet("user add", flag.ContinueOnError)
	d := store.UserDraft{Active: true}
	set.StringVar(&d.Username, "username", "", "")
	role := set.String("role", "", "")
	set.StringVar(&d.Email, "email", "", "")
	set.BoolVar(&d.ReceiveAlerts, "receive-alerts", false, "")
	stdin := set.Bool("password-stdin", false, "")
	if err := t.flags(set); err != nil {
		return err
	}
	if d.Username == "" || *role == "" || !*stdin {
		return fmt.Errorf("%w: user add needs --username, --role and --password-stdin", errUsage)
	}
	d.Role = store.Role(*role)
	var err error
	if d.Password, err = t.password(); err != nil {
		return err
	}
	u, err := t.db.CreateUser(ctx, commandLine, d)
	if err != nil {
		return plain(err)
	}
	_, err = fmt.Fprintf(t.stdout, "Added %s, %s.\n", u.Username, u.Role)
	return err
}

func (t task) userPasswd(ctx context.Context) error {
	set := flag.NewFlagSet("user passwd", flag.ContinueOnError)
	name := set.String("username", "", "")
	stdin := set.Bool("password-stdin", false, "")
	if err := t.flags(set); err != nil {
		return err
	}
	if *name == "" || !*stdin {
		return fmt.Errorf("%w: user passwd needs --username and --password-stdin", errUsage)
	}
	password, err := t.password()
	if err != nil {
		return err
	}
	u, err := t.db.UserByName(ctx, *name)
	if err != nil {
		return plain(err)
	}
	if err := t.db.SetPassword(ctx, commandLine, u.ID, password); err != nil {
		return plain(err)
	}
	_, err = fmt.Fprintf(t.stdout, "%s has a new password. Their sessions ended.\n", u.Username)
	return err
}

// userSecondStep turns somebody's second step off, and forgets their passkeys: for an owner who lost the phone.
func (t task) userSecondStep(ctx context.Context) error {
	set := flag.NewFlagSet("user second-step", flag.ContinueOnError)
	name := set.String("username", "", "")
	off := set.Bool("off", false, "")
	if err := t.flags(set); err != nil {
		return err
	}
	if *name == "" || !*off {
		return fmt.Errorf("%w: user second-step needs --username and --off; it is turned on in the profile", errUsage)
	}
	u, err := t.db.UserByName(ctx, *name)
	if err == nil {
		_, err = t.db.EndSecond(ctx, commandLine, u.ID)
	}
	if err != nil {
		return plain(err)
	}
	_, err = fmt.Fprintf(t.stdout, "%s signs in with the password alone.\n", u.Username)
	return err
}

func (t task) userList(ctx context.Context) error {
	users, err := t.db.Users(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(t.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "USERNAME\tROLE\tEMAIL\tALERTS\tACTIVE")
	for _, u := range users {
		fmt.Fprintf(w, "%s\t%s\t%s\t%v\t%v\n", u.Username, u.Role, u.Email, u.ReceiveAlerts, u.Active)
	}
	return w.Flush()
}

// plain is an error of the store as a sentence for the terminal.
func plain(err error) error {
	e, ok := errors.AsType[*store.Error](err)
	if !ok || e.Code == store.Internal {
		return err
	}
	words := []string{}
	for field, sentence := range e.Fields {
		if sentence != e.Message {
			words = append(words, field+": "+sentence)
		}
	}
	return errors.New(strings.Join(append([]string{e.Message}, words...), " "))
}
