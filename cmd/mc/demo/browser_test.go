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
	"testing/fstest"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
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
	// A window nobody looks at does not show what has the focus.
	emulate(t, ctx, func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	})
	return ctx
}

func emulate(t *testing.T, ctx context.Context, f func(context.Context, *chromedp.Target) error) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Func(f)); err != nil {
		t.Fatal(err)
	}
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
			p.Fatalf("%s: %v; the page says %q, and has the focus at %q", condition, err, p.text("#status"), run(p, chromedp.Evaluate[string](`document.activeElement.outerHTML.slice(0, 200)`)))
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

// inSight is the condition that a row of the source is in its panel's window.
func inSight(row string) string {
	return `((r, s) => r && r.getBoundingClientRect().top >= s.getBoundingClientRect().top && r.getBoundingClientRect().bottom <= s.getBoundingClientRect().bottom)(document.querySelector('#source ` + row + `'), document.querySelector('#source'))`
}

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

	// The line that does it is marked, and in sight.
	p.until(`(r => r && r.textContent.includes('preempt_enable();'))(document.querySelector('#source .wrong'))`)
	p.until(inSight(".wrong"))
	run(p, chromedp.EmulateViewport(390, 844)) // the phone is turned
	p.until(inSight(".wrong"))
	run(p, chromedp.EmulateViewport(1280, 900))
	p.until(inSight(".wrong"))

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
	p.choose("level", "3")
	p.until(`document.querySelector('#lesson-title').textContent === 'The lock' && document.querySelector('.mutation[data-kind=lock]')`)
	p.press("b")
	p.until(`document.querySelector('#status').textContent.startsWith("It can't be broken")`)
	p.do(`document.querySelector('#whatif').open = true, document.querySelector('.mutation[data-kind=lock]').click()`)
	p.until(`document.querySelector('.mutation[aria-pressed=true]') !== null`)
	p.until(inSight(".off"))
	p.press("s")
	p.until(`document.querySelector('#status').classList.contains('bad')`)
}

// TestKeyboard plays with Tab, Enter and letters only. Whatever is pressed, the
// focus stays on something, and keys go on to work.
func TestKeyboard(t *testing.T) {
	srv := serve(t, New(nil, spec.Scenario{}, "127.0.0.1"))
	p := &player{t, browser(t)}
	p.open(srv.URL)
	somewhere := func(after string) {
		t.Helper()
		if at := run(p, chromedp.Evaluate[string](`document.activeElement.tagName + (document.activeElement.disabled ? ' disabled' : '')`)); at != "BUTTON" && at != "SUMMARY" && at != "PRE" && at != "SELECT" {
			t.Errorf("after %s the focus is at %s", after, at)
		}
	}
	focus := func(selector string) { t.Helper(); p.do(`document.querySelector('` + selector + `').focus()`) }

	// The unloader alone, to its end: its button goes when it is done.
	focus(`[data-cpu="0"] .step`)
	for n := 1; p.count(`document.querySelectorAll('[data-cpu="0"] .step').length`) > 0; n++ {
		p.press(kb.Enter)
		p.until(fmt.Sprintf("%s === %d", steps, n))
		somewhere("a step")
	}
	if at := p.text(":focus"); at != "CPU0" {
		t.Errorf("the unloader is done, and the focus is at %q", at)
	}
	p.press(kb.Enter)
	p.until(`document.querySelector('#status').textContent.startsWith('CPU0 cannot step')`)
	// Undone to the start by the button, which then cannot be pressed.
	focus("#undo")
	for n := p.count(steps); n > 0; n-- {
		p.press(kb.Enter)
		p.until(fmt.Sprintf("%s === %d", steps, n-1))
		somewhere("undo")
	}
	if at := p.text(":focus"); at != "Redo →" {
		t.Errorf("all is undone, and the focus is at %q", at)
	}
	p.press("1")
	p.until(steps + ` === 1`)
	focus("#restart")
	p.press(kb.Enter)
	p.until(steps + ` === 0`)
	somewhere("restart")
	// Letters reach the rest.
	p.do(`window.state0 = document.querySelector('#model').value`)
	for key, at := range map[string]string{"l": "#level", "m": "#model", "a": "#scenario", "e": "#exports button", "d": "#diagram", "w": "#whatif summary", "j": "#steps [aria-current]"} {
		p.do(`document.activeElement.blur()`)
		p.press(key)
		p.until(`document.activeElement === document.querySelector('` + at + `')`)
	}
	// A list that a letter leads to does not take that letter for a choice.
	p.until(`document.querySelector('#model').value === state0`)
	// A switch that is pressed is still there, and has the focus.
	p.until(`document.querySelector('.mutation')`)
	p.do(`document.querySelector('#whatif').open = true, document.querySelector('.mutation').focus()`)
	p.press(kb.Enter)
	p.until(`document.querySelector('.mutation[aria-pressed=true]') === document.activeElement`)
	// The dialog gives the focus back.
	focus("#undo, #redo, #ask")
	p.press("?")
	p.until(`document.querySelector('#help').open`)
	p.press(kb.Escape)
	p.until(`!document.querySelector('#help').open`)
	somewhere("the help")
	// A violation is said at once by a screen reader.
	p.choose("level", "1")
	p.until(`document.querySelector('.mutation[aria-pressed=true]') === null && ` + steps + ` === 0`)
	p.press("s")
	p.until(`document.querySelector('#status').ariaLive === 'assertive'`)
	// Buttons that go away hand the focus on.
	p.until(`!document.querySelector('#next').hidden && document.querySelector('#cancel').hidden`)
	focus("#next")
	p.press(kb.Enter)
	p.until(`document.querySelector('#level').value === '2' && document.activeElement.id === 'lesson-title'`)
	p.choose("level", "11")
	p.until(`decodeURIComponent(location.hash).includes('stop_machine/getters=1')`)
	p.choose("scenario", "isolated")
	p.until(`decodeURIComponent(location.hash).includes('stop_machine/isolated/')`)
	p.press("b")
	p.until(`!document.querySelector('#cancel').hidden`)
	focus("#cancel")
	p.press(kb.Enter)
	p.until(`document.querySelector('#cancel').hidden`)
	somewhere("cancel")
}

