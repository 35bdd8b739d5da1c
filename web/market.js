// market.js: prices and who says them, surfaces, depth, and what requirements are made of.   SPDX-License-Identifier: Apache-2.0
import { html, useState } from '/vendor/preact-htm.js';
import { Chart, bigMoney, percent, plain, price, signed, size as amount, useHistory, usePoll } from '/parts.js';

const colours = ['--sea', '--warn', '--good', '--bad', '--quiet'];

export function Market() {
  const { value, error } = usePoll('/v1/markets', 1000);
  const [chosen, setChosen] = useState(0);
  const one = value && value.underlyings[chosen];
  const data = useHistory(chosen, one ? value.time : null, one ? [Number(one.price), Number(one.book ? one.book.mark : one.price)] : [0, 0]);
  if (!one) return html`<p class="note">${error || 'Asking the venue …'}</p>`;
  const strikes = one.surface.length > 0 ? one.surface[0].smile.map((point) => point[0]) : [];
  const smiles = [strikes, ...one.surface.map((expiry) => expiry.smile.map((point) => 100 * point[1]))];
  const size = (key) => one.sizes[key];
  return html`
    <div class="tabs" role="group" aria-label="underlying">${value.underlyings.map((other, i) => html`<button
      aria-pressed=${i === chosen} onClick=${() => setChosen(i)}>${other.name}</button>`)}</div>
    <section class="panel"><dl class="facts">
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
      <section class="panel"><h2>Price sources</h2><table><thead><tr><th>source</th><th class="number">price, USD</th>
        <th class="number">± USD</th><th class="number">age, s</th><th class="number">accepted</th><th class="number">ignored</th></tr></thead><tbody>
        ${one.sources.map((source) => html`<tr><td>${source.source}</td>
          <td class="number">${source.has_price ? price(source.price) : 'none'}</td>
          <td class="number">${price(source.confidence)}</td>
          <td class="number ${Number(source.age_seconds) > 10 ? 'bad' : ''}">${source.age_seconds}</td>
          <td class="number">${bigMoney(source.accepted)}</td><td class="number">${source.ignored}</td></tr>`)}</tbody></table>
        <p class="note">The index is a weighted median of the sources that are fresh; an age above 10 s is red.</p>
        <h2>What requirements are made of</h2><table><thead><tr><th></th><th class="number">the market says</th>
        <th class="number">in force</th><th class="number">announced</th></tr></thead><tbody>
        <tr><td>volatility, a year</td>${['said', 'in_force', 'announced'].map((key) => html`<td class="number">${percent(size('volatility')[key])}</td>`)}</tr>
        ${['depth', 'volume', 'open_interest'].map((name) => html`<tr><td>${name.replace('_', ' ')}, USD</td>
          ${['said', 'in_force', 'announced'].map((key) => html`<td class="number" title=${size(name)[key]}>${amount(size(name)[key])}</td>`)}</tr>`)}
        <tr><td>open here, of the cap, USD</td><td class="number" title=${one.open}>${amount(one.open)}</td>
          <td class="number">${Number(one.cap) < 9e12 ? amount(one.cap) : 'no cap'}</td><td></td></tr></tbody></table>
        <p class="note">Requirements follow the sizes in force; announced is what comes into force next. M is a million,
          B a thousand million.</p></section>
      ${one.book && html`<section class="panel"><h2>Book of the perpetual</h2><table><thead><tr><th class="number">bid, ${one.name}</th>
        <th class="number">price, USD</th><th class="number">price, USD</th><th class="number">ask, ${one.name}</th></tr></thead><tbody>
        ${Array.from({ length: Math.max(one.book.bids.length, one.book.asks.length) }, (_, i) => {
          const bid = one.book.bids[i], ask = one.book.asks[i];
          const lot = Number(one.book.lot);
          return html`<tr><td class="number">${bid ? plain(bid[1] * lot) : ''}</td><td class="number good">${bid ? price(bid[0]) : ''}</td>
            <td class="number bad">${ask ? price(ask[0]) : ''}</td><td class="number">${ask ? plain(ask[1] * lot) : ''}</td></tr>`;
        })}</tbody></table></section>`}
    </div>
    ${one.surface.length > 0 && html`<section class="panel"><h2>Implied volatility by strike, % a year</h2>
      <${Chart} key=${`s${chosen}`} time=${false} data=${smiles} unit=" %"
        series=${one.surface.map((expiry, i) => ({ label: expiry.expiry.slice(0, 10), colour: colours[i % colours.length] }))} /></section>`}`;
}
