// market.js: prices and who says them, surfaces, depth, and what requirements are made of.   SPDX-License-Identifier: Apache-2.0
import { html, useState } from '/vendor/preact-htm.js';
import { Chart, bigMoney, percent, plain, price, signed, size as amount, useHistory, useOnce, usePoll } from '/parts.js';

const colours = ['--sea', '--warn', '--good', '--bad', '--quiet'];

export function Market() {
  const { value, error } = usePoll('/v1/markets', 1000);
  const [chosen, setChosen] = useState(0);
  const one = value && value.underlyings[chosen];
  const trail = useOnce('/v1/trail', (seen) => seen.underlyings.map((line) => [seen.seconds.map(Number), line.price, line.mark]));
  const data = useHistory(chosen, one ? value.time : null, one ? [Number(one.price), Number(one.book ? one.book.mark : one.price)] : [0, 0], trail && trail[chosen]);
  if (!one) return html`<p class="note">${error || 'Asking the venue …'}</p>`;
  const strikes = one.surface.length > 0 ? one.surface[0].smile.map((point) => point[0]) : [];
  const smiles = [strikes, ...one.surface.map((expiry) => expiry.smile.map((point) => 100 * point[1]))];
  const size = (key) => one.sizes[key];
  // What stands at a level or before it, as a share of the larger side.
  const sums = (levels) => levels.reduce((all, level) => [...all, (all.at(-1) || 0) + Number(level[1])], []);
  const bids = one.book ? sums(one.book.bids) : [], asks = one.book ? sums(one.book.asks) : [];
  const deepest = Math.max(1, bids.at(-1) || 0, asks.at(-1) || 0);
  const shade = (sum, from) => (sum ? { background: `linear-gradient(to ${from}, var(--sea-soft) ${100 * sum / deepest}%, transparent 0)` } : {});
  return html`
    <div class="tabs" role="group" aria-label="underlying">${value.underlyings.map((other, i) => html`<button
      aria-pressed=${i === chosen} onClick=${() => setChosen(i)}>${other.name}</button>`)}</div>
    <section class="panel"><h1>Market: ${one.name}</h1>
      <p class="note">What the venue believes about prices, volatility and depth, and who says so: requirements are made of it.</p><dl class="facts">
      <div><dt>index, USD</dt><dd>${price(one.price)}</dd></div>
      <div><dt>state</dt><dd class=${one.state === 'valid' ? 'good' : 'bad'}>${one.state}</dd></div>
      <div><dt>confidence, USD</dt><dd>± ${price(one.confidence)}</dd></div>
      <div><dt>slow price, USD</dt><dd>${price(one.slow)}</dd></div>
      <div><dt>volatility in force, a year</dt><dd>${percent(one.volatility)}</dd></div>
      ${one.book && html`<div><dt>perpetual over index</dt><dd>${signed(Number(one.book.mark) / Number(one.price) - 1, 3)}</dd></div>`}
    </dl></section>
    <section class="panel"><h2>${one.name}: index and perpetual, USD</h2>
      <${Chart} key=${chosen} data=${data} series=${[{ label: 'index', colour: '--sea' }, { label: 'perpetual', colour: '--warn', width: 1 }]} /></section>
    <div class="columns">
      <section class="panel"><h2>Price sources</h2><table><thead><tr><th>source</th><th>state</th><th class="number">price, USD</th>
        <th class="number">off the index</th><th class="number rare">± USD</th><th class="number">age, s</th><th class="number rare">accepted</th><th class="number rare">ignored</th></tr></thead><tbody>
        ${one.sources.map((source) => html`<tr><td>${source.source}</td><td class=${source.state === 'fresh' ? 'good' : source.state === 'ageing' ? 'warn' : 'bad'}>${source.state}</td>
          <td class="number">${source.has_price ? price(source.price) : 'none'}</td>
          <td class="number">${source.has_price ? `${(1e4 * (Number(source.price) / Number(one.price) - 1)).toFixed(1)} bps` : ''}</td>
          <td class="number rare">${price(source.confidence)}</td>
          <td class="number">${Number(source.age_seconds).toFixed(1)}</td>
          <td class="number rare">${bigMoney(source.accepted)}</td><td class="number rare">${source.ignored}</td></tr>`)}</tbody></table>
        <p class="note">The index is a weighted median of at least ${one.quorum} sources that are fresh and sure. A price that moves more than${' '}
          ${percent(one.band, 0)} within a minute is held until it persists: meanwhile nobody is liquidated by it.</p>
        <h2>What requirements are made of</h2><table><thead><tr><th></th><th class="number">the market says</th>
        <th class="number">in force</th><th class="number">announced</th></tr></thead><tbody>
        <tr><td>volatility, a year</td>${['said', 'in_force', 'announced'].map((key) => html`<td class="number">${percent(size('volatility')[key])}</td>`)}</tr>
        ${['depth', 'volume', 'open_interest'].map((name) => html`<tr><td>${name.replace('_', ' ')}, USD</td>
          ${['said', 'in_force', 'announced'].map((key) => html`<td class="number" title=${size(name)[key]}>${amount(size(name)[key])}</td>`)}</tr>`)}
        <tr><td>open here, of the cap, USD</td><td class="number" title=${one.open}>${amount(one.open)}</td>
          <td class="number">${Number(one.cap) < 9e12 ? amount(one.cap) : 'no cap'}</td><td></td></tr></tbody></table>
        <p class="note">Requirements follow the sizes in force; announced is what comes into force next. M is a million,
          B a thousand million.</p></section>
      ${one.book && html`<section class="panel"><h2>Depth: the book of the perpetual</h2><table><thead><tr><th class="number">bid, ${one.name}</th>
        <th class="number">price, USD</th><th class="number">price, USD</th><th class="number">ask, ${one.name}</th></tr></thead><tbody>
        ${Array.from({ length: Math.max(one.book.bids.length, one.book.asks.length) }, (_, i) => {
          const bid = one.book.bids[i], ask = one.book.asks[i];
          const lot = Number(one.book.lot);
          return html`<tr><td class="number" style=${shade(bids[i], 'left')}>${bid ? plain(bid[1] * lot) : ''}</td><td class="number good">${bid ? price(bid[0]) : ''}</td>
            <td class="number bad">${ask ? price(ask[0]) : ''}</td><td class="number" style=${shade(asks[i], 'right')}>${ask ? plain(ask[1] * lot) : ''}</td></tr>`;
        })}</tbody></table><p class="note">Bars add up what stands at this price or better.</p></section>`}
    </div>
    ${one.surface.length > 0 && html`<section class="panel"><h2>Implied volatility by strike, % a year</h2>
      <p class="note">The surface by expiry, free of arbitrage; options are marked by it, and scenarios move it.</p>
      <${Chart} key=${`s${chosen}`} time=${false} data=${smiles} unit=" %" x="strike"
        series=${one.surface.map((expiry, i) => ({ label: expiry.expiry.slice(0, 10), colour: colours[i % colours.length] }))} /></section>`}`;
}
