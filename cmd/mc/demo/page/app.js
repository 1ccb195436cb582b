// The page's state and what can be done to it. The server is asked for the
// board after each change and keeps nothing; the address says where we are.
import { draw, drawMutations, drawLesson, drawHistory } from './draw.js';
import { exportRun } from './export.js';

const $ = id => document.getElementById(id);
const state = {
  start: null,    // models and levels
  level: 0,       // from 1; 0: none
  board: null,
  moves: [],      // all moves known, those undone as well
  at: 0,          // how many of them have been made
  stops: new Set(), // after how many of them the reader has been: a call stepped over is undone as one
  busy: null,     // cancels what goes on
  place: '',      // model and scenario that the list of what can be switched off is of
};
let turn = 0; // of requests for the board: an old answer is not shown

async function post(path, body, signal) {
  const r = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal });
  const answer = await r.json();
  if (!r.ok) throw new Error(answer.error);
  return answer;
}

function say(text, kind = '') {
  const p = $('status');
  p.className = kind;
  p.ariaLive = kind === 'bad' ? 'assertive' : 'polite';
  if (p.textContent !== text) p.textContent = text;
}

const runTo = n => state.board.prefix + state.moves.slice(0, n).join('.');

// --- where we are

// room is how many columns of text the diagram has, if less than the usual 90.
function room() {
  const style = getComputedStyle($('diagram'));
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = `${style.fontSize} ${style.fontFamily}`;
  const columns = Math.floor($('diagram').clientWidth / pen.measureText('m').width);
  return columns < 90 ? Math.max(columns, 30) : 0;
}

async function show(request, note, kind) {
  const mine = ++turn;
  let board;
  try {
    board = await post('/api/board', { ...request, width: room() });
  } catch (e) {
    if (mine === turn) say(String(e.message), 'bad');
    return false;
  }
  if (mine !== turn) return false;
  const changed = !state.board || state.board.prefix !== board.prefix;
  state.board = board;
  const made = board.steps.map(s => s.move);
  const common = changed ? 0 : made.findIndex((m, i) => m !== state.moves[i]);
  if (changed || common >= 0) {
    state.moves = made;
    state.stops = new Set([...state.stops].filter(n => n <= common));
  }
  state.at = made.length;
  state.stops.add(state.at);
  draw(board, { step, digit });
  drawHistory(board, state.moves.length, go);
  history.replaceState(null, '', address());
  buttons();
  announce(note, kind);
  if (changed) await placeChanged();
  if (board.level) win(board.level);
  return true;
}

function address() {
  const level = state.level ? `level=${state.level}&` : '';
  return '#' + level + 'run=' + encodeURIComponent(state.board.run);
}

function announce(note, kind) {
  const b = state.board;
  const last = b.steps.at(-1);
  if (b.violation) {
    say([`Violated: ${b.violation.property}: ${b.violation.text}`, ...b.violation.waiting].join('\n'), 'bad');
  } else if (note) {
    say(note, kind);
  } else if (b.ruledOut && b.ended) {
    say('The model assumes that this does not happen: the run ends here, unjudged.');
  } else if (b.ended) {
    say('Nothing can step any more, and nothing was violated. Undo, or restart.');
  } else if (last) {
    say(`Step ${b.steps.length}: ${last.who}, ${(last.words || last.source || last.where).replace(/;$/, '')}${last.text ? ': ' + last.text : ''}`);
  } else {
    say('You are the scheduler: click a step, or press the digit of a CPU.');
  }
}

function buttons() {
  const focused = document.activeElement;
  $('undo').disabled = $('restart').disabled = state.at === 0;
  $('redo').disabled = state.at >= state.moves.length;
  $('hint').disabled = $('ask').disabled = $('play').disabled = Boolean(state.board.violation);
  // What has just been pressed, and cannot be any more, hands the focus on.
  if (focused.disabled) [$('redo'), $('undo'), $('play-start')].find(b => !b.disabled).focus();
}

async function placeChanged() {
  const b = state.board;
  if (![...$('model').options].some(o => o.value === b.model)) $('model').add(new Option(b.model, b.model));
  $('model').value = b.model;
  const model = state.start.models.find(m => m.name === b.model);
  const list = (model?.scenarios ?? []).slice();
  if (!list.some(s => s.text === b.scenario.text)) list.unshift(b.scenario);
  $('scenario').replaceChildren(...list.map(s => new Option(s.name === 'custom' ? s.text : s.name, s.text)));
  $('scenario').value = b.scenario.text;
  $('scenario').title = b.scenario.about;
  const l = state.start.levels[state.level - 1];
  if (l && (l.model !== b.model || l.scenario !== b.scenario.text)) state.level = 0;
  $('level').value = String(state.level);
  const place = `${b.model} ${b.scenario.text}`;
  if (state.place !== place) $('mutations').replaceChildren(); // another model's
  state.place = place;
  drawLesson(l && state.level ? l : null, false);
  $('next').hidden = true;
  let mutations = [];
  try {
    mutations = await post('/api/mutations', { model: b.model, scenario: b.scenario.text });
  } catch { /* there is nothing to switch off then */ }
  if (state.board?.prefix === b.prefix) drawMutations(mutations, b, switchOff); // else we are elsewhere by now
}

