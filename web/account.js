// account.js: one account: what it holds, what it must hold, why, and what would change it.   SPDX-License-Identifier: Apache-2.0
import { html, useEffect, useState } from '/vendor/preact-htm.js';
import { Chart, ask, bigMoney, cover, money, plain, price, signed, times, tone, useHistory, useOnce, usePoll } from '/parts.js';

const series = [{ label: 'equity, USD', colour: '--sea', width: 2 }, { label: 'initial', colour: '--quiet', width: 1, dash: [4, 4] },
  { label: 'call level', colour: '--warn', width: 1 }, { label: 'maintenance', colour: '--bad', width: 2 }];

function Heat({ account }) {
  const { value } = usePoll(`/v1/accounts/${account}/grid`, 3000);
  if (!value || value.cells.length === 0) return null;
  const rows = [...new Set(value.cells.map((cell) => cell[1]))];
  const columns = [...new Set(value.cells.map((cell) => cell[0]))];
  const most = Math.max(1e-9, ...value.cells.map((cell) => Math.abs(cell[2])));
  const at = (row, column) => value.cells.find((cell) => cell[1] === row && cell[0] === column)[2];
  const shade = (profit) => ({ background: profit === 0 ? 'transparent'
    : `color-mix(in srgb, var(${profit < 0 ? '--bad' : '--good'}) ${Math.round(8 + 52 * Math.abs(profit) / most)}%, transparent)` });
  const rare = (i) => ((i - (columns.length - 1) / 2) % 4 === 0 ? '' : 'rare'); // a phone shows every fourth
  return html`<section class="panel"><h2>Profit and loss if everything moves at once, USD</h2>
    <table class="heat"><thead><tr><th>volatility \\ price</th>${columns.map((column, i) => html`<th class=${rare(i)}>${signed(column, 0)}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr><th>${signed(row, 0)}</th>
      ${columns.map((column, i) => html`<td class=${rare(i)} style=${shade(at(row, column))}>${bigMoney(at(row, column))}</td>`)}</tr>`)}</tbody></table>
    <p class="note">All underlyings together, volatilities relative to their surfaces, at once; before fees.</p></section>`;
}

function Triggers({ account }) {
  const { value } = usePoll(`/v1/accounts/${account}/triggers`, 5000);
  const far = (text, now) => (text === null ? html`<td class="number">–</td>`
    : html`<td class="number">${price(text)} <span class="note">${signed(Number(text) / Number(now) - 1)}</span></td>`);
  return value && value.underlyings.length > 0 && html`<section class="panel"><h2>Where it is called and liquidated, price in USD</h2>
    <table><thead><tr><th>underlying</th><th class="number">now</th><th class="number">liquidated below</th><th class="number">called below</th>
      <th class="number">called above</th><th class="number">liquidated above</th></tr></thead><tbody>
    ${value.underlyings.map((one) => html`<tr><td>${one.underlying}</td><td class="number">${price(one.price)}</td>
      ${far(one.liquidation_below, one.price)}${far(one.call_below, one.price)}${far(one.call_above, one.price)}
      ${far(one.liquidation_above, one.price)}</tr>`)}</tbody></table>
    <p class="note">The exact requirement, asked at each price, the other underlyings where they are.</p></section>`;
}

// A slider of a move of the market, at rest in the middle of what is usual.
function Move({ label, value, set, low, high }) {
  return html`<label>${label}: ${signed(value, 0)}
    <input type="range" min=${low} max=${high} step="0.01" value=${value} onInput=${(event) => set(Number(event.target.value))} /></label>`;
}

