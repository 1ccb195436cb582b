// Saves the run: as text, as a picture, as JSON, or as what mc replay takes.

export async function exportRun(kind, b, say) {
  if (kind === 'replay') {
    const text = b.command;
    try { await navigator.clipboard.writeText(text); say('Copied: ' + text); } catch { say(text); }
    return;
  }
  const head = `${b.model}${b.without ? ' without ' + b.without : ''}, ${b.scenario.text}\n\n`;
  const tail = b.violation ? `\nviolated: ${b.violation.property}\n${b.violation.text}\n` : '';
  const text = head + b.diagram + tail + `\n${b.command}\n`;
  const make = {
    txt: () => ['text/plain', text],
    svg: () => ['image/svg+xml', b.picture],
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
