// Small pieces that pages are made of.
import { html, useState } from './vendor/htm-preact.js';
import { bytes, count, cpus, percent, words } from './format.js';

const looks = {
  Active: ['good', '●'], Running: ['good', '●'], Finished: ['good', '✓'], Succeeded: ['good', '✓'], Done: ['good', '✓'], Complete: ['', '✓'],
  Starting: ['busy', '◔'], Gathering: ['busy', '◔'], Queued: ['busy', '◔'], Waiting: ['busy', '◔'], Prep: ['busy', '◔'], Idle: ['', '◦'], Staging: ['busy', '◔'], Killing: ['warn', '◑'], Exiting: ['warn', '◑'], Held: ['warn', '◒'],
  Draining: ['warn', '◑'], Drained: ['warn', '◒'], Deactivated: ['warn', '◒'], Maintenance: ['warn', '◆'], Suppressed: ['', '◦'],
  Disconnected: ['bad', '○'], Unreachable: ['bad', '✕'], Failed: ['bad', '✕'], Lost: ['bad', '✕'], Error: ['bad', '✕'],
  Gone: ['bad', '✕'], GoneByOperator: ['bad', '✕'], Dropped: ['bad', '✕'], Killed: ['warn', '■'], Completed: ['', '✓'], Unknown: ['', '?'],
};

export const look = state => looks[state]?.[0] ?? '';

/** A state in a word, a colour and a shape. */
export const Badge = ({ state }) => html`<span class="badge ${look(state)}"><i aria-hidden="true">${looks[state]?.[1] ?? '·'}</i>${words(state)}</span>`;

export const Tile = ({ label, value, unit, note, href }) => {
  const inside = html`<div class="label">${label}</div><div class="value">${value}${unit ? html` <small>${unit}</small>` : null}</div><div class="note">${note ?? ' '}</div>`;
  return href ? html`<a class="tile" href=${href}>${inside}</a>` : html`<div class="tile">${inside}</div>`;
};

export const Card = ({ title, side, wide = 'w12', children }) => html`
  <section class="card ${wide}">${title ? html`<header><h2>${title}</h2>${side}</header>` : null}${children}</section>`;

/** A framework's colour by its name. It keeps it, whatever else comes and goes; those that nothing was said of have none. */
const colours = new Map();
export const colour = framework => colours.get(framework) ?? 'var(--others)';

/** Gives colours to frameworks that have none, in the order of their ids, so that all pages show the same ones. */
export function giveColours(frameworks) {
  const order = [...frameworks].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  for (const { name } of order) if (!colours.has(name)) colours.set(name, `var(--c${colours.size % 8})`);
}

export const Dot = ({ framework }) => html`<span class="dot" style=${{ background: colour(framework) }}></span>`;

const part = (held, total) => total > 0 ? Math.min(1, held / total) : 0;
const width = fraction => ({ width: `${fraction * 100}%` });

/** A bar of what is used and what is offered, of all there is. */
export const Used = ({ used, offered = 0, total, tall }) => html`
  <div class="bar ${tall ? 'tall' : ''}" role="img" aria-label="${percent(part(used, total))} used, ${percent(part(offered, total))} offered">
    <span class="used" style=${width(part(used, total))}></span><span class="offered" style=${width(part(offered, total))}></span>
  </div>`;

const kinds = [['Processors', 'cpus', cpus], ['Memory', 'memBytes', bytes], ['Disk', 'diskBytes', bytes], ['GPUs', 'gpus', cpus]];

/** One bar for each kind of resource there is. */
export const Resources = ({ total, used, offered }) => html`${kinds.filter(([, key]) => total[key] > 0).map(([name, key, write]) => html`
  <div class="resource" key=${key}>
    <span>${name}</span>
    <${Used} used=${used[key] ?? 0} offered=${offered[key] ?? 0} total=${total[key]} tall />
    <div class="numbers">
      <span><b>${write(used[key] ?? 0)}</b> used</span>
      ${offered[key] > 0 ? html`<span><b>${write(offered[key])}</b> offered</span>` : null}
      <span><b>${write(Math.max(0, total[key] - (used[key] ?? 0) - (offered[key] ?? 0)))}</b> free</span>
      <span>of ${write(total[key])}</span>
    </div>
  </div>`)}`;

export const ResourceKeys = () => html`<span class="keys">
  ${['used', 'offered', 'free'].map(kind => html`<span class="key"><span class="swatch ${kind}"></span>${kind}</span>`)}</span>`;

/** Held share against the fair one: a bar with a mark. */
export const Share = ({ share, fair, framework }) => html`
  <div class="bar" role="img" aria-label="${percent(share)} held, ${percent(fair)} fair" title="${percent(share)} held; it can count on ${percent(fair)}">
    <span style=${{ ...width(Math.min(1, share)), background: colour(framework) }}></span>
    ${fair > 0 && fair < 1 ? html`<span class="mark" style=${{ left: `${fair * 100}%` }}></span>` : null}
  </div>`;

/** What became of offers, as one bar and a line. */
export function Offers({ made, accepted, declined, rescinded, out }) {
  const parts = [['taken', accepted, 'var(--c2)'], ['declined', declined, 'var(--c4)'], ['taken back', rescinded, 'var(--others)'], ['out', out, 'var(--c1)']];
  return html`
    <div class="split" role="img" aria-label=${parts.map(([name, n]) => `${count(n)} ${name}`).join(', ')}>
      ${parts.filter(([, n]) => n > 0).map(([name, n, fill]) => html`<span key=${name} title="${count(n)} ${name}" style=${{ ...width(part(n, made)), background: fill }}></span>`)}
    </div>
    <p class="keys" style="margin-top:8px">
      ${parts.map(([name, n, fill]) => html`<span class="key"><span class="swatch" style=${{ background: fill }}></span>${count(n)} ${name}</span>`)}
      <span class="key">of ${count(made)} made</span>
    </p>`;
}

/** A choice of a few, as buttons of which one is pressed. */
export const Choice = ({ label, options, value, onChange }) => html`
  <span class="choices" role="group" aria-label=${label}>
    ${options.map(([key, text]) => html`<button key=${key} type="button" aria-pressed=${`${key === value}`} onClick=${() => onChange(key)}>${text}</button>`)}
  </span>`;

export const Copy = ({ text }) => {
  const [copied, tell] = useState(false);
  const copy = () => navigator.clipboard?.writeText(text).then(() => {
    tell(true);
    setTimeout(() => tell(false), 1200);
  });
  return html`<code>${text}</code> <button type="button" class="plain" style="padding:0 7px;font-size:12px" onClick=${copy} title="Copy ${text}">${copied ? 'copied' : 'copy'}</button>`;
};

export const Problem = ({ error, what }) => error ? html`
  <div class="error" role="alert"><strong>${what ?? 'This cannot be shown.'}</strong> ${error.message}</div>` : null;
