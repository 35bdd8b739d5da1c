// parameters.js: the governed records, what every field means, and who changed what when. SPDX-License-Identifier: Apache-2.0
import { html, useState } from '/vendor/preact-htm.js';
import { clock, plain, usePoll } from '/parts.js';

function lasting(seconds) {
  const value = Number(seconds);
  for (const [size, name] of [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']]) {
    if (value >= size && value % size === 0) return `${plain(value / size)} ${name}`;
  }
  return value === 0 || value >= 1 ? `${plain(value)} s` : `${plain(1000 * value)} ms`;
}

// A value with its unit, as a reader expects it; the exact text is in the title.
function show(text, unit) {
  if (unit === 'ratio') return Math.abs(Number(text)) >= 10000 ? 'none' : `${plain(100 * Number(text))} %`;
  if (unit === 'seconds') return lasting(text);
  if (unit === 'money') return `${plain(text)} USD`;
  return unit === 'choice' ? text : plain(text);
}

const title = (one) => `${one.record}${one.subject ? ` ${one.subject}` : one.index > 0 ? ` ${one.index}` : ''}`;
const who = (signer) => (signer === 0 ? 'operator' : `signer ${signer}`);

function Fields({ record }) {
  return html`<table><thead><tr><th>field</th><th class="number">in force</th><th class="number">shipped</th><th class="number rare">allowed</th>
    <th class="rare">proposed by</th><th class="number rare">delay</th><th>meaning</th></tr></thead><tbody>
    ${record.fields.map((field) => html`<tr key=${field.path}><td>${field.path}</td>
      <td class="number ${field.value === field.standard ? '' : 'changed'}" title=${field.value}>${show(field.value, field.unit)}</td>
      <td class="number" title=${field.standard}>${show(field.standard, field.unit)}</td>
      <td class="number note rare" title="${field.low} … ${field.high}">${field.unit === 'choice' ? ''
        : `${show(field.low, field.unit)} … ${show(field.high, field.unit)}`}</td>
      <td class="rare">${field.owner}</td><td class="number rare">${field.delay_hours} h</td><td class="text note">${field.text}</td></tr>`)}</tbody></table>`;
}

export function Parameters() {
  const { value, error } = usePoll('/v1/parameters', 5000);
  const [open, setOpen] = useState(null);
  if (!value) return html`<p class="note">${error || 'Asking the venue …'}</p>`;
  const changed = (record) => record.fields.filter((field) => field.value !== field.standard).length;
  const shown = value.records.find((record) => title(record) === open);
  return html`
    <section class="panel"><h1>Parameters</h1>
      <p class="note">Every number that requirements, prices and liquidations follow. A record is replaced whole by one event, under a new version;
        nothing else changes it. The model in force is ${value.model}.</p>
      <table><thead><tr><th>record</th><th class="number">version</th><th class="number rare">fields</th><th class="number">not as shipped</th><th></th></tr></thead><tbody>
      ${value.records.map((record) => html`<tr key=${title(record)}><td><button class="plain" aria-expanded=${open === title(record)}
          onClick=${() => setOpen(open === title(record) ? null : title(record))}>${title(record)}</button></td>
        <td class="number">${record.version}</td><td class="number rare">${record.fields.length}</td><td class="number">${changed(record)}</td>
        <td class="note">${record.accepted > record.version ? `version ${record.accepted} waits` : record.expires ? `until ${record.expires.slice(0, 16)}` : ''}</td></tr>`)}
      </tbody></table></section>
    ${shown && html`<section class="panel"><h2>${title(shown)}, version ${shown.version}</h2><${Fields} record=${shown} /></section>`}
    <section class="panel"><h2>History of changes, the newest first</h2>
      ${!value.is_whole && html`<p class="note">The log is still being read.</p>`}
      ${value.changes.length === 0 && html`<p class="note">Nothing has been changed: every record is as shipped.</p>`}
      ${value.changes.length > 0 && html`<table><thead><tr><th>when, UTC</th><th>record</th><th class="number rare">version</th><th class="rare">by</th><th>what changed</th>
        <th class="number rare">event</th></tr></thead><tbody>
      ${value.changes.map((change) => html`<tr key=${change.sequence}><td class="when">${change.time.slice(0, 10)} ${clock(change.time)}</td><td class="when">${title(change)}</td>
        <td class="number rare">${change.version}</td><td class="rare">${who(change.signer)}</td>
        <td class="text">${change.fields.map((field, i) => html`${i > 0 ? ', ' : ''}${field.path}${' '}<span class="note">${show(field.before, field.unit)} → </span>${show(field.after, field.unit)}`)}</td>
        <td class="number note rare">${change.sequence}</td></tr>`)}</tbody></table>`}</section>`;
}
