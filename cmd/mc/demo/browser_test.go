package demo

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"lastput/spec"
)

// This file plays in a real browser. It needs chromium, and is skipped where
// there is none.

var shots = flag.String("shots", "", "put pictures of the page into this folder")

func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Skip("no chromium: install it to test the page")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, stopTab := chromedp.NewContext(ctx)
	t.Cleanup(stopTab)
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// A player drives the page.
type player struct {
	*testing.T
	ctx context.Context
}

func run[T any](p *player, a chromedp.Action[T]) T {
	p.Helper()
	v, err := chromedp.Run(p.ctx, a)
	if err != nil {
		p.Fatal(err)
	}
	return v
}

// do evaluates JavaScript in the page.
func (p *player) do(script string) {
	p.Helper()
	run(p, chromedp.Evaluate[bool]("("+script+", true)"))
}

// until waits for a condition, in JavaScript, of the page.
func (p *player) until(condition string) {
	p.Helper()
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if ok, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("Boolean("+condition+")")); err == nil && ok {
			return
		} else if time.Now().After(end) {
			p.Fatalf("%s: %v; the page says %q", condition, err, p.text("#status"))
		}
	}
}

func (p *player) text(selector string) string {
	p.Helper()
	return run(p, chromedp.Evaluate[string]("document.querySelector('"+selector+"').textContent"))
}

func (p *player) count(number string) int {
	p.Helper()
	return run(p, chromedp.Evaluate[int](number))
}

func (p *player) open(url string) {
	p.Helper()
	run(p, chromedp.Navigate("about:blank"))
	run(p, chromedp.Navigate(url))
	p.until(`document.body && document.body.dataset.ready === 'yes'`)
}

func (p *player) press(keys string) { p.Helper(); run(p, chromedp.KeyEvent(keys)) }

const steps = `document.querySelectorAll('#steps li:not(.later)').length - 1`

// TestBrowser plays as a reader would.
func TestBrowser(t *testing.T) {
	srv := serve(t, New(nil, spec.Scenario{}, "127.0.0.1"))
	p := &player{t, browser(t)}
	p.open(srv.URL)

	// Keyboard only: the first level to the win.
	p.until(`document.querySelector('#level').value === '1'`)
	for i, key := range "00001111" {
		p.press(string(key))
		p.until(fmt.Sprintf("%s === %d", steps, i+1))
	}
	p.until(`document.querySelector('#lesson').classList.contains('won')`)
	p.until(`localStorage.getItem('lastput.levels') === '[1]'`)
	if s := p.text("#status"); !strings.Contains(s, string(spec.GetAfterFinalPut)) {
		t.Errorf("the page says %q", s)
	}
	p.shot("won", 1440, 900, "light")

	// The address of this moment, opened anew.
	p.open(run(p, chromedp.Location()))
	p.until(`document.querySelector('#status').classList.contains('bad')`)

	// Undo, redo, jump, restart.
	n := p.count(steps)
	p.press(kb.ArrowLeft)
	p.until(`!document.querySelector('#redo').disabled`)
	if m := p.count(steps); m != n-1 {
		t.Errorf("undo went from step %d to %d", n, m)
	}
	p.press(kb.ArrowRight)
	p.until(`document.querySelector('#redo').disabled`)
	p.press("r")
	p.until(steps + ` === 0`)

	// A hint, and the shortest run played.
	p.press("h")
	p.until(`document.querySelector('#status').textContent.startsWith('Hint')`)
	p.press("p")
	p.until(`document.querySelector('#status').classList.contains('bad')`)

	// The lock, switched off.
	p.do(`(e => { e.value = '3'; e.dispatchEvent(new Event('change')) })(document.querySelector('#level'))`)
	p.until(`document.querySelector('#lesson-title').textContent === 'The lock' && document.querySelector('.mutation[data-kind=lock]')`)
	p.press("b")
	p.until(`document.querySelector('#status').textContent.startsWith("It can't be broken")`)
	p.do(`document.querySelector('#whatif').open = true, document.querySelector('.mutation[data-kind=lock]').click()`)
	p.until(`document.querySelector('.mutation[aria-pressed=true]') !== null`)
	p.press("s")
	p.until(`document.querySelector('#status').classList.contains('bad')`)
	p.shot("whatif", 1440, 900, "dark")
	p.shot("phone", 390, 844, "light")
	p.shot("phone-dark", 390, 844, "dark")
}

// shot takes a picture, where pictures are wanted.
func (p *player) shot(name string, width, height int64, theme string) {
	if *shots == "" {
		return
	}
	run(p, chromedp.EmulateViewport(width, height))
	p.do(`document.documentElement.dataset.theme = '` + theme + `', scrollTo(0, 0)`)
	time.Sleep(200 * time.Millisecond)
	png := run(p, chromedp.CaptureScreenshot())
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), png, 0o644); err != nil {
		p.Fatal(err)
	}
}
