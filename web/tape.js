// tape.js: what liquidation does, as it happens, and the funds that stand behind it.   SPDX-License-Identifier: Apache-2.0
import { html } from '/vendor/preact-htm.js';
import { bigMoney, clock, money, plain, price, tone, usePoll } from '/parts.js';

const assets = ['USD', 'BTC', 'ETH'];

function what(entry) {
  switch (entry.kind) {
    case 'stage': return html`<span class=${tone(entry.stage)}>${entry.before} → ${entry.stage}</span>`;
    case 'call': return html`called for ${money(entry.amount)} USD, until ${clock(entry.deadline)}`;
    case 'slice': return html`slice ${entry.number} planned, expected to cost ${money(entry.cost)} USD`;
    case 'fill': return html`${Number(entry.lots) > 0 ? 'bought' : 'sold'} ${plain(Math.abs(Number(entry.lots)))} of ${entry.instrument} at ${price(entry.price)} USD`;
    case 'cover': return html`<span class="bad">insurance fund paid ${plain(Number(entry.paid_atoms) / (entry.asset === 0 ? 1e6 : 1e8))} ${assets[entry.asset] || ''}, ${plain(Number(entry.owed_atoms) / (entry.asset === 0 ? 1e6 : 1e8))} still owed</span>`;
    case 'auction': return html`auction ${entry.step}, round ${entry.round}`;
    default: return html`account ${entry.bidder} took ${(100 * Number(entry.share)).toFixed(2)} % in the auction`;
  }
}

export function Tape() {
  const { value, error } = usePoll('/v1/tape', 1000);
  if (!value) return html`<p class="note">${error || 'Asking the venue …'}</p>`;
  const count = (kind) => value.entries.filter((entry) => entry.kind === kind).length;
  return html`
    <section class="panel"><dl class="facts">
      ${['call', 'slice', 'fill', 'auction', 'bid', 'cover'].map((kind) => html`<div><dt>${kind}s shown</dt><dd>${count(kind)}</dd></div>`)}
      <div><dt>entries since the start</dt><dd>${bigMoney(value.count)}</dd></div></dl></section>
    <section class="panel"><h2>Liquidation tape, the newest first</h2>
      ${value.entries.length === 0 && html`<p class="note">Nothing yet: every account stands above its line.</p>`}
      <table><thead><tr><th>time, UTC</th><th>event</th><th>account</th><th>what</th></tr></thead><tbody>
      ${value.entries.slice(0, 120).map((entry, i) => html`<tr key=${`${entry.sequence}-${i}`}><td>${clock(entry.time)}</td><td>${entry.sequence}</td>
        <td><a href="#/account/${entry.account}">${entry.account}</a></td><td>${what(entry)}</td></tr>`)}</tbody></table></section>`;
}

export function Funds() {
  const { value, error } = usePoll('/v1/funds', 1000);
  if (!value) return html`<p class="note">${error || 'Asking the venue …'}</p>`;
  const usd = value.assets[0];
  return html`
    ${usd && html`<section class="panel"><h2>Who bears a loss, in this order, USD</h2><table><tbody>
      <tr><td>1. the account itself</td><td class="number">${bigMoney(usd.balances)}</td><td class="note">balances of all accounts</td></tr>
      <tr><td>2. the insurance fund</td><td class="number">${bigMoney(usd.insurance)}</td><td class="note">pays what closed-out accounts still owe</td></tr>
      <tr><td>3. those it did not pay</td><td class="number ${Number(usd.bad_debt) > 0 ? 'bad' : ''}">${bigMoney(usd.bad_debt)}</td>
        <td class="note">recorded bad debt, borne where it arose, to the atom</td></tr></tbody></table></section>`}
    <section class="panel"><h2>Every asset, to the atom</h2><table><thead><tr><th>asset</th>
      ${['held', 'balances', 'loans', 'fees', 'insurance', 'interest', 'bad_debt'].map((key) => html`<th class="number">${key.replace('_', ' ')}</th>`)}
      </tr></thead><tbody>${value.assets.map((asset) => html`<tr><td>${asset.name}</td>
      ${['held', 'balances', 'loans', 'fees', 'insurance', 'interest', 'bad_debt'].map((key) => html`<td class="number">${asset[key]}</td>`)}</tr>`)}
      </tbody></table></section>`;
}
