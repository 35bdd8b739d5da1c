// overview.js: every account against its load line, and who is nearest to liquidation.   SPDX-License-Identifier: Apache-2.0
import { html } from '/vendor/preact-htm.js';
import { bigMoney, cover, size, times, tone, usePoll } from '/parts.js';

// The stages of an account, the best first; one that this page does not know yet would stand at the end.
const order = ['healthy', 'restricted', 'called', 'partial', 'auction', 'backstop', 'adl', 'deficit'];

const LOW = Math.log(0.5), HIGH = Math.log(32), BINS = 36;

// Counts of accounts by the logarithm of equity over maintenance.
export function bins(ratios) {
  const counts = new Array(BINS).fill(0);
  for (const ratio of ratios) {
    const at = Math.floor(((Math.log(Math.max(ratio, 0.5)) - LOW) / (HIGH - LOW)) * BINS);
    counts[Math.min(BINS - 1, Math.max(0, at))] += 1;
  }
  return counts;
}

// Upright like the side of a hull: what stands above the line floats, what lies below is in liquidation.
function LoadLine({ ratios, unseen }) {
  const counts = bins(ratios);
  const most = Math.max(1, ...counts);
  const isNarrow = innerWidth < 600; // letters keep their size on a phone
  const width = isNarrow ? 400 : 760, height = 520, left = isNarrow ? 62 : 100, top = 12, bottom = 44;
  const y = (ratio) => top + (1 - (Math.log(ratio) - LOW) / (HIGH - LOW)) * (height - top - bottom);
  const step = (height - top - bottom) / BINS;
  const under = ratios.filter((ratio) => ratio < 1).length;
  return html`<svg class="loadline" viewBox="0 0 ${width} ${height}" role="img"
      aria-label="${ratios.length} accounts by equity over maintenance; ${under} below the load line">
    <rect class="water" x="0" y=${y(1)} width=${width} height=${height - y(1)} />
    ${[0.5, 2, 4, 8, 16, 32].map((ratio) => html`<g>
      <path class="grid" d="M${left} ${y(ratio)}H${width}" />
      <text x=${left - 8} y=${y(ratio) + 4} text-anchor="end">${ratio === 32 ? (isNarrow ? '≥ 32 ×' : '32 × or more') : `${ratio} ×`}</text></g>`)}
    ${counts.map((count, i) => {
      const ratio = Math.exp(LOW + (i / BINS) * (HIGH - LOW));
      const kind = ratio < 0.999 ? 'under' : ratio < 1.2 ? 'near' : '';
      return count > 0 && html`<g><rect class="bar ${kind}" x=${left} y=${height - bottom - (i + 1) * step + 1}
        height=${step - 2} width=${(count / most) * (width - left - 60)} />
        <text x=${left + 6 + (count / most) * (width - left - 60)} y=${height - bottom - i * step - step / 2 + 4}>${count}</text></g>`;
    })}
    <path class="line" d="M0 ${y(1)}H${width}" />
    <circle class="line" cx=${Math.max(17, left - 55)} cy=${y(1)} r="14" /><text class=${under > 0 ? 'alarm' : ''} x=${width - 6} y=${height - 14} text-anchor="end">${under > 0
      ? `${under} below the load line` : unseen > 0 ? `${unseen} accounts not looked at yet` : 'nobody below the load line'}</text>
  </svg>`;
}

export function Overview() {
  const { value, error } = usePoll('/v1/accounts', 1000);
  const { value: status } = usePoll('/v1/status', 2000);
  const { value: funds } = usePoll('/v1/funds', 2000);
  if (!value) return html`<p class="note">${error || 'Asking the venue …'}</p>`;
  const rows = value.rows.map(([account, stage, positions, equity, maintenance, call, , , age]) =>
    ({ account, stage, positions, equity, maintenance, call, age, ratio: cover(equity, maintenance) }));
  const exposed = rows.filter((row) => row.ratio !== Infinity);
  const sorted = [...exposed].sort((one, other) => one.ratio - other.ratio);
  const unseen = status ? Math.max(0, status.accounts - rows.length) : 1;
  const old = exposed.filter((row) => row.age > 10);
  const stages = {};
  for (const row of rows) stages[row.stage] = (stages[row.stage] || 0) + 1;
  const sum = (key) => rows.reduce((total, row) => total + Number(row[key]), 0);
  const insurance = funds && funds.assets[0];
  return html`
    <section class="panel"><h1>Accounts</h1>
      <p class="note">How far every account stands above the line below which it is liquidated; money in USD, asked anew every second or two.</p>
      <dl class="facts">
      <div><dt>accounts</dt><dd>${rows.length}</dd></div>
      ${order.filter((stage) => stages[stage]).map((stage) => [stage, stages[stage]]).map(([stage, count]) =>
        html`<div><dt>${stage}</dt><dd class=${tone(stage)}>${count}</dd></div>`)}
      <div><dt>equity, USD</dt><dd title=${sum('equity')}>${size(sum('equity'))}</dd></div>
      <div><dt>maintenance, USD</dt><dd title=${sum('maintenance')}>${size(sum('maintenance'))}</dd></div>
      ${insurance && html`<div><dt>insurance fund, USD</dt><dd>${bigMoney(insurance.insurance)}</dd></div>
        <div><dt>bad debt, USD</dt><dd class=${Number(insurance.bad_debt) > 0 ? 'bad' : ''}>${bigMoney(insurance.bad_debt)}</dd></div>`}
    </dl>
    ${status && status.is_demo && exposed.length < status.accounts / 2 && html`<p class="note">The market has just opened: ${exposed.length} of
      ${status.accounts} traders hold something so far, most of the others come within a minute.</p>`}
    ${old.length > 0 && html`<p class="note warn">The requirement of ${old.length} accounts is of up to ${Math.max(...old.map((row) => row.age))} s ago:
      while a price they hold is not valid, it is neither asked nor acted on (page Market says which).</p>`}</section>
    <div class="columns">
      <section class="panel"><h2>Equity over maintenance requirement</h2>
        <${LoadLine} ratios=${exposed.map((row) => row.ratio)} unseen=${unseen} />
        <p class="note">${exposed.length} accounts with positions, by how many times their maintenance requirement they hold; the line
          is 1 ×, a bar counts accounts. Amber is within 20 % of the line. Below it the engine reduces positions until the account floats.</p></section>
      <section class="panel"><h2>Nearest to liquidation</h2>
        <table><thead><tr><th>account</th><th>stage</th><th class="number">equity, USD</th><th class="number rare">maintenance, USD</th>
          <th class="number">cover</th></tr></thead><tbody>
        ${sorted.slice(0, 16).map((row) => html`<tr key=${row.account}>
          <td><a href="#/account/${row.account}">${row.account}</a></td><td class=${tone(row.stage)}>${row.stage}</td>
          <td class="number" title=${row.equity}>${bigMoney(row.equity)}</td>
          <td class="number rare" title=${row.maintenance}>${bigMoney(row.maintenance)}</td>
          <td class="number">${times(row.ratio)}</td></tr>`)}
        </tbody></table>
        <form class="goto" onSubmit=${(event) => { event.preventDefault(); location.hash = `#/account/${event.target.elements[0].value}`; }}>
          <input type="number" min="0" max=${status ? status.accounts - 1 : 0} required aria-label="account number" placeholder="any account" />
          <button>Open</button></form></section>
    </div>`;
}
