// app.js: the dashboard: which page is looked at, the state of the venue, the button.   SPDX-License-Identifier: Apache-2.0
import { html, render, useEffect, useState } from '/vendor/preact-htm.js';
import { Mark, ask, clock, percent, usePoll } from '/parts.js';
import { Overview } from '/overview.js';
import { Account } from '/account.js';
import { Market } from '/market.js';
import { Funds, Tape } from '/tape.js';
import { Stress } from '/stress.js';

const pages = [['', 'Accounts', Overview], ['market', 'Market', Market], ['tape', 'Liquidations', Tape], ['funds', 'Funds', Funds],
  ['stress', 'Stress', Stress]];

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
    ${value && html`<span>event ${value.sequence}, ${clock(value.time)} UTC</span>`}
    ${value && !value.is_open && html`<span class="warn">opening</span>`}
    ${value && value.stress > 0.02 && html`<span class="bad">stress ${percent(value.stress, 0)}</span>`}
    ${value && value.is_demo && html`<button class="crash" disabled=${isAsked || value.is_crashing || !value.is_open} onClick=${crash}
      title="a third off the price within three minutes, volatility up, depth gone">${value.is_crashing ? 'Crashing …' : 'Crash'}</button>`}
  </div>`;
}

function App() {
  const [path, setPath] = useState(here());
  const [theme, changeTheme] = useState(document.documentElement.dataset.theme);
  useEffect(() => {
    const move = () => { setPath(here()); scrollTo(0, 0); };
    const key = (event) => {
      const page = pages[Number(event.key) - 1];
      if (page && !event.ctrlKey && !event.altKey && !event.metaKey && !/INPUT|SELECT/.test(event.target.tagName)) location.hash = `#/${page[0]}`;
    };
    addEventListener('hashchange', move);
    addEventListener('keydown', key);
    return () => { removeEventListener('hashchange', move); removeEventListener('keydown', key); };
  }, []);
  const flip = () => { const next = theme === 'dark' ? 'light' : 'dark'; setTheme(next); changeTheme(next); };
  const isAccount = path[0] === 'account' && /^\d{1,9}$/.test(path[1] || '');
  const found = pages.find((page) => page[0] === path[0]);
  return html`
    <header><span class="name"><${Mark} />Plimsoll</span>
      <nav aria-label="pages">${pages.map(([key, name], i) => html`<a href="#/${key}" title="key ${i + 1}"
        aria-current=${(path[0] || '') === key || (isAccount && key === '') ? 'page' : undefined}>${name}</a>`)}</nav>
      <${Venue} /><button onClick=${flip} aria-label="light or dark">${theme === 'dark' ? 'Light' : 'Dark'}</button></header>
    <main>${isAccount ? html`<${Account} account=${Number(path[1])} key=${path[1]} theme=${theme} />`
      : found ? html`<${found[2]} theme=${theme} />` : html`<p>There is no such page. <a href="#/">All accounts</a></p>`}</main>`;
}

setTheme(firstTheme());
const place = document.getElementById('app');
place.textContent = '';
render(html`<${App} />`, place);
