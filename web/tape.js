// tape.js: what liquidation does, as it happens, what is on sale, and the funds behind it.   SPDX-License-Identifier: Apache-2.0
import { html, useState } from '/vendor/preact-htm.js';
import { Chart, bigMoney, clock, money, percent, plain, price, tone, useHistory, useOnce, usePoll } from '/parts.js';

const Who = ({ account }) => html`<a href="#/account/${account}">${account}</a>`;

function what(entry) {
  const amount = (key) => `${plain(entry[key])} ${entry.asset || ''}`;
  switch (entry.kind) {
    case 'stage': return html`<span class=${tone(entry.stage)}>${entry.before} → ${entry.stage}</span>`;
    case 'call': return html`called for ${money(entry.amount)} USD, until ${clock(entry.deadline)}`;
    case 'slice': return html`slice ${entry.number} planned, expected to cost ${money(entry.cost)} USD`;
    case 'fill': return html`${Number(entry.lots) > 0 ? 'bought' : 'sold'} ${plain(Math.abs(Number(entry.lots)))} lots of ${entry.instrument} at ${price(entry.price)} USD`;
    case 'cover': return html`<span class="bad">insurance fund paid ${amount('paid')}${Number(entry.owed) > 0 ? `, ${amount('owed')} still owed` : ''}</span>`;
    case 'auction': return html`auction ${entry.step}, round ${entry.round}`;
    case 'bid': return html`account <${Who} account=${entry.bidder} /> took ${percent(entry.share, 2)} in the auction`;
    case 'backstop': return html`<span>the backstop pool took ${plain(Math.abs(Number(entry.lots)))} lots of ${entry.instrument}, ${Number(entry.paid) < 0 ? `and bears ${bigMoney(-entry.paid)}` : `for ${bigMoney(entry.paid)}`}</span>`;
    case 'deleverage': return html`<span class="bad">closed ${plain(Math.abs(Number(entry.lots)))} lots against bankrupt account <${Who} account=${entry.bankrupt} />,
      gave up ${money(entry.haircut)} USD</span>`;
    case 'profit cut': return html`<span class="bad">gave up ${amount('given_up')} of unpaid profit in ${entry.instrument}</span>`;
    case 'balance cut': return html`<span class="bad">gave up ${amount('given_up')} to a shared loss</span>`;
    case 'write-off': return html`${amount('written_off')} written off`;
    case 'collateral': return html`insurance fund took ${amount('taken')} of collateral that nobody bid for`;
    case 'fund': return html`<span class="good">operator ${entry.action}: ${amount('amount')}</span>`;
    default: return entry.kind;
  }
}

const groups = { all: null, stages: ['stage'], calls: ['call'], orders: ['slice', 'fill'], auctions: ['auction', 'bid'],
  losses: ['cover', 'backstop', 'deleverage', 'profit cut', 'balance cut', 'write-off', 'collateral', 'fund'] };

function Entries({ entries }) {
  return html`<table><thead><tr><th>UTC</th><th>account</th><th>what</th><th class="number">event</th></tr></thead><tbody>
    ${entries.map((entry, i) => html`<tr key=${`${entry.sequence}-${i}`}><td>${clock(entry.time)}</td>
      <td>${entry.account === undefined ? 'venue' : html`<${Who} account=${entry.account} />`}</td><td class="text">${what(entry)}</td>
      <td class="number note">${entry.sequence}</td></tr>`)}</tbody></table>`;
}

const goods = (row) => [...(row.positions || []).map((held) => `${Number(held.lots) > 0 ? 'long' : 'short'} ${held.instrument}`),
  ...(row.balances || []).map((held) => `${held.amount.startsWith('-') ? 'owes ' : ''}${held.asset}`)].join(', ');

function Auctions() {
  const { value } = usePoll('/v1/auctions', 1000);
  const rows = value ? value.auctions : [];
  return html`<section class="panel"><h2>On sale now${value && value.count > 0 ? `: ${value.count}` : ''}</h2>
    ${value && value.count === 0 && html`<p class="note">No account is on sale.</p>`}
    ${rows.length > 0 && html`<table><thead><tr><th>account</th><th class="number">equity</th><th class="number">maintenance</th>
      <th class="number">round</th><th class="number">share</th><th class="number">a bid gets</th><th class="number">of the value kept</th><th>of</th></tr></thead><tbody>
      ${rows.slice(0, 12).map((row) => html`<tr key=${row.account}><td><${Who} account=${row.account} /></td>
        <td class="number" title=${row.equity}>${bigMoney(row.equity)}</td><td class="number" title=${row.maintenance}>${bigMoney(row.maintenance)}</td>
        ${row.is_open ? html`<td class="number">${row.round}</td><td class="number">${percent(row.share, 0)}</td>
          <td class="number" title=${row.premium}>${bigMoney(row.premium)}</td><td class="number">${percent(row.kept)}</td>
          <td class="text" title=${(row.positions || []).map((held) => `${held.lots} ${held.instrument}`).join(', ')}>${goods(row)}</td>`
          : html`<td class="number note" colspan="5">waits for a valid price</td>`}</tr>`)}</tbody></table>`}
    <p class="note">Whoever bids takes that share of everything the account holds at the mark, and the premium with it, in USD; the premium rises
      with the auction's clock until somebody does.</p></section>`;
}

