package mailbox

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"strings"
)

// parse reads a mail: its headers, and the first text and the first HTML among its parts.
func parse(r io.Reader) (Mail, error) {
	raw, err := netmail.ReadMessage(r)
	if err != nil {
		return Mail{}, fmt.Errorf("read the headers: %w", err)
	}
	var x Mail
	if x.Subject, err = new(mime.WordDecoder).DecodeHeader(raw.Header.Get("Subject")); err != nil {
		return Mail{}, fmt.Errorf("read the subject: %w", err)
	}
	x.MessageID = raw.Header.Get("Message-ID")
	if x.Date, err = raw.Header.Date(); err != nil && !errors.Is(err, netmail.ErrHeaderNotPresent) {
		return Mail{}, fmt.Errorf("read the date: %w", err)
	}
	if err := x.addPart(textproto.MIMEHeader(raw.Header), raw.Body, maxDepth); err != nil {
		return Mail{}, err
	}
	return x, nil
}

const maxDepth = 5 // parts within parts

// addPart reads one part of the mail, or the parts it is made of.
func (x *Mail) addPart(h textproto.MIMEHeader, body io.Reader, depth int) error {
	kind, params := "text/plain", map[string]string(nil)
	if v := h.Get("Content-Type"); v != "" {
		var err error
		if kind, params, err = mime.ParseMediaType(v); err != nil {
			return fmt.Errorf("read the type %q: %w", v, err)
		}
	}
	if strings.HasPrefix(kind, "multipart/") {
		if depth == 0 {
			return errors.New("parts within parts within parts")
		}
		return x.addParts(multipart.NewReader(body, params["boundary"]), depth-1)
	}
	text, err := io.ReadAll(decoded(h, body))
	if err != nil {
		return fmt.Errorf("read the %s: %w", kind, err)
	}
	switch {
	case kind == "text/plain" && x.Text == "":
		x.Text = asUnix(text)
	case kind == "text/html" && x.HTML == "":
		x.HTML = asUnix(text)
	}
	return nil
}

func (x *Mail) addParts(r *multipart.Reader, depth int) error {
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the parts: %w", err)
		}
		if err := x.addPart(p.Header, p, depth); err != nil {
			return err
		}
	}
}

// decoded undoes how the part was packed for its journey.
func decoded(h textproto.MIMEHeader, body io.Reader) io.Reader {
	switch strings.ToLower(h.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	}
	return body
}

func asUnix(text []byte) string { return strings.ReplaceAll(string(text), "\r\n", "\n") }
