// Draws the board. All text is set as text: what a model's source holds is never
// read as HTML.

const $ = id => document.getElementById(id);

// h makes an element: h('b', {class: 'x'}, 'text', child).
export function h(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) e.addEventListener(name.slice(2), value);
    else if (name === 'who') e.style.setProperty('--who', `var(--t${value % 6})`);
    else if (value !== false && value != null) e.setAttribute(name, value === true ? '' : value);
  }
  e.append(...children.filter(c => c != null && c !== ''));
  return e;
}

// redraw draws again and leaves the focus where it was; if that is not there any
// more, at the name of its CPU.
function redraw(id, children) {
  const box = $(id);
  const focused = box.contains(document.activeElement) ? document.activeElement : null;
  const keys = focused ? [focused.dataset.key, 'cpu' + focused.closest('[data-cpu]')?.dataset.cpu] : [];
  const top = box.scrollTop;
  box.replaceChildren(...children);
  box.scrollTop = top;
  if (!focused) return;
  const all = [...box.querySelectorAll('[data-key]')];
  const next = keys.map(k => all.find(e => e.dataset.key === k && e.checkVisibility())).find(Boolean);
  (next ?? all[0] ?? $('source')).focus({ preventScroll: true });
}

export function draw(b, actions) {
  redraw('cpus', b.cpus.map(c => drawCPU(b, c, actions)));
  drawSource(b);
  drawObjects(b.objects);
  drawMemory(b.cells);
  $('diagram').textContent = b.diagram.trim() ? b.diagram : 'Nothing has happened yet.';
}

function drawCPU(b, c, { step, digit }) {
  const shown = t => !b.threads[t].rests;
  const first = c.threads.filter(shown), rest = c.threads.filter(t => !shown(t));
  const why = c.threads.map(t => b.threads[t]).filter(t => t.why).map(t => `${t.name} ${t.why}`).join('; ');
  return h('section', { class: 'cpu', 'data-cpu': c.cpu, 'data-why': why, 'aria-label': `CPU ${c.cpu}` },
    h('h2', {}, h('button', { class: 'name', 'data-key': 'cpu' + c.cpu, title: `Let CPU${c.cpu} take a step` + (c.cpu < 10 ? ` (${c.cpu})` : ''), onclick: () => digit(c.cpu) }, `CPU${c.cpu}`),
      c.isolated ? h('small', {}, 'isolated') : null),
    ...first.map(t => drawThread(b, t, step)),
    first.length ? null : h('p', { class: 'tag' }, 'nothing to do'),
    rest.length ? fold(`rest${c.cpu}`, 'rest', `${rest.length} more at rest`, ...rest.map(t => drawThread(b, t, step))) : null);
}

const unfolded = new Set(); // what the reader has opened stays open when it is drawn again
function fold(key, kind, summary, ...children) {
  return h('details', { class: kind, open: unfolded.has(key), ontoggle: e => unfolded[e.target.open ? 'add' : 'delete'](key) },
    h('summary', { 'data-key': key }, summary), ...children);
}

// drawNext says what a thread is about to do: its line of the model or, between
// calls of the model's functions, words, with the driver's source for who asks.
function drawNext(t, i) {
  if (t.state === 'done') return 'is done';
  if (!t.words) return h('code', { class: 'code' }, t.source);
  return h('div', { class: 'words' }, t.words, fold(`driver${i}`, 'driver', 'source', h('code', { class: 'code' }, `${t.where}  ${t.source}`)));
}

function drawThread(b, i, step) {
  const t = b.threads[i];
  const tags = [t.class === 'other' ? null : t.class, ...t.marks, ...t.locals];
  return h('div', { class: 'thread' + (t.state === 'ready' ? '' : ' idle'), who: i },
    h('b', { title: 'class: ' + t.class }, t.name), ' ', drawNext(t, i),
    t.calls && t.state !== 'done' ? h('div', { class: 'calls' }, 'in ' + t.calls) : null,
    h('div', {}, ...tags.filter(Boolean).map(x => h('span', { class: 'tag' }, x))),
    t.why ? h('div', { class: 'why' }, t.why) : null,
    h('div', { class: 'moves' }, ...t.moves.map((m, n) => drawMove(t, i, m, n, step))));
}

function drawMove(t, i, m, n, step) {
  const migrate = m.move.includes('m');
  const choice = /c(.*)/.exec(m.move)?.[1];
  const label = migrate ? '' : choice != null && t.moves.length > 1 ? `Step (choice ${choice})` : 'Step';
  const text = (label && m.text ? ': ' : '') + m.text;
  return h('button', { class: 'step', 'data-move': m.move, 'data-key': `${i}/${n}`, 'data-migrate': migrate,
    'aria-label': `${t.name} on CPU ${t.cpu}: ${label || 'migrate'} ${m.text}`, onclick: () => step(m.move, i) }, label, h('span', {}, text));
}

