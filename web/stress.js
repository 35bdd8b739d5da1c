// stress.js: drag price, volatility and depth: who is called, what it costs, where the loss lands.   SPDX-License-Identifier: Apache-2.0
import { html, useEffect, useState } from '/vendor/preact-htm.js';
import { ask, bigMoney, money, percent, tone } from '/parts.js';

function Slider({ label, value, set, low, high }) {
  return html`<label>${label}: ${value > 0 && low < 0 ? '+' : ''}${percent(value, 0)}
    <input type="range" min=${low} max=${high} step="0.01" value=${value} onInput=${(event) => set(Number(event.target.value))} /></label>`;
}

export function Stress() {
  const [move, setMove] = useState(-0.2);
  const [volatility, setVolatility] = useState(0.5);
  const [depth, setDepth] = useState(0.3);
  const [seen, setSeen] = useState({});
  useEffect(() => {
    let isOver = false;
    const timer = setTimeout(() => ask(`/v1/stress?price=${move}&volatility=${volatility}&depth=${depth}`)
      .then((value) => { if (!isOver) setSeen({ value }); }).catch((error) => { if (!isOver) setSeen({ error: error.message }); }), 150);
    return () => { isOver = true; clearTimeout(timer); };
  }, [move, volatility, depth]);
  const { value, error } = seen;
  return html`
    <section class="panel"><h1>What if the market moved now</h1>
      <p class="note">Every account is asked anew: marks, surfaces and risk arrays are rebuilt at the moved market. Nothing is traded.</p>
      <div class="columns">
        <div><${Slider} label="price of every underlying" value=${move} set=${setMove} low=${-0.8} high=${0.8} />
          <${Slider} label="volatility" value=${volatility} set=${setVolatility} low=${-0.5} high=${2} />
          <${Slider} label="depth that is left" value=${depth} set=${setDepth} low=${0} high=${1} /></div>
        ${value && html`<table><thead><tr><th>accounts</th><th class="number">now</th><th class="number">then</th></tr></thead><tbody>
          ${Object.keys(value.after).map((health) => html`<tr><td class=${tone(health)}>${health}</td>
            <td class="number">${value.before[health]}</td><td class="number">${value.after[health]}</td></tr>`)}</tbody></table>`}
      </div>${error && html`<p class="bad">${error}</p>`}</section>
    ${value && html`<section class="panel"><h2>What it costs, USD</h2><dl class="facts">
      <div><dt>equity now</dt><dd>${bigMoney(value.equity_before)}</dd></div><div><dt>equity then</dt><dd>${bigMoney(value.equity_after)}</dd></div>
      <div><dt>maintenance now</dt><dd>${bigMoney(value.maintenance_before)}</dd></div>
      <div><dt>maintenance then</dt><dd>${bigMoney(value.maintenance_after)}</dd></div>
      <div><dt>cash that would end every call</dt><dd>${bigMoney(value.calls)}</dd></div></dl></section>
    <section class="panel"><h2>Where the loss lands, USD</h2><table><tbody>
      <tr><td>owed beyond all collateral</td><td class="number">${money(value.shortfall)}</td></tr>
      <tr><td>of it the insurance fund pays, of ${bigMoney(value.insurance)}</td><td class="number">${money(value.covered)}</td></tr>
      <tr><td>left to those who were not paid</td><td class="number ${Number(value.uncovered) > 0 ? 'bad' : ''}">${money(value.uncovered)}</td></tr></tbody></table>
      <p class="note">At once and without liquidation on the way; with it, accounts are reduced before they owe.</p></section>
    <section class="panel"><h2>Furthest below maintenance</h2><table><thead><tr><th>account</th><th>then</th><th class="number">equity now, USD</th>
      <th class="number">equity then, USD</th><th class="number">maintenance then, USD</th></tr></thead><tbody>
      ${value.worst.map((row) => html`<tr><td><a href="#/account/${row.account}">${row.account}</a></td><td class=${tone(row.health)}>${row.health}</td>
        <td class="number">${money(row.equity_before)}</td><td class="number">${money(row.equity)}</td>
        <td class="number">${money(row.maintenance)}</td></tr>`)}</tbody></table>
      ${value.worst.length === 0 && html`<p class="note">Nobody is called.</p>`}</section>`}`;
}
