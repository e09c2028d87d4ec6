package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"lwc-inventory/store"
)

// A file of items may be larger than a form, and take longer to come.
const (
	importPath  = "/items/import"
	importLimit = 16 << 20 // bytes; some 130,000 items
	importTime  = 2 * time.Minute
)

// itemImport is the data of item/import.
type itemImport struct {
	CSRF      string
	RequestID string
	Problem   complaints
}

// newImport handles GET /items/import.
func (s *Server) newImport(c *fiber.Ctx) error { return s.importPage(c, complaints{}) }

func (s *Server) importPage(c *fiber.Ctx, p complaints) error {
	return s.page(c, head{Title: "Items from a file", Section: "items", Back: &crumb{"/items", "Items"}, Narrow: true}, "item/import",
		itemImport{CSRF: s.csrf(c), RequestID: newID(), Problem: p})
}

// importItems handles POST /items/import: each row of the CSV file in `file` becomes an item, or none does.
func (s *Server) importItems(c *fiber.Ctx) error {
	r, err := s.importFile(c)
	if p, ok := complaintsIn(err); ok {
		if len(p.Fields) == 0 {
			p.Message = "Nothing was imported.\n" + p.Message
		}
		c.Status(formStatus(err))
		return s.importPage(c, p)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/items", toast{Text: plural(r.Items, "item is in the list now.", "items are in the list now.")})
}

func (s *Server) importFile(c *fiber.Ctx) (store.ImportResult, error) {
	request, err := requestID(c)
	if err != nil {
		return store.ImportResult{}, err
	}
	sent, err := c.FormFile("file")
	if err != nil || sent.Filename == "" {
		return store.ImportResult{}, fieldError("file", "Choose a file.")
	}
	file, err := sent.Open()
	if err != nil {
		return store.ImportResult{}, err
	}
	defer file.Close()
	if request, err = fileRequest(request, file); err != nil {
		return store.ImportResult{}, err
	}
	ctx := context.WithoutCancel(c.UserContext()) // of many items it takes longer than a page may
	return s.Store.ImportItemsOnce(ctx, user(c).Actor(), request, file)
}

// fileRequest is the id of a request that brings a file, which is then at its begin. The way back leads to the same form: with
// another file it is another request.
func fileRequest(id string, file io.ReadSeeker) (string, error) {
	h := sha256.New()
	h.Write([]byte(id + "\n"))
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	_, err := file.Seek(0, io.SeekStart)
	return hex.EncodeToString(h.Sum(nil)), err
}

// room lets the files of those who may import be as large as they are. It is asked when the head of a request is there.
func (s *Server) room(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	if string(h.RequestURI()) != importPath || string(h.Method()) != http.MethodPost {
		return fasthttp.RequestConfig{}
	}
	id := string(h.Cookie(s.cookieName()))
	if !validVisitorID(id) {
		return fasthttp.RequestConfig{}
	}
	x, ok, err := s.loadSession(id)
	if err != nil || !ok || x.Half {
		return fasthttp.RequestConfig{} // who asks is told what is wrong when the request is read
	}
	u, err := s.Store.User(context.Background(), x.User)
	if err != nil || !u.Active || u.Epoch != x.Epoch || admit(managers, u.Role) != nil {
		return fasthttp.RequestConfig{}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: importLimit, ReadTimeout: importTime}
}
