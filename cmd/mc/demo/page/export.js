// Saves the run: as text, as a picture, as JSON, or as what mc replay takes.

export async function exportRun(kind, b, say) {
  if (kind === 'replay') {
    const text = `mc replay '${b.run}'`;
    try { await navigator.clipboard.writeText(text); say('Copied: ' + text); } catch { say(text); }
    return;
  }
  const head = `${b.model}${b.without ? ' without ' + b.without : ''}, ${b.scenario.text}\n\n`;
  const tail = b.violation ? `\nviolated: ${b.violation.property}\n${b.violation.text}\n` : '';
  const text = head + b.diagram + tail + `\nmc replay '${b.run}'\n`;
  const make = {
    txt: () => ['text/plain', text],
    svg: () => ['image/svg+xml', svg(text)],
    json: () => ['application/json', JSON.stringify({ model: b.model, scenario: b.scenario, without: b.without, steps: b.steps, violation: b.violation, replay: b.run }, null, 2) + '\n'],
  }[kind];
  const [type, body] = make();
  save(`${b.model}.${kind}`, type, body);
  say(`Saved ${b.model}.${kind}.`);
}

function save(name, type, body) {
  const a = document.createElement('a');
  a.href = URL.createObjectURL(new Blob([body], { type }));
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 1000);
}

// svg is the text, as it stands, in a picture.
function svg(text) {
  const escape = s => s.replace(/[&<>]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
  const lines = text.split('\n');
  const width = 20 + 8.5 * Math.max(...lines.map(l => l.length)), height = 20 + 18 * lines.length;
  const body = lines.map((l, i) => `<text x="10" y="${24 + 18 * i}" xml:space="preserve">${escape(l)}</text>`).join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="monospace" font-size="14">\n<rect width="100%" height="100%" fill="white"/>\n${body}\n</svg>\n`;
}