// TestStepOver: a call that is stepped over is undone and redone as one; a run that
// was opened by its address, step by step.
func TestStepOver(t *testing.T) {
	srv := serve(t, New(nil, spec.Scenario{}, "127.0.0.1"))
	p := &player{t, browser(t)}
	p.open(srv.URL + "/#level=5")
	p.press("o")
	at := []int{0}
	for range 4 {
		p.press("0")
		p.until(fmt.Sprintf("%s > %d", steps, at[len(at)-1]))
		at = append(at, p.count(steps))
	}
	if last := at[len(at)-1]; last == len(at)-1 {
		t.Fatalf("nothing was stepped over: %v", at)
	}
	for i := len(at) - 2; i >= 0; i-- {
		p.press(kb.ArrowLeft)
		p.until(fmt.Sprintf("%s === %d", steps, at[i]))
	}
	for _, n := range at[1:] {
		p.press(kb.ArrowRight)
		p.until(fmt.Sprintf("%s === %d", steps, n))
	}
	p.open(run(p, chromedp.Location()))
	p.press(kb.ArrowLeft)
	p.until(fmt.Sprintf("%s === %d", steps, at[len(at)-1]-1))
}

// TestBadLink: of an address that says nothing, or something of another version, the
// page says so, and can be played all the same.
func TestBadLink(t *testing.T) {
	srv := serve(t, New(nil, spec.Scenario{}, "127.0.0.1"))
	p := &player{t, browser(t)}
	for link, says := range map[string]string{
		"run=lp1/no":                              "not a recorded run",
		"run=lp1/no_stop/basic/00000000/0x3":      "digest",
		"run=lp1/somebody_elses/basic/00000000/0": "unknown model",
		"level=3&run=%00<script>":                 "not a recorded run",
		"run=lp1/no_stop/basic/00000000/0x9999":   "the page shows runs of up to",
	} {
		p.open(srv.URL + "/#" + link)
		p.until(`document.querySelector('#status').classList.contains('bad')`)
		if s := p.text("#status"); !strings.Contains(s, says) {
			t.Errorf("%s: the page says %q, want %q", link, s, says)
		}
		p.press("0")
		p.until(steps + ` === 1`)
	}
}

// TestHog: where a run hangs, the page shows whom everybody waits for, and does not
// say it twice; and the source goes to a thread that is asked for.
func TestHog(t *testing.T) {
	srv := serve(t, New(nil, spec.Scenario{}, "127.0.0.1"))
	p := &player{t, browser(t)}
	p.open(srv.URL + "/#level=9")
	p.press("s")
	p.until(`document.querySelector('#status').classList.contains('bad') && document.querySelector('#lesson').classList.contains('won')`)
	if s := p.text("#status"); strings.Count(s, "hang") != 1 {
		t.Errorf("the page says %q", s)
	}
	for _, want := range []string{"hog", "runs for ever", "cpu_stopper/2", "cannot run: hog (fifo 99) keeps CPU2"} {
		if got := run(p, chromedp.Evaluate[string](`document.querySelector('[data-cpu="2"]').innerText`)); !strings.Contains(got, want) {
			t.Errorf("CPU2 does not show %q:\n%s", want, got)
		}
	}
	p.press("r")
	p.until(steps + ` === 0`)
	for i, key := range "0011" {
		p.press(string(key))
		p.until(fmt.Sprintf("%s === %d", steps, i+1))
	}
	for t := range 2 {
		p.do(fmt.Sprintf(`document.querySelector('[data-key=pin%d]').click()`, t))
		p.until(fmt.Sprintf(`(r => r.getBoundingClientRect().top >= r.closest('#source').getBoundingClientRect().top && r.getBoundingClientRect().bottom <= r.closest('#source').getBoundingClientRect().bottom)([...document.querySelectorAll('#source .pin')].find(e => document.querySelector('[data-key=pin%d]').textContent.startsWith(e.textContent)))`, t))
	}
}