const begin = (model, scenario, without = '') => { stop(); return show({ model, scenario, without }); };

function switchOff(id) {
  const b = state.board;
  return begin(b.model, b.scenario.text, b.without === id ? '' : id);
}

// --- steps

function step(move, thread) {
  stop();
  const request = { run: state.board.prefix + [...state.moves.slice(0, state.at), move].join('.') };
  if ($('over').checked && !move.includes('m') && state.board.threads[thread].library) request.over = thread;
  return show(request);
}

const go = n => { stop(); return show({ run: runTo(Math.max(0, Math.min(n, state.moves.length))) }); };

// undo and redo go to where the reader was before and after, or a step.
const undo = () => {
  const before = [...state.stops].filter(n => n < state.at);
  return go(before.length ? Math.max(...before) : state.at - 1);
};
const redo = () => {
  const after = [...state.stops].filter(n => n > state.at);
  return go(after.length ? Math.min(...after) : state.at + 1);
};

function digit(cpu) {
  const section = document.querySelector(`[data-cpu="${cpu}"]`);
  if (!section) return say(`There is no CPU${cpu}.`);
  const moves = [...section.querySelectorAll('.step')];
  const steps = moves.filter(b => !b.dataset.migrate);
  if (steps.length === 1) return steps[0].click();
  if (moves.length === 0) return say(`CPU${cpu} cannot step: ` + (section.dataset.why || 'nothing is left to do there'));
  section.querySelectorAll('details').forEach(d => { d.open = true; });
  moves[0].focus();
  say(`CPU${cpu} has ${moves.length} ways to go on: choose one.`);
}

// --- questions

function stop() {
  state.busy?.abort();
  state.busy = null;
  if (document.activeElement === $('cancel')) $('play-start').focus();
  $('cancel').hidden = true;
}

// search asks the checker; a second question, or Cancel, ends the first.
async function search(start) {
  stop();
  const mine = state.busy = new AbortController();
  $('cancel').hidden = false;
  // Most questions are answered before anybody could read that they are asked.
  const slow = setTimeout(() => say('Looking at every run from ' + (start ? 'the start' : 'here') + ' …'), 250);
  try {
    const a = await post('/api/ask', { run: runTo(state.at), start }, mine.signal);
    return mine === state.busy ? a : null;
  } catch (e) {
    if (e.name !== 'AbortError') say(String(e.message), 'bad');
    return null;
  } finally {
    clearTimeout(slow);
    if (mine === state.busy) stop();
  }
}

function verdict(a, where) {
  const states = a.states.toLocaleString('en') + ' states looked at';
  if (a.verdict === 'verified') return say(`It can't be broken ${where}: ${states}.`, 'good');
  if (a.verdict !== 'violated') return say(`Not known: ${a.reason || 'the search was stopped'} (${states}).`);
  const n = a.moves.length;
  say(`It can be broken ${where}, in ${n} step${n === 1 ? '' : 's'}: ${a.property}.` + (a.cycle ? ` The last ${a.cycle} go round for ever.` : ''));
}

async function ask() {
  const start = state.at === 0;
  const a = await search(start);
  if (!a) return;
  verdict(a, start ? 'at all' : 'from here');
  if (a.level) win(a.level);
}

async function hint() {
  const a = await search(false);
  if (!a) return;
  if (a.moves.length === 0) return verdict(a, 'from here');
  const [thread] = a.moves[0].match(/^\d+/);
  const t = state.board.threads[thread];
  document.querySelectorAll('.step').forEach(b => { if (b.dataset.move === a.moves[0]) b.focus(); });
  say(`Hint: let ${t.name} on CPU${t.cpu} go next (${a.moves.length} step${a.moves.length === 1 ? '' : 's'} to ${a.property}).`);
}

async function play(start) {
  const a = await search(start);
  if (!a) return;
  if (a.moves.length === 0) return verdict(a, start ? 'at all' : 'from here');
  const from = start ? 0 : state.at;
  const moves = [...state.moves.slice(0, from), ...a.moves];
  const mine = state.busy = new AbortController();
  $('cancel').hidden = false;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches; // shows the end, to be gone through at will
  if (still) state.stops.clear();
  const pause = still ? 0 : Math.min(700, 9000 / a.moves.length);
  for (let n = still ? moves.length : from + (start ? 0 : 1); n <= moves.length; n++) {
    if (!await show({ run: state.board.prefix + moves.slice(0, n).join('.') })) break;
    if (mine !== state.busy) return;
    await new Promise(done => setTimeout(done, pause));
    if (mine !== state.busy) return;
  }
  if (a.cycle) say(`Violated: ${a.property}. The last ${a.cycle} steps can go round for ever.`, 'bad');
  stop();
}

// --- levels

const done = () => { try { return JSON.parse(localStorage.getItem('lastput.levels') ?? '[]'); } catch { return []; } };

function win(n) {
  const won = new Set(done()).add(n);
  try { localStorage.setItem('lastput.levels', JSON.stringify([...won])); } catch { /* private window */ }
  levelNames();
  if (n !== state.level) return;
  drawLesson(state.start.levels[n - 1], true);
  $('next').hidden = n >= state.start.levels.length;
}