let drawn = ''; // the program whose source stands there
function drawSource(b) {
  const f = b.files[mainFile(b)];
  $('file').textContent = f.name;
  if (drawn !== b.prefix + f.index) {
    drawn = b.prefix + f.index;
    $('source').replaceChildren(...f.lines.map((line, n) => h('div', { class: 'row', 'data-line': n + 1 }, h('i', {}, String(n + 1)), h('span', {}, line || ' '), h('em'))));
    $('source').scrollTop = 0;
  }
  const rows = $('source').children;
  for (const r of rows) { r.classList.remove('at', 'wrong'); r.lastChild.replaceChildren(); }
  const last = b.steps.at(-1)?.thread, found = []; // the rows of threads, who matters most last
  b.threads.forEach((t, i) => {
    const row = t.file === f.index && t.state !== 'done' ? rows[t.line - 1] : null;
    if (!row) return;
    row.classList.add('at');
    row.lastChild.append(h('span', { class: 'pin', who: i, title: 'its next line' }, t.name));
    found.push({ name: t.name, i, row, line: t.line, rank: (i === last ? 2 : 0) + (t.moves.length ? 1 : 0) });
  });
  redraw('pins', found.map(f => h('button', { class: 'pin', who: f.i, 'data-key': 'pin' + f.i, title: `Show the next line of ${f.name}`, onclick: () => reveal(f.row) }, `${f.name} ${f.line}`)));
  let first = found.sort((x, y) => x.rank - y.rank).at(-1)?.row;
  if (b.violation && b.violation.file === f.index) {
    first = rows[b.violation.line - 1] ?? first;
    first?.classList.add('wrong');
  }
  if (first) reveal(first);
}

let current = null; // the row that was scrolled to

// Lines are broken elsewhere where the window gets another width.
new ResizeObserver(() => { if (current?.isConnected) reveal(current); }).observe($('source'));

// reveal scrolls the source, and nothing else, to a row.
function reveal(row) {
  current = row;
  const box = $('source');
  const top = row.offsetTop - box.offsetTop;
  if (top < box.scrollTop + 20 || top > box.scrollTop + box.clientHeight - 60) box.scrollTop = top - box.clientHeight / 3;
}

// mainFile is the file with the next line of most threads.
function mainFile(b) {
  const count = b.files.map(f => b.threads.filter(t => t.file === f.index && t.state !== 'done').length);
  const most = Math.max(...count);
  if (most > 0) return count.indexOf(most);
  const lengths = b.files.map(f => f.lines.length); // nobody is in the model: the text, not a wrapper of it
  return lengths.indexOf(Math.max(...lengths));
}

function drawObjects(objects) {
  const cell = (o, name, value) => h('td', { class: o.changed.includes(name) ? 'new' : null }, value);
  $('objects').replaceChildren(h('table', {},
    h('tr', {}, ...['object', 'held', 'final', 'released'].map(x => h('th', { scope: 'col' }, x))),
    ...objects.map(o => h('tr', {}, h('th', { class: 'code', scope: 'row' }, o.name), cell(o, 'held', String(o.held)), cell(o, 'final', o.final ? 'yes' : 'no'), cell(o, 'released', o.released ? 'yes' : 'no')))));
}

function drawMemory(cells) {
  const row = c => h('tr', {}, h('th', { class: 'code', scope: 'row' }, c.name, c.perCPU ? h('span', { class: 'was' }, ' per CPU') : null),
    h('td', { class: c.was ? 'new' : null }, c.was ? h('span', { class: 'was' }, c.was + ' → ') : null, c.value));
  const table = list => h('table', {}, ...list.map(row));
  const library = cells.filter(c => c.library);
  const was = $('memory').querySelector('details')?.open;
  $('memory').replaceChildren(table(cells.filter(c => !c.library)),
    library.length ? h('details', { class: 'rest', open: was || false }, h('summary', {}, `${library.length} of the library`), table(library)) : '');
}

export function drawLesson(level, won) {
  $('lesson').hidden = !level;
  if (!level) return;
  $('lesson').classList.toggle('won', won);
  $('lesson-title').textContent = (won ? 'Won: ' : '') + level.title;
  const goal = level.goal ? `Goal: ${level.goal}` + (level.goal === 'hang' ? '' : ', or another use of what is torn down') + (level.without ? `, with a ${level.without} switched off.` : '.') : 'Goal: the answer that it cannot be broken.';
  $('lesson-text').textContent = won ? level.after : `${level.before} ${goal}`;
}

export function drawMutations(list, b, switchOff) {
  redraw('mutations', list.length ? list.map(m => h('button', { class: 'mutation', 'data-key': m.id, 'data-kind': m.kind, 'aria-pressed': String(m.id === b.without), onclick: () => switchOff(m.id) },
    h('span', {}, `${m.kind} ${m.line}`), h('code', {}, m.text))) : [h('p', {}, 'There is nothing to switch off.')]);
  if (b.without) $('whatif').open = true;
  const off = list.find(m => m.id === b.without);
  for (const r of $('source').children) r.classList.toggle('off', Boolean(off?.lines.includes(Number(r.dataset.line)) && off.file === $('file').textContent));
  const first = $('source').querySelector('.off');
  if (first && b.steps.length === 0) reveal(first);
}

export function drawHistory(b, known, go) {
  const item = (n, text) => h('li', {}, h('button', { 'data-key': 'step' + n, 'aria-current': n === b.steps.length ? 'step' : null, onclick: () => go(n) }, text));
  const later = known - b.steps.length;
  redraw('steps', [item(0, 'the start'), ...b.steps.map((s, i) => item(i + 1, `${i + 1}  ${s.who}  ${s.words || s.source}${s.text ? '  // ' + s.text : ''}`)),
    ...(later > 0 ? [h('li', { class: 'later' }, `${later} undone`)] : [])]);
}
