// parts.js: what the pages share: asking the server, numbers with units, charts.      SPDX-License-Identifier: Apache-2.0
import { html, useEffect, useRef, useState } from '/vendor/preact-htm.js';
import uPlot from '/vendor/uplot.js';

export async function ask(path, options) {
  const answer = await fetch(path, options);
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.message || `the server answered ${answer.status}`);
  return value;
}

// What is asked once, when the page opens.
export function useOnce(path, form) {
  const [state, setState] = useState({});
  useEffect(() => {
    let isOver = false;
    ask(path).then((value) => { if (!isOver) setState({ path, value: form(value) }); }).catch(() => { /* a chart without a past */ });
    return () => { isOver = true; };
  }, [path]);
  return state.path === path ? state.value : null;
}

// The answer of a path, asked again and again while the page is looked at.
export function usePoll(path, every) {
  const [state, setState] = useState({});
  useEffect(() => {
    let isOver = false;
    let timer = 0;
    const turn = async () => {
      if (!document.hidden) {
        try {
          const value = await ask(path);
          if (!isOver) setState({ path, value });
        } catch (error) {
          if (!isOver) setState((before) => ({ ...before, error: error.message }));
        }
      }
      if (!isOver) timer = setTimeout(turn, every);
    };
    turn();
    return () => { isOver = true; clearTimeout(timer); };
  }, [path, every]);
  return state.path === path ? state : { error: state.error };
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const cents = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const short = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 6 });
export const money = (text) => cents.format(Number(text));
export const bigMoney = (text) => whole.format(Number(text));
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 4 });
export const size = (text) => compact.format(Number(text));
export const plain = (value) => short.format(Number(value));
export const percent = (value, digits = 1) => `${(100 * Number(value)).toFixed(digits)} %`;
export const signed = (value, digits = 1) => (Number(value) > 0 ? '+' : '') + percent(value, digits);
export const clock = (text) => text.slice(11, 19);
export const price = (text) => {
  const value = Number(text);
  return value >= 1000 ? cents.format(value) : value.toLocaleString('en-US', { maximumFractionDigits: 4 });
};

// How many times its maintenance requirement an account holds; infinite where nothing is required.
export const cover = (equity, maintenance) => (Number(maintenance) > 0 ? Number(equity) / Number(maintenance) : Infinity);
export const times = (ratio) => (ratio === Infinity ? '–' : `${ratio.toFixed(2)} ×`);
export const tone = (stage) => ({ healthy: 'good', restricted: 'warn', called: 'warn' }[stage] || 'bad');

export const Mark = () => html`<svg viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="16" r="9" fill="none"
  stroke="currentColor" stroke-width="2.5"/><path d="M2 16h28" stroke="currentColor" stroke-width="2.5"/></svg>`;

// A chart of uPlot that keeps its size to its place and its colours to the theme.
export function Chart({ series, data, height = 240, time = true, unit = '', x = '' }) {
  const place = useRef(null);
  const chart = useRef(null);
  const names = series.map((one) => one.label).join();
  const theme = document.documentElement.dataset.theme;
  useEffect(() => {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const axis = { stroke: colour('--quiet'), grid: { stroke: colour('--rule'), width: 1 }, ticks: { stroke: colour('--rule') } };
    const hour = (seconds) => new Date(1000 * seconds).toISOString().slice(11, 19);
    // Where no pointer is, the legend says the newest values.
    const across = time ? { ...axis, incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600], space: 80,
      values: (self, values) => values.map(hour) } : axis;
    const stamp = time ? { label: 'UTC', value: (self, value) => hour(value ?? self.data[0].at(-1) ?? 0) } : { label: x };
    const made = new uPlot({
      width: place.current.clientWidth || 300, height,
      scales: { x: { time } }, cursor: { drag: { x: false, y: false } },
      axes: [across, { ...axis, size: 70, values: (self, values) => values.map((value) => (Math.abs(value) >= 1e6 ? size(value) : plain(value)) + unit) }],
      series: [stamp, ...series.map((one) => ({ label: one.label, stroke: colour(one.colour), width: one.width || 2, dash: one.dash,
        points: { show: false }, value: (self, value, at) => plain(value ?? self.data[at].at(-1) ?? 0) + unit }))],
    }, data, place.current);
    chart.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: place.current.clientWidth, height }));
    watch.observe(place.current);
    return () => { watch.disconnect(); made.destroy(); };
  }, [names, height, time, theme]);
  useEffect(() => { if (chart.current) chart.current.setData(data); }, [data]);
  return html`<div ref=${place} role="img" aria-label="chart of ${names}"></div>`;
}

// The last `count` values of something that is polled, in the form a chart takes.
// `past` is what the server remembers from before the page was opened, in the same form; it is put in front once it is there.
export function useHistory(key, stamp, values, past = null, count = 900) {
  const kept = useRef({ key: null, data: [] });
  if (kept.current.key !== key) kept.current = { key, data: null, stamp: null, hasPast: false };
  const at = kept.current;
  if (past && !at.hasPast) {
    const begin = at.data ? at.data[0][0] : Infinity;
    const before = past[0].findIndex((seconds) => seconds >= begin);
    const length = before < 0 ? past[0].length : before;
    at.data = past.map((line, i) => [...line.slice(0, length), ...(at.data ? at.data[i] : [])]);
    at.hasPast = true;
  }
  if (stamp != null && stamp !== at.stamp) {
    const seconds = Date.parse(stamp) / 1000;
    const before = at.data || [[], ...values.map(() => [])];
    at.data = [seconds, ...values].map((value, i) => [...before[i], value].slice(-count));
    at.stamp = stamp;
  }
  return at.data || [[], ...values.map(() => [])];
}