export function Tape() {
  const { value, error } = usePoll('/v1/tape', 1000);
  const [group, setGroup] = useState('all');
  if (!value) return html`<p class="note">${error || 'Asking the venue …'}</p>`;
  const count = (kind) => value.entries.filter((entry) => entry.kind === kind).length;
  const shown = value.entries.filter((entry) => groups[group] === null || groups[group].includes(entry.kind));
  return html`
    <section class="panel"><h1>Liquidations</h1>
      <p class="note">Below maintenance an account is first reduced by orders, slice by slice, then auctioned, then closed against those who gained;
        what it still owes the funds pay. Of the last ${value.entries.length} entries:</p>
      <dl class="facts">
      ${[['call', 'calls'], ['slice', 'slices'], ['fill', 'forced fills'], ['bid', 'auctions sold'], ['deleverage', 'deleveraged'], ['cover', 'paid by the fund']]
        .map(([kind, name]) => html`<div><dt>${name}</dt><dd>${count(kind)}</dd></div>`)}
      <div><dt>entries since the start</dt><dd>${bigMoney(value.count)}</dd></div></dl></section>
    <${Auctions} />
    <section class="panel"><h2>Tape, the newest first</h2>
      <div class="tabs" role="group" aria-label="kinds of entries">${Object.keys(groups).map((name) => html`<button
        aria-pressed=${group === name} onClick=${() => setGroup(name)}>${name}</button>`)}</div>
      ${shown.length === 0 && html`<p class="note">Nothing yet: every account stands above its line.</p>`}
      <${Entries} entries=${shown.slice(0, 60)} /></section>`;
}

export function Funds() {
  const { value, error } = usePoll('/v1/funds', 1000);
  const { value: tape } = usePoll('/v1/tape', 2000);
  const { value: status } = usePoll('/v1/status', 1000);
  const usd = value && value.assets[0];
  const data = useHistory('funds', usd && status ? status.time : null, usd ? [Number(usd.insurance), Number(usd.bad_debt)] : [0, 0],
    useOnce('/v1/trail', (seen) => [seen.seconds.map(Number), seen.insurance, seen.bad_debt]));
  if (!usd) return html`<p class="note">${error || 'Asking the venue …'}</p>`;
  const since = usd.since_start || {};
  const moves = tape ? tape.entries.filter((entry) => groups.losses.includes(entry.kind)) : [];
  const step = (name, amount, note, isBad) => html`<tr><td>${name}</td><td class="number ${isBad ? 'bad' : ''}" title=${amount}>${amount}</td>
    <td class="note text">${note}</td></tr>`;
  const keys = ['held', 'balances', 'loans', 'fees', 'insurance', 'tranches', 'residue', 'interest', 'bad_debt'];
  return html`
    <section class="panel"><h1>Funds</h1>
      <p class="note">Who bears a loss that an account cannot pay: from the top down, each only what the one above it left. Amounts in USD.</p>
      <table class="steps"><tbody>
      ${step('1. the account itself', bigMoney(usd.balances), 'balances of all accounts')}
      ${step('2. tranche of the market', bigMoney(usd.tranches), 'kept of the fund for single markets, pays only what was lost there')}
      ${step('3. insurance fund', bigMoney(usd.insurance), `since the start: ${bigMoney(since.paid)} to close debts, ${bigMoney(Math.max(0, since.spent - since.paid))} to bidders; the operator paid in ${bigMoney(since.paid_in)}`)}
      ${step('4. backstop pool', `${value.counts.backstops} taken`, 'positions that nobody bid for, within the tranche of their market, since the start')}
      ${step('5. those who gained', `${value.counts.deleverages} closed`, 'deleveraged against bankrupt accounts since the start, each by its share')}
      ${step('6. those who were not paid', bigMoney(Number(since.profit_given_up) + Number(since.given_up)), 'profits and balances given up to a shared loss since the start')}
      ${step('recorded bad debt', bigMoney(usd.bad_debt), 'what is owed now and nobody has paid, to the atom', Number(usd.bad_debt) > 0)}
      </tbody></table></section>
    <section class="panel"><h2>Insurance fund and bad debt, USD</h2>
      <${Chart} height=${180} data=${data} series=${[{ label: 'insurance fund', colour: '--sea' }, { label: 'bad debt', colour: '--bad' }]} />
      <p class="note">The last ten minutes, where the server has run so long.</p></section>
    <section class="panel"><h2>Last moves of the funds</h2>
      ${moves.length === 0 ? html`<p class="note">None since the start.</p>` : html`<${Entries} entries=${moves.slice(0, 15)} />`}</section>
    ${value.markets.length > 0 && html`<section class="panel"><h2>Markets with a tranche, or with profit that waits to be paid</h2>
      <table><thead><tr><th>instrument</th><th class="number">tranche</th><th class="number">unpaid profit</th></tr></thead><tbody>
      ${value.markets.slice(0, 24).map((market) => html`<tr><td>${market.instrument}</td><td class="number">${market.tranche}</td>
        <td class="number">${market.unpaid}</td></tr>`)}</tbody></table>
      <p class="note">Profit is cash when the loser has paid it; until then it waits, in the order it arose.</p></section>`}
    <section class="panel"><h2>Every asset, to the atom</h2><table><thead><tr><th>asset</th>
      ${keys.map((key) => html`<th class="number">${key.replace('_', ' ')}</th>`)}
      </tr></thead><tbody>${value.assets.map((asset) => html`<tr><td>${asset.name}</td>
      ${keys.map((key) => html`<td class="number">${asset[key]}</td>`)}</tr>`)}
      </tbody></table><p class="note">Held in custody is balances − loans + fees + insurance + tranches + residue + interest + profits on their way to those who gained.</p></section>`;
}
