// stress.js: drag price, volatility and depth: who is called, what it costs, where the loss lands.   SPDX-License-Identifier: Apache-2.0
import { html, useEffect, useState } from '/vendor/preact-htm.js';
import { ask, bigMoney, money, percent, size, tone } from '/parts.js';

function Slider({ label, value, set, low, high }) {
  return html`<label>${label}: ${value > 0 && low < 0 ? '+' : ''}${percent(value, 0)}
    <input type="range" min=${low} max=${high} step="0.01" value=${value} onInput=${(event) => set(Number(event.target.value))} /></label>`;
}

function Waterfall({ parts }) {
  const most = Math.max(1e-9, ...parts.map((part) => part[1]));
  return html`<table><tbody>${parts.map(([name, amount, colour]) => html`<tr><td class="text">${name}</td><td class="number">${bigMoney(amount)}</td>
    <td><div class="meter"><div style=${{ width: `${100 * Math.max(0, amount) / most}%`, background: `var(${colour})` }}></div></div></td></tr>`)}</tbody></table>`;
}

export function Stress() {
  const [move, setMove] = useState(-0.2);
  const [volatility, setVolatility] = useState(0.5);
  const [depth, setDepth] = useState(0.3);
  const [only, setOnly] = useState('');
  const [seen, setSeen] = useState({});
  useEffect(() => {
    let isOver = false;
    const timer = setTimeout(() => ask(`/v1/stress?price=${move}&volatility=${volatility}&depth=${depth}${only === '' ? '' : `&underlying=${only}`}`)
      .then((value) => { if (!isOver) setSeen({ value }); }).catch((error) => { if (!isOver) setSeen({ error: error.message }); }), 150);
    return () => { isOver = true; clearTimeout(timer); };
  }, [move, volatility, depth, only]);
  const { value, error } = seen;
  return html`
    <section class="panel"><h1>What if the market moved now</h1>
      <p class="note">Drag: every account is asked anew at the moved market, its marks, surfaces and risk arrays rebuilt. Nothing is traded; money in USD.</p>
      <div class="columns">
        <div><label>what moves <select value=${only} onChange=${(event) => setOnly(event.target.value)}><option value="">everything</option>
            ${((value && value.to_close) || []).map((one, i) => html`<option value=${i}>${one.underlying} alone</option>`)}</select></label>
          <${Slider} label="price" value=${move} set=${setMove} low=${-0.8} high=${0.8} />
          <${Slider} label="volatility" value=${volatility} set=${setVolatility} low=${-0.5} high=${2} />
          <${Slider} label="depth that is left" value=${depth} set=${setDepth} low=${0} high=${1} /></div>
        ${value && html`<table><thead><tr><th>accounts</th><th class="number">now</th><th class="number">then</th></tr></thead><tbody>
          ${Object.keys(value.after).map((health) => html`<tr><td class=${tone(health)}>${health}</td>
            <td class="number">${value.before[health]}</td><td class="number">${value.after[health]}</td></tr>`)}</tbody></table>`}
      </div>${error && html`<p class="bad">${error}</p>`}</section>
    ${value && html`<section class="panel"><h2>What it costs, USD</h2><dl class="facts">
      <div><dt>equity now</dt><dd title=${value.equity_before}>${size(value.equity_before)}</dd></div><div><dt>equity then</dt><dd title=${value.equity_after}>${size(value.equity_after)}</dd></div>
      <div><dt>maintenance now</dt><dd title=${value.maintenance_before}>${size(value.maintenance_before)}</dd></div>
      <div><dt>maintenance then</dt><dd title=${value.maintenance_after}>${size(value.maintenance_after)}</dd></div>
      <div><dt>cash that would end every call</dt><dd>${bigMoney(value.calls)}</dd></div></dl></section>
    <div class="columns">
    <section class="panel"><h2>Where the loss lands, USD</h2>
      <${Waterfall} parts=${[['lost by the accounts themselves', Number(value.equity_before) - Number(value.equity_after), '--sea'],
        [`insurance fund, of ${bigMoney(value.insurance)}`, Number(value.covered), '--warn'],
        ['those who gained (deleveraging), or bad debt', Number(value.uncovered), '--bad']]} />
      <p class="note">${money(value.shortfall)} are owed beyond all collateral. At once and without liquidation on the way;
        with it, accounts are reduced before they owe.</p></section>
    <section class="panel"><h2>What would have to be closed</h2><table><thead><tr><th>perpetuals on</th><th class="number">to close, USD</th>
      <th class="number">depth left, USD</th><th class="number">times the depth</th></tr></thead><tbody>
      ${value.to_close.map((one) => html`<tr><td>${one.underlying}</td><td class="number">${bigMoney(one.perpetuals)}</td>
        <td class="number">${bigMoney(one.depth)}</td>
        <td class="number ${one.perpetuals > one.depth ? 'bad' : ''}">${one.depth > 0 ? `${(one.perpetuals / one.depth).toFixed(1)} ×` : '–'}</td></tr>`)}</tbody></table>
      <p class="note">Perpetuals of liquidatable accounts against what the books then take; what they do not take in slices is auctioned.</p></section>
    </div>
    <section class="panel"><h2>Furthest below maintenance</h2><table><thead><tr><th>account</th><th>then</th><th class="number rare">equity now, USD</th>
      <th class="number">equity then, USD</th><th class="number">maintenance then, USD</th></tr></thead><tbody>
      ${value.worst.map((row) => html`<tr><td><a href="#/account/${row.account}">${row.account}</a></td><td class=${tone(row.health)}>${row.health}</td>
        <td class="number rare" title=${row.equity_before}>${bigMoney(row.equity_before)}</td><td class="number" title=${row.equity}>${bigMoney(row.equity)}</td>
        <td class="number" title=${row.maintenance}>${bigMoney(row.maintenance)}</td></tr>`)}</tbody></table>
      ${value.worst.length === 0 && html`<p class="note">Nobody is called.</p>`}</section>`}`;
}
