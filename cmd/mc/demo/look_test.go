package demo

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"lastput/spec"
)

// This file asks of the page, at two sizes and in both themes, what can be asked
// without looking: that nothing is cut off, hidden or too faint to read.

// lookScript lists what is wrong with how the page looks now. The contrast is
// that of WCAG 2.1: 4.5 for text, 3 for what is large, and for the frame of what
// has the focus.
const lookScript = `(() => {
  const wrong = [];
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) wrong.push('the page is ' + root.scrollWidth + ' wide, the window ' + innerWidth);
  const shown = e => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
  const name = e => e.id || e.dataset.move || e.dataset.key || e.tagName + ' ' + e.textContent.trim().slice(0, 30);
  const channel = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const parse = c => { const n = c.match(/[\d.]+/g).map(Number); return { r: n[0], g: n[1], b: n[2], a: n[3] ?? 1 }; };
  const over = (c, d) => ({ r: c.r * c.a + d.r * (1 - c.a), g: c.g * c.a + d.g * (1 - c.a), b: c.b * c.a + d.b * (1 - c.a), a: 1 });
  const light = c => 0.2126 * channel(c.r) + 0.7152 * channel(c.g) + 0.0722 * channel(c.b);
  const ratio = (c, d) => { const [a, b] = [light(c), light(d)].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05); };
  const ground = e => {
    const chain = [];
    for (let p = e; p; p = p.parentElement) chain.unshift(parse(getComputedStyle(p).backgroundColor));
    return chain.reduce((below, c) => over(c, below), { r: 255, g: 255, b: 255, a: 1 });
  };
  const faint = e => { let o = 1; for (let p = e; p; p = p.parentElement) o *= Number(getComputedStyle(p).opacity); return o; };
  let texts = 0;
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest(':disabled, dialog:not([open]), option') || !shown(e)) continue;
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    texts++;
    const style = getComputedStyle(e), below = ground(e);
    const ink = parse(style.color);
    ink.a *= faint(e);
    const big = parseFloat(style.fontSize) >= 24 || parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700;
    const got = ratio(over(ink, below), below);
    if (got < (big ? 3 : 4.5)) wrong.push('contrast ' + got.toFixed(2) + ' of ' + name(e));
  }
  if (texts < 30) wrong.push('only ' + texts + ' texts were looked at');
  for (const e of document.querySelectorAll('button, select, summary, input')) {
    if (!shown(e) || e.closest('dialog:not([open])')) continue;
    const r = e.getBoundingClientRect();
    if (r.left < 0 || r.right > innerWidth + 0.5) wrong.push(name(e) + ' is cut off');
    if (r.height < 24 && !e.matches('input, .driver summary, #steps button')) wrong.push(name(e) + ' is ' + r.height.toFixed(0) + ' high, too little to hit');
    if (!(e.textContent.trim() || e.ariaLabel || e.title || e.labels?.length)) wrong.push(name(e) + ' has no name');
  }
  for (const id of ['level', 'model', 'scenario', 'share', 'theme', 'keys', 'undo', 'redo', 'restart', 'over', 'ask', 'hint', 'play', 'play-start'])
    if (!shown(document.getElementById(id))) wrong.push(id + ' does not show');
  return wrong;
})()`

// focusScript gives each control the focus, as Tab does, and lists those that do
// not show it.
const focusScript = `(() => {
  const wrong = [], place = document.querySelector('dialog[open]') ?? document;
  for (const e of place.querySelectorAll('button, select, summary, input, [tabindex="0"]')) {
    if (e.disabled || !e.checkVisibility({ visibilityProperty: true }) || e.closest('dialog:not([open])')) continue;
    e.focus({ focusVisible: true });
    if (document.activeElement !== e) { wrong.push((e.id || e.textContent) + ' takes no focus'); continue; }
    const style = getComputedStyle(e);
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) wrong.push((e.id || e.textContent) + ' does not show its focus');
  }
  return wrong;
})()`

// TestLook looks at the page at the start, in the middle of a run and at its end,
// with a lock switched off and all that can be unfolded unfolded.
func TestLook(t *testing.T) {
	srv := serve(t, New(nil, spec.Scenario{}, "127.0.0.1"))
	p := &player{t, browser(t)}
	p.open(srv.URL)
	run(p, chromedp.EmulateViewport(390, 844))
	p.until(`innerWidth === 390`)
	p.lookAll("start")
	// On a phone whoever plays sees what can be pressed, and what it does, at once.
	p.until(`[...document.querySelectorAll('.step')].filter(b => b.getBoundingClientRect().bottom <= innerHeight).length > 0`)
	p.press("0")
	p.until(steps + ` === 1`)
	p.do(`document.querySelectorAll('details').forEach(d => { d.open = true })`)
	p.lookAll("middle")
	p.press("s")
	p.until(`document.querySelector('#lesson').classList.contains('won')`)
	// A phone has no room for columns: the diagram has them one below the other.
	p.until(`(d => d.textContent.includes('<- get after the final put') && d.scrollWidth <= d.clientWidth)(document.querySelector('#diagram'))`)
	p.lookAll("won")
	p.choose("level", "3")
	p.until(`document.querySelector('#lesson-title').textContent === 'The lock' && document.querySelector('.mutation[data-kind=lock]')`)
	p.do(`document.querySelector('.mutation[data-kind=lock]').click()`)
	p.until(`document.querySelector('.mutation[aria-pressed=true]') !== null`)
	p.lookAll("whatif")
	p.press("b")
	p.until(`document.querySelector('#status').textContent.startsWith('It can be broken')`)
	p.choose("level", "5")
	p.until(`document.querySelector('#model').value === 'atomic_dec_and_lock'`)
	p.press("b")
	p.until(`document.querySelector('#status').classList.contains('good')`)
	p.lookAll("proved")
	p.press("?")
	p.until(`document.querySelector('#help').open`)
	p.lookAll("help")
}

// choose picks from a list, as a reader does.
func (p *player) choose(id, value string) {
	p.Helper()
	p.do(fmt.Sprintf(`(e => { e.value = '%s'; e.dispatchEvent(new Event('change')) })(document.querySelector('#%s'))`, value, id))
}

// lookAll looks at the page as it is, at a phone's size and at a projector's.
func (p *player) lookAll(name string) {
	p.Helper()
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"desk", 1440, 900}, {"wide", 1920, 1080}, {"phone", 390, 844}} {
		run(p, chromedp.EmulateViewport(size.width, size.height))
		p.until(fmt.Sprintf("innerWidth === %d", size.width))
		for _, theme := range []string{"light", "dark"} {
			p.do(`document.documentElement.dataset.theme = '` + theme + `'`)
			for _, wrong := range run(p, chromedp.Evaluate[[]string](lookScript)) {
				p.Errorf("%s, %s, %s: %s", name, size.name, theme, wrong)
			}
			p.shot(name+"-"+size.name+"-"+theme, size.width, size.height, theme)
		}
	}
	was := run(p, chromedp.Evaluate[string](`document.activeElement.id || 'none'`))
	for _, wrong := range run(p, chromedp.Evaluate[[]string](focusScript)) {
		p.Errorf("%s: %s", name, wrong)
	}
	p.do(`(document.getElementById('` + was + `') ?? document.activeElement).blur()`)
}
