// app.js: the dashboard: which page is looked at, the state of the venue, the button.   SPDX-License-Identifier: Apache-2.0
import { html, render, useEffect, useState } from '/vendor/preact-htm.js';
import { Mark, ask, clock, percent, usePoll } from '/parts.js';
import { Overview } from '/overview.js';
import { Account } from '/account.js';
import { Market } from '/market.js';
import { Funds, Tape } from '/tape.js';
import { Stress } from '/stress.js';
import { Parameters } from '/parameters.js';

const pages = [['', 'Accounts', Overview], ['market', 'Market', Market], ['tape', 'Liquidations', Tape], ['funds', 'Funds', Funds],
  ['stress', 'Stress', Stress], ['parameters', 'Parameters', Parameters]];

const here = () => location.hash.replace(/^#\/?/, '').split('/');

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  try { localStorage.setItem('theme', theme); } catch { /* a page without storage keeps it for this visit */ }
}

function firstTheme() {
  try {
    const kept = localStorage.getItem('theme');
    if (kept === 'light' || kept === 'dark') return kept;
  } catch { /* as above */ }
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

// How long the history still plays, at this speed.
const left = (seconds) => (seconds >= 7200 ? `${Math.round(seconds / 3600)} h` : seconds >= 120 ? `${Math.round(seconds / 60)} min` : `${seconds} s`);

function Venue() {
  const { value, error } = usePoll('/v1/status', 1000);
  const [isAsked, setIsAsked] = useState(false);
  const crash = () => {
    setIsAsked(true);
    ask('/v1/demo/crash', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
      .finally(() => setTimeout(() => setIsAsked(false), 1500));
  };
  return html`<div class="right">
    ${error && html`<span class="bad">no answer: ${error}</span>`}
    ${value && html`<span class="now" title="events decided so far, and the venue's time"><span class="count">event ${value.sequence}, </span>${clock(value.time)} UTC</span>`}
    ${value && !value.is_open && html`<span class="warn">opening</span>`}
    ${value && value.replay && html`<span class="replay" title="bar ${value.replay.bar + 1} of ${value.replay.bars} of the given history">
      ${value.replay.is_over ? 'history over' : html`${value.replay.time.slice(0, 16).replace('T', ' ')}, ${left(value.replay.seconds_left)} left`}
      <progress max="1" value=${value.replay.share}></progress></span>`}
    ${value && value.stress > 0.02 && html`<span class="bad">stress ${percent(value.stress, 0)}</span>`}
    ${value && value.is_demo && html`<button class="crash" disabled=${isAsked || value.is_crashing || !value.is_open} onClick=${crash}
      title="a third off the price within three minutes, volatility up, depth gone">${value.is_crashing ? 'Crashing …' : 'Crash'}</button>`}
  </div>`;
}

const keys = [['1 … 6', 'a page, in the order of the menu'], ['j, k', 'the next account, the one before (on the page of an account)'],
  ['d', 'light or dark'], ['c', 'to the Crash button'], ['?', 'this list'], ['Esc', 'close it']];

function Help({ close }) {
  return html`<div class="veil" onClick=${close}><section class="panel" role="dialog" aria-label="keys" aria-modal="true">
    <h2>Keys</h2><table><tbody>${keys.map(([key, text]) => html`<tr><td><kbd>${key}</kbd></td><td class="text">${text}</td></tr>`)}</tbody></table>
    <button onClick=${close}>Close</button></section></div>`;
}

function App() {
  const [path, setPath] = useState(here());
  const [theme, changeTheme] = useState(document.documentElement.dataset.theme);
  const [isHelped, setIsHelped] = useState(false);
  useEffect(() => {
    const move = () => { setPath(here()); scrollTo(0, 0); };
    const key = (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || /INPUT|SELECT/.test(event.target.tagName)) return;
      const page = pages[Number(event.key) - 1];
      const [name, account] = here();
      if (page) location.hash = `#/${page[0]}`;
      else if (event.key === '?') setIsHelped((is) => !is);
      else if (event.key === 'Escape') setIsHelped(false);
      else if (event.key === 'd') document.querySelector('button.theme').click();
      else if (event.key === 'c') document.querySelector('button.crash')?.focus();
      else if (name === 'account' && event.key === 'j') location.hash = `#/account/${Number(account) + 1}`;
      else if (name === 'account' && event.key === 'k' && Number(account) > 0) location.hash = `#/account/${Number(account) - 1}`;
    };
    addEventListener('hashchange', move);
    addEventListener('keydown', key);
    return () => { removeEventListener('hashchange', move); removeEventListener('keydown', key); };
  }, []);
  const flip = () => { const next = theme === 'dark' ? 'light' : 'dark'; setTheme(next); changeTheme(next); };
  const isAccount = path[0] === 'account' && /^\d{1,9}$/.test(path[1] || '');
  const found = pages.find((page) => page[0] === path[0]);
  useEffect(() => { document.title = isAccount ? `Account ${path[1]} – Plimsoll` : found ? `${found[1]} – Plimsoll` : 'Plimsoll'; }, [path]);
  return html`
    <header><span class="name"><${Mark} /><span>Plimsoll</span></span>
      <nav aria-label="pages">${pages.map(([key, name], i) => html`<a href="#/${key}" title="key ${i + 1}"
        aria-current=${(path[0] || '') === key || (isAccount && key === '') ? 'page' : undefined}>${name}</a>`)}</nav>
      <${Venue} /><button class="theme" onClick=${flip} aria-label="light or dark" title="key d">${theme === 'dark' ? 'Light' : 'Dark'}</button>
      <button class="help" onClick=${() => setIsHelped(true)} aria-label="keys" title="keys: ?">?</button></header>
    ${isHelped && html`<${Help} close=${() => setIsHelped(false)} />`}
    <main>${isAccount ? html`<${Account} account=${Number(path[1])} key=${path[1]} theme=${theme} />`
      : found ? html`<${found[2]} theme=${theme} />` : html`<p>There is no such page. <a href="#/">All accounts</a></p>`}</main>`;
}

setTheme(firstTheme());
const place = document.getElementById('app');
place.textContent = '';
render(html`<${App} />`, place);