function WhatIf({ account, now }) {
  const choices = now.positions.filter((one) => Number(one.lots) !== 0);
  const listed = [['BTC-PERPETUAL', 0], ['ETH-PERPETUAL', 1], ['SOL-PERPETUAL', 2],
    ...choices.filter((one) => one.index > 2).map((one) => [one.instrument, one.index])];
  const [index, setIndex] = useState(choices.length > 0 ? choices[0].index : 0);
  const [lots, setLots] = useState(0);
  const [move, setMove] = useState(0);
  const [volatility, setVolatility] = useState(0);
  const [after, setAfter] = useState(null);
  const held = choices.find((one) => one.index === index);
  const span = Math.max(100, 2 * Math.abs(Number(held ? held.lots : 0)));
  const isAsked = lots !== 0 || move !== 0 || volatility !== 0;
  useEffect(() => {
    let isOver = false;
    if (!isAsked) { setAfter(null); return undefined; }
    const path = `/v1/accounts/${account}/what-if?price=${move}&volatility=${volatility}${lots !== 0 ? `&instrument=${index}&lots=${lots}` : ''}`;
    const timer = setTimeout(() => ask(path)
      .then((value) => { if (!isOver) setAfter(value); }).catch((error) => { if (!isOver) setAfter({ error: error.message }); }), 80);
    return () => { isOver = true; clearTimeout(timer); };
  }, [account, index, lots, move, volatility]);
  const line = (label, key) => html`<tr><td>${label}</td><td class="number" title=${now[key]}>${bigMoney(now[key])}</td>
    <td class="number">${after && !after.error ? bigMoney(after[key]) : ''}</td>
    <td class="number">${after && !after.error ? bigMoney(Number(after[key]) - Number(now[key])) : ''}</td></tr>`;
  return html`<section class="panel what-if"><h2>What if</h2>
    <label>it traded <select value=${index} onChange=${(event) => { setIndex(Number(event.target.value)); setLots(0); }}>
      ${listed.map(([name, at]) => html`<option value=${at}>${name}</option>`)}</select></label>
    <label>lots at the mark, bought above zero: ${plain(lots)}
      <input type="range" min=${-span} max=${span} step=${Math.max(1, Math.round(span / 100))} value=${lots}
        onInput=${(event) => setLots(Number(event.target.value))} /></label>
    <${Move} label="every price moved by" value=${move} set=${setMove} low=${-0.5} high=${0.5} />
    <${Move} label="every volatility by" value=${volatility} set=${setVolatility} low=${-0.5} high=${2} />
    <table><thead><tr><th>USD</th><th class="number">now</th><th class="number">then</th><th class="number">change</th></tr></thead>
    <tbody>${line('equity', 'equity_initial')}${line('initial', 'initial')}${line('maintenance', 'maintenance')}</tbody></table>
    ${after && html`<p class=${after.error ? 'bad' : tone(after.health)}>${after.error || `It would be ${after.health}.`}</p>`}
    ${isAsked && html`<button onClick=${() => { setLots(0); setMove(0); setVolatility(0); }}>Back to now</button>`}</section>`;
}

function Reason({ part, title }) {
  const lines = [[`core, decided by ${part.decided_by}`, part.core], ...Object.entries(part.charges)];
  const most = Math.max(1e-9, ...lines.map((line) => Math.abs(Number(line[1]))));
  return html`<section class="panel"><h2>${title}</h2><table><tbody>
    ${lines.map(([name, amount]) => html`<tr><td>${name}</td><td class="number" title=${amount}>${money(amount)}</td>
      <td><div class="meter"><div style=${{ width: `${100 * Math.abs(Number(amount)) / most}%` }}></div></div></td></tr>`)}</tbody></table></section>`;
}