// TestStill: nothing moves while a question is answered, on a phone neither; and
// who wants no motion gets a run at once, at its end.
func TestStill(t *testing.T) {
	srv := serve(t, New(nil, spec.Scenario{}, "127.0.0.1"))
	p := &player{t, browser(t)}
	run(p, chromedp.EmulateViewport(390, 844))
	p.open(srv.URL)
	p.do(`window.tops = new Set(), window.texts = []`)
	p.do(`(f => { window.watch = setInterval(f, 1); new MutationObserver(() => texts.push(document.querySelector('#status').textContent)).observe(document.querySelector('#status'), { childList: true, characterData: true, subtree: true }) })(() => tops.add(document.querySelector('.step').getBoundingClientRect().top))`)
	p.press("h")
	p.until(`document.querySelector('#status').textContent.startsWith('Hint')`)
	p.do(`clearInterval(window.watch)`)
	if n := p.count(`tops.size`); n != 1 {
		t.Errorf("a step was at %d heights", n)
	}
	if n := p.count(`texts.length`); n != 1 {
		t.Errorf("the status was written %d times", n)
	}

	emulate(t, p.ctx, func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	})
	const boards = `performance.getEntriesByName(location.origin + '/api/board').length`
	before := p.count(boards)
	p.press("s")
	p.until(`document.querySelector('#status').classList.contains('bad')`)
	if n := p.count(boards) - before; n != 1 {
		t.Errorf("%d boards were drawn on the way to the end", n)
	}
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

// TestHostile shows a model that is full of HTML and of names without end: it is all
// text, and nothing of it makes the page wider than the window.
func TestHostile(t *testing.T) {
	long := strings.Repeat("very_long_", 40)
	text := `// mc: title <img src=x onerror="window.pwned = 1"> ` + long + `
// mc: learn </script><script>window.pwned = 2</script>
#include <mc.h>
int ` + long + `; /* </div></main><script>window.pwned = 3</script><style>* { display: none }</style> */
mc_thread(0, MC_OTHER) void first_` + long + `(void) { ` + long + ` = 1; /* <img src=x onerror="window.pwned = 4"> &amp; &#x3c; */ }
mc_thread(1, 0) void second(void) { mc_assert(` + long + ` == 0); } // <!-- ${window.pwned = 5}
`
	m, err := spec.Load(fstest.MapFS{"html.c": {Data: []byte(text)}}, "html.c")
	if err != nil {
		t.Fatal(err)
	}
	srv := serve(t, New(m, m.Scenarios()[0], "127.0.0.1"))
	p := &player{t, browser(t)}
	run(p, chromedp.EmulateViewport(390, 844))
	p.open(srv.URL)
	p.until(`document.querySelector('#model').value === 'html'`)
	p.press("s")
	p.until(`document.querySelector('#status').classList.contains('bad')`)
	p.do(`document.querySelectorAll('details').forEach(d => { d.open = true })`)
	for _, want := range []string{"<script>window.pwned = 3</script>", "&amp; &#x3c;", "<!-- ${window.pwned = 5}"} {
		if !strings.Contains(p.text("#source"), want) {
			t.Errorf("%s is not in the source as it stands there:\n%s", want, p.text("#source"))
		}
	}
	if n := p.count(`(window.pwned ?? 0) + document.querySelectorAll('main img, main script, main style').length`); n != 0 {
		t.Errorf("%d of the model became a part of the page", n)
	}
	if n := p.count(`document.documentElement.scrollWidth - innerWidth`); n > 0 {
		t.Errorf("the page is %d wider than the window", n)
	}
	// What is exported is data, too.
	p.do(`(window.saved = [], HTMLAnchorElement.prototype.click = () => {}, URL.createObjectURL = blob => { blob.text().then(t => saved.push(t)); return '#' })`)
	for _, kind := range []string{"txt", "svg", "json"} {
		p.do(`document.querySelector('[data-export=` + kind + `]').click()`)
	}
	p.until(`saved.length === 3`)
	if svg := run(p, chromedp.Evaluate[string](`saved.find(s => s.startsWith('<svg'))`)); strings.Contains(svg, "<script") || strings.Contains(svg, "<img") {
		t.Errorf("the picture has more than text of the model:\n%s", svg)
	}
	p.shot("hostile", 390, 844, "light")
}
