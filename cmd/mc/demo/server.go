// Package demo serves a page on which the reader is the scheduler of a model:
// the reader says who takes the next step, and tries to break it.
//
// The server keeps nothing of a page: each request carries the model, the
// scenario, what the model is without, and the run so far.
package demo

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"lastput/spec"
)

//go:embed page
var page embed.FS

// maxBody bounds a request, in bytes: a run of maxSteps is shorter.
const maxBody = 256 << 10

// A Server answers the page.
type Server struct {
	// File is how the user named the model's file, for commands that the page gives;
	// empty for a strategy.
	File string

	first   place
	models  []*spec.Model // besides the strategies: the user's file
	host    string        // it listens at
	progs   progCache
	asking  chan struct{} // holds one for each search that goes on
	timeout time.Duration // of a search
}

// searches is how many searches go on at once, and searchTime how long one may
// take. A page that waits for its turn can be cancelled, too.
const (
	searches   = 2
	searchTime = 30 * time.Second
)

// New makes a server whose page begins with the model in the scenario; the model
// may be a strategy or the user's own. Nil begins with the first level. Host is
// where the server listens.
func New(m *spec.Model, s spec.Scenario, host string) *Server {
	srv := &Server{host: host, asking: make(chan struct{}, searches), timeout: searchTime}
	if m != nil {
		srv.first = place{Model: m.Name, Scenario: s.String()}
		srv.models = []*spec.Model{m}
	}
	return srv
}

// Handler is the whole site.
func (s *Server) Handler() http.Handler {
	files, err := fs.Sub(page, "page")
	if err != nil {
		panic(err) // it is embedded
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /api/start", answer(s.start))
	mux.HandleFunc("POST /api/board", answer(s.board))
	mux.HandleFunc("POST /api/ask", answer(s.ask))
	mux.HandleFunc("POST /api/mutations", answer(s.mutations))
	return s.guard(mux)
}

// policy lets the page load its own files and nothing else; no text of a model
// can become a part of it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guard refuses requests that come by way of another site, and survives those
// that break something.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		defer func() {
			if v := recover(); v != nil {
				send(w, http.StatusInternalServerError, map[string]string{"error": fmt.Sprintf("internal error: %v; this is a bug in mc\n%s", v, debug.Stack())})
			}
		}()
		if err := s.refuse(r); err != nil {
			fail(w, http.StatusForbidden, err)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}

// refuse says why a request is none of ours. A name of another site may lead to
// this address (DNS rebinding), but its pages say that name as the host.
func (s *Server) refuse(r *http.Request) error {
	if !s.ours(r.Host) {
		return fmt.Errorf("the host %q is not this server: open the address that mc demo printed", r.Host)
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return nil
	}
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" || u.Host != r.Host {
		return fmt.Errorf("a page of %q may not ask this server", origin)
	}
	return nil
}

// ours reports whether a Host header is an address of this server.
func (s *Server) ours(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.Trim(name, "[]")
	if strings.EqualFold(name, "localhost") || strings.EqualFold(name, s.host) {
		return true
	}
	addr, err := netip.ParseAddr(name)
	if err != nil {
		return false
	}
	// Who listens at all addresses is asked by any of them.
	any, err := netip.ParseAddr(s.host)
	return addr.IsLoopback() || err == nil && any.IsUnspecified()
}

// badRequest is a mistake of whoever asks.
type badRequest struct{ error }

func bad(format string, args ...any) error { return badRequest{fmt.Errorf(format, args...)} }

// answer makes a handler of a function from a request to what is sent as JSON.
func answer[In, Out any](f func(context.Context, In) (Out, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in In
		if r.Method == http.MethodPost {
			if t := r.Header.Get("Content-Type"); !strings.HasPrefix(t, "application/json") {
				fail(w, http.StatusUnsupportedMediaType, errors.New("want JSON, with its Content-Type"))
				return
			}
			d := json.NewDecoder(r.Body)
			d.DisallowUnknownFields()
			err := d.Decode(&in)
			if _, more := d.Token(); err == nil && more != io.EOF {
				err = errors.New("something follows it")
			}
			if err != nil {
				fail(w, http.StatusBadRequest, fmt.Errorf("the request is not understood: %w", err))
				return
			}
		}
		out, err := f(r.Context(), in)
		var mistake badRequest
		switch {
		case errors.As(err, &mistake):
			fail(w, http.StatusBadRequest, err)
		case err != nil:
			fail(w, http.StatusInternalServerError, err)
		default:
			send(w, http.StatusOK, out)
		}
	}
}

// maxError bounds what is said of a mistake, which may quote what was sent.
const maxError = 800

func fail(w http.ResponseWriter, code int, err error) {
	text := err.Error()
	if len(text) > maxError {
		text = strings.ToValidUTF8(text[:maxError], "") + "…"
	}
	send(w, code, map[string]string{"error": text})
}

func send(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v) // whoever asked may be gone
}