export function Account({ account }) {
  const { value: now, error } = usePoll(`/v1/accounts/${account}`, 1000);
  const isKnown = now && now.is_known;
  const past = useOnce(`/v1/accounts/${account}/trail`, (seen) => [seen.seconds.map(Number), seen.equity, seen.initial, seen.call_level, seen.maintenance]);
  const data = useHistory(account, isKnown ? now.time : null, isKnown
    ? [now.equity_maintenance, now.initial, now.call_level, now.maintenance].map(Number) : [0, 0, 0, 0],
    past && past[1].length === past[0].length ? past : null);
  if (!now) return html`<p class="note">${error || 'Asking the venue …'}</p>`;
  if (!isKnown) {
    return html`<section class="panel"><h1>Account ${account} <span class=${tone(now.stage)}>${now.stage}</span></h1>
      <p class="warn">Its requirement is not computed now: ${now.unknown_because}.</p>
      <p class="note">Until the price is valid again nothing is asked of it and nothing done to it. The page goes on by itself.</p></section>`;
  }
  const lots = (one) => Number(one.lots) * Number(one.lot);
  return html`
    <section class="panel"><h1>Account ${account} <span class=${tone(now.stage)}>${now.stage}</span>
        <span class="turn">${account > 0 && html`<a href="#/account/${account - 1}" title="key k">before</a>`}<a href="#/account/${account + 1}" title="key j">next</a></span></h1>
      <p class="note">What it holds, what it must hold, why, and what would change that; money in USD.</p><dl class="facts">
        <div><dt>equity, USD</dt><dd title=${now.equity_maintenance}>${money(now.equity_maintenance)}</dd></div>
        <div><dt>maintenance, USD</dt><dd title=${now.maintenance}>${money(now.maintenance)}</dd></div>
        <div><dt>initial, USD</dt><dd title=${now.initial}>${money(now.initial)}</dd></div>
        <div><dt>cover</dt><dd>${times(cover(now.equity_maintenance, now.maintenance))}</dd></div>
        ${Number(now.call_amount) > 0 && html`<div><dt>call, USD</dt><dd class="warn">${money(now.call_amount)}</dd></div>`}
        ${now.slices > 0 && html`<div><dt>slices planned</dt><dd class="bad">${now.slices}</dd></div>`}
      </dl></section>
    <section class="panel"><h2>Equity against its requirements</h2><${Chart} series=${series} data=${data} />
      <p class="note">Below the call level it is called; below maintenance the engine reduces it; below initial it may only reduce. The last ten minutes, where the server has run so long.</p></section>
    <div class="columns">
      <section class="panel"><h2>Positions</h2><table><thead><tr><th>instrument</th><th class="number rare">lots</th><th class="number">size</th>
        <th class="number">mark, USD</th><th class="number">share of the core, USD</th></tr></thead><tbody>
        ${now.positions.map((one) => html`<tr><td>${one.instrument}</td><td class="number rare">${one.lots}</td>
          <td class="number">${plain(lots(one))}</td><td class="number">${price(one.mark)}</td>
          <td class="number" title=${one.contribution}>${money(one.contribution)}</td></tr>`)}
        ${now.balances.map((one) => html`<tr><td>${one.asset} held</td><td class="rare"></td><td class="number" title=${one.amount}>${plain(one.amount)}</td>
          <td></td><td class="number">${money(one.contribution)}</td></tr>`)}</tbody></table>
        ${now.orders.length > 0 && html`<h2>Open orders</h2><table><tbody>${now.orders.map((one) => html`<tr><td>${one.instrument}</td>
          <td>${one.side}</td><td class="number">${one.lots}</td><td class="number">${price(one.limit)}</td>
          <td>${one.is_reduce_only ? 'reduces only' : ''}</td></tr>`)}</tbody></table>`}</section>
      <${WhatIf} account=${account} now=${now} key=${account} />
    </div>
    <div class="columns">
      <${Reason} part=${now.maintenance_reason} title="Why the maintenance requirement is what it is, USD" />
      <section class="panel"><h2>Sensitivities, USD</h2><table><thead><tr><th>underlying</th><th class="number">delta</th>
        <th class="number">gamma</th><th class="number">vega</th><th class="number">theta</th></tr></thead><tbody>
        ${now.greeks.map((one) => html`<tr><td>${one.underlying}</td>${[['delta', 100], ['gamma', 1e4], ['vega', 100], ['theta', 1]].map(([key, per]) =>
          html`<td class="number">${money(one[key] / per)}</td>`)}</tr>`)}</tbody></table>
        <p class="note">Delta: gain if the price rises by 1 %. Gamma: how much delta then grows. Vega: gain if volatility rises by one point. Theta: gain of a day.</p></section>
    </div>
    <${Triggers} account=${account} />
    <${Heat} account=${account} />`;
}
