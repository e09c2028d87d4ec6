package store

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// openCSV begins to read a table as spreadsheets save it: with a header, and with commas, or semicolons or tabs where the header
// has no comma. It returns the names of the columns, some of those that are known, and each that is needed.
// It fails with [Invalid], for files too that are no such text.
func openCSV(r io.Reader, known []string, needed ...string) (*csv.Reader, []string, error) {
	text := bufio.NewReaderSize(r, 64<<10)
	begin, err := text.Peek(4 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, fmt.Errorf("read a CSV file: %w", err)
	}
	switch {
	case bytes.HasPrefix(begin, []byte("PK\x03\x04")), bytes.HasPrefix(begin, []byte("\xd0\xcf\x11\xe0")):
		return nil, nil, Errorf(Invalid, "Line 1: This is a workbook. Save it as “CSV UTF-8” and take that file.")
	case bytes.HasPrefix(begin, []byte("\xff\xfe")), bytes.HasPrefix(begin, []byte("\xfe\xff")):
		return nil, nil, Errorf(Invalid, "Line 1: This is UTF-16 text. Save the file as “CSV UTF-8”.")
	}
	c := csv.NewReader(text)
	line, _, _ := bytes.Cut(begin, []byte("\n"))
	for _, mark := range ";\t" {
		if !bytes.ContainsRune(line, ',') && bytes.ContainsRune(line, mark) {
			c.Comma = mark
		}
	}
	header, err := readHeader(c, known, needed...)
	return c, header, err
}

// mistakes are what people did wrong in a file, so that they hear of all of it at once.
type mistakes struct {
	first []*Error // at most shownMistakes
	all   int
}

const shownMistakes = 20

// add notes err, if it is a person's mistake, and returns every other.
func (m *mistakes) add(err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Code != Invalid && e.Code != Conflict {
		return err
	}
	if m.all++; m.all <= shownMistakes {
		m.first = append(m.first, e)
	}
	return nil
}

// err is one error of all that was noted, each on a line of its own; nil for none.
func (m *mistakes) err() error {
	if m.all == 0 {
		return nil
	}
	var says []string
	for _, e := range m.first {
		says = append(says, e.Message)
	}
	if more := m.all - len(m.first); more > 0 {
		says = append(says, fmt.Sprintf("And %s more.", lines(more)))
	}
	return Errorf(m.first[0].Code, "%s", strings.Join(says, "\n"))
}

// atLine says where in the file a person's mistake is.
func atLine(line int, columns []string, err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	for _, column := range columns {
		if sentence := e.Fields[column]; sentence != "" {
			return Errorf(e.Code, "Line %d, column %s: %s", line, column, sentence)
		}
	}
	return Errorf(e.Code, "Line %d: %s", line, e.Message)
}

// readHeader returns the names of the columns: some of those that are known, and each that is needed.
func readHeader(c *csv.Reader, known []string, needed ...string) ([]string, error) {
	header, err := c.Read()
	if err != nil {
		return nil, Errorf(Invalid, "Line 1: This is no CSV file with a header: %v.", err)
	}
	seen := map[string]bool{}
	for i, name := range header {
		header[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		if !slices.Contains(known, header[i]) {
			return nil, Errorf(Invalid, "Line 1: There is no column %s. The columns are %s.", quoted(name), strings.Join(known, ", "))
		}
		if seen[header[i]] {
			return nil, Errorf(Invalid, "Line 1: The column %s is there twice.", header[i])
		}
		seen[header[i]] = true
	}
	for _, name := range needed {
		if !seen[name] {
			return nil, Errorf(Invalid, "Line 1: The column %s is missing.", name)
		}
	}
	return header, nil
}

// eachRecord calls read for each record, with its line in the file.
func eachRecord(c *csv.Reader, most int, read func(line int, record []string) error) error {
	for n := 0; ; n++ {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if e, ok := errors.AsType[*csv.ParseError](err); ok {
			return Errorf(Invalid, "Line %d, column %d: %v.", e.Line, e.Column, e.Err)
		}
		if err != nil {
			return fmt.Errorf("read a CSV file: %w", err)
		}
		line, _ := c.FieldPos(0)
		if n == most {
			return Errorf(Invalid, "Line %d: At most %d rows in one file.", line, most)
		}
		if err := read(line, record); err != nil {
			return err
		}
	}
}
