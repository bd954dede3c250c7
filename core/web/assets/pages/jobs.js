// What frameworks show of themselves, in their own words: jobs, queues, stages.
import { html, useState } from '../vendor/htm-preact.js';
import { useData, useLive } from '../api.js';
import { Badge, Card, Dot, Problem } from '../parts.js';
import { ago, count, moment, percent } from '../format.js';

export const kindNames = { hadoop: 'MapReduce', torque: 'Batch jobs', mpi: 'MPI', spark: 'Spark' };

/** The frameworks of one kind, each with its page. */
export function Jobs({ args: [kind] }) {
  const { data, error } = useData('/pages');
  const pages = data?.items.filter(page => page.kind === kind) ?? [];
  const live = pages.filter(page => page.condition !== 'Completed'), ended = pages.filter(page => page.condition === 'Completed').reverse();
  const shown = page => html`<${Shown} key=${page.framework} id=${page.framework} title=${html`<${Dot} framework=${page.name} /> <a href="/frameworks/${page.framework}">${page.name}</a>`} ended=${page.condition === 'Completed'} />`;
  return html`
    <div class="head"><h1>${kindNames[kind] ?? kind}</h1></div>
    <${Problem} error=${error} />
    ${data && !pages.length ? html`<p class="soft">No framework of this kind is here now.</p>` : null}
    ${live.map(shown)}
    ${ended.length ? html`<${Ended} pages=${ended} shown=${shown} />` : null}`;
}

/** Those that have ended, read only once somebody wants to see them. */
function Ended({ pages, shown }) {
  const [isOpen, open] = useState(false);
  return html`<details class="ended" onToggle=${event => open(event.target.open)}>
    <summary>${count(pages.length)} ended</summary>${isOpen ? pages.map(shown) : null}</details>`;
}

/** A framework's page; nothing if it shows none. */
export function Shown({ id, title, ended }) {
  const { data: page } = useData(`/frameworks/${encodeURIComponent(id)}/page`);
  const { state } = useLive();
  if (!page) return null;
  const now = state?.time ?? new Date().toISOString();
  return html`
    <${Card} title=${title ?? page.title} side=${html`<span class="soft">${title ? page.title : 'as it shows itself'}${ended ? ', as it was when it ended' : ''}</span>`}>
      ${page.facts.length ? html`<dl class="shown">${page.facts.map(fact => html`<div key=${fact.name}><dt>${fact.name}</dt><dd>${cell(fact.value, now)}</dd></div>`)}</dl>` : null}
      ${page.notes.length ? html`<ul class="notes">${page.notes.map(note => html`<li key=${note}>${note}</li>`)}</ul>` : null}
      ${page.tables.map(table => html`<${Listed} key=${table.name} table=${table} now=${now} />`)}
    <//>`;
}

function Listed({ table, now }) {
  const num = table.columns.map((_, i) => i > 0 && table.rows.length > 0 && table.rows.every(row => typeof row[i] === 'number'));
  return html`
    <h3>${table.name} <span class="faint">${count(table.total)}${table.rows.length < table.total ? `, the first ${count(table.rows.length)} shown` : ''}</span></h3>
    ${table.rows.length ? html`<div class="scroll short" tabindex="0" aria-label=${table.name}><table>
      <thead><tr>${table.columns.map((name, i) => html`<th key=${name} scope="col" class=${num[i] ? 'num' : ''}>${name}</th>`)}</tr></thead>
      <tbody>${table.rows.map((row, at) => html`<tr key=${at}>${row.map((value, i) => html`<td key=${i} class=${num[i] ? 'num' : ''} title=${typeof value === 'string' ? value : undefined}>${cell(value, now)}</td>`)}</tr>`)}</tbody>
    </table></div>` : html`<p class="soft">none</p>`}`;
}

function cell(value, now) {
  if (typeof value === 'number') return count(value);
  if (typeof value === 'string') return value;
  if (value?.state) return html`<${Badge} state=${value.state} />`;
  if (value?.time) return html`<span title=${moment(value.time)}>${ago(value.time, now)}</span>`;
  if (value?.part !== undefined) return html`<span class="progress"><span class="bar"><span class="used" style=${{ width: `${value.part * 100}%` }}></span></span>${value.text || percent(value.part)}</span>`;
  return '';
}