function levelNames() {
  const won = done();
  const names = state.start.levels.map((l, i) => new Option(`${won.includes(i + 1) ? '✓ ' : ''}${i + 1}. ${l.title}`, i + 1));
  $('level').replaceChildren(new Option('free play', 0), ...names);
  $('level').value = String(state.level);
}

function playLevel(n) {
  const l = state.start.levels[n - 1];
  state.level = l ? n : 0;
  state.board = null;
  state.moves = [];
  if (l) return begin(l.model, l.scenario);
  return begin($('model').value, $('scenario').value);
}

// nextLevel reads the new level to whoever has it read.
async function nextLevel() {
  await playLevel(state.level + 1);
  $('lesson-title').focus({ preventScroll: true });
}

// --- the rest

function theme(name) {
  document.documentElement.dataset.theme = name;
}
const dark = matchMedia('(prefers-color-scheme: dark)');
const chosen = () => { try { return localStorage.getItem('lastput.theme'); } catch { return null; } };
theme(chosen() ?? (dark.matches ? 'dark' : 'light'));
dark.addEventListener('change', () => { if (!chosen()) theme(dark.matches ? 'dark' : 'light'); });

function otherTheme() {
  const name = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
  theme(name);
  try { localStorage.setItem('lastput.theme', name); } catch { /* private window */ }
}

async function share() {
  try {
    await navigator.clipboard.writeText(location.href);
    say('The address of this moment was copied.');
  } catch {
    say('Copy the address from the address bar: it says this moment.\n' + location.href);
  }
}

// lead goes to a list once the key is up: else the list takes the letter for a choice.
const lead = id => document.addEventListener('keyup', () => $(id).focus(), { once: true });

const keys = {
  ArrowLeft: undo, Backspace: undo, ArrowRight: redo,
  r: () => go(0), o: () => $('over').click(), b: () => $('ask').click(), h: () => $('hint').click(), p: () => $('play').click(),
  s: () => $('play-start').click(), n: () => { if (!$('next').hidden) $('next').click(); }, t: otherTheme,
  w: () => { $('whatif').open = !$('whatif').open; $('whatif').querySelector('summary').focus(); },
  j: () => { $('steps-box').open = true; $('steps').querySelector('[aria-current]').focus(); },
  c: () => $('share').click(), e: () => $('exports').querySelector('button').focus(), d: () => $('diagram').focus(),
  l: () => lead('level'), m: () => lead('model'), a: () => lead('scenario'),
  '?': () => $('help').showModal(), Escape: () => $('cancel').click(),
};

document.addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey || $('help').open || e.target.matches('select, input[type=text]')) return;
  const scrolls = e.key.startsWith('Arrow') && e.target.matches('#source, #diagram');
  const f = /^\d$/.test(e.key) ? () => digit(e.key) : keys[e.key];
  if (!f || scrolls || !state.board) return;
  e.preventDefault();
  f();
});

function listen() {
  const on = (id, f) => $(id).addEventListener('click', f);
  on('undo', undo); on('redo', redo); on('restart', () => go(0));
  on('ask', ask); on('hint', hint); on('play', () => play(false)); on('play-start', () => play(true));
  on('cancel', () => { stop(); announce('Cancelled.'); });
  on('theme', otherTheme); on('share', share); on('next', nextLevel);
  on('keys', () => $('help').showModal()); on('close-help', () => $('help').close());
  $('level').addEventListener('change', e => playLevel(Number(e.target.value)));
  $('model').addEventListener('change', e => {
    const m = state.start.models.find(x => x.name === e.target.value);
    state.level = 0;
    if (m) begin(m.name, m.scenarios[0].text);
  });
  $('scenario').addEventListener('change', e => begin($('model').value, e.target.value));
  for (const b of document.querySelectorAll('[data-export]')) b.addEventListener('click', () => exportRun(b.dataset.export, state.board, say));
  window.addEventListener('hashchange', open);
}

// open shows what the address says, or the beginning.
async function open() {
  stop();
  state.stops.clear();
  const q = new URLSearchParams(location.hash.slice(1));
  state.level = Number(q.get('level')) || 0;
  if (q.get('run') && await show({ run: q.get('run') })) return;
  const wrong = q.get('run') && $('status').textContent; // said again below the beginning
  const { first, levels } = state.start;
  const won = done();
  if (!state.level && first.model) await begin(first.model, first.scenario);
  else await playLevel(state.level || 1 + Math.max(0, levels.findIndex((_, i) => !won.includes(i + 1))));
  if (wrong) say('This link cannot be shown: ' + wrong, 'bad');
}

try {
  const r = await fetch('/api/start');
  state.start = await r.json();
  if (!r.ok) throw new Error(state.start.error);
  $('model').replaceChildren(...state.start.models.map(m => new Option(m.name, m.name)));
  levelNames();
  listen();
  await open();
  document.body.dataset.ready = 'yes';
} catch (e) {
  say('The server does not answer: ' + e.message, 'bad');
}
