// Reports of experiments, as benchmarks leave them in the master's directory of reports.
import { html, useState } from '../vendor/htm-preact.js';
import { useData, useLive } from '../api.js';
import { Card, Choice, Problem } from '../parts.js';
import { Table } from '../table.js';
import { ago, bytes, moment } from '../format.js';

const escape = path => path.split('/').map(encodeURIComponent).join('/');
const fileOf = (id, name) => `/api/v1/reports/${escape(id)}?file=${encodeURIComponent(name)}`;

/** What is simulated says so, loudly. */
const Mode = ({ mode }) => mode === 'simulated' ? html`<span class="badge warn"><i aria-hidden="true">◇</i>SIMULATED</span>`
  : mode === 'live' ? html`<span class="badge good"><i aria-hidden="true">●</i>live</span>` : null;

const Empty = ({ directory }) => directory
  ? html`There is no report in <code>${directory}</code> yet. This makes one, in three minutes:<br /><code>agora bench macro --live --quick --out ${directory}/macro</code>`
  : html`This master was started without a directory of reports: <code>agora master --reports DIR</code>, or <code>agora up --reports DIR</code>.`;

export function Reports() {
  const { data } = useData('/reports?limit=0', 3000);
  return html`
    <div class="head"><h1>Reports</h1><span class="sub">Experiments: what <code>agora bench NAME --out DIR</code> has found.</span></div>
    <${Table} path="/reports" noun="reports" search="Experiment" columns=${[
      { name: 'Report', sort: 'id', show: r => html`<a href=${`/reports/${escape(r.id)}`}>${r.id}</a>` },
      { name: 'Experiment', sort: 'experiment', low: 2, show: r => r.experiment },
      { name: 'Figures', sort: 'mode', show: r => html`<${Mode} mode=${r.mode} />` },
      { name: 'Made', sort: 'made', show: (r, now) => html`<span title=${moment(r.made)}>${ago(r.made, now)}</span>` },
    ]} empty=${html`<${Empty} directory=${data?.directory} />`} />`;
}

export function Report({ args: [id] }) {
  const { data: report, error } = useData(`/reports/${escape(id)}`, 3000);
  const { state } = useLive();
  const [chosen, choose] = useState(null);
  if (!report) return html`<${Crumbs} /><h1>${id}</h1><${Problem} error=${error} what="This report cannot be shown." />`;
  const rows = report.results?.rows ?? [];
  const pictures = report.files.filter(file => /\.(png|svg)$/.test(file.name));
  const views = [rows.length || pictures.length ? ['figures', 'Figures'] : null, report.hasPage ? ['page', 'As it was written'] : null].filter(Boolean);
  const view = chosen ?? views[0]?.[0];
  return html`
    <${Crumbs} />
    <div class="head"><h1>${id}</h1><${Mode} mode=${report.mode} />
      <span class="sub">${report.experiment}, made <span title=${moment(report.made)}>${ago(report.made, state?.time ?? report.made)}</span>${report.results?.seed !== undefined ? `, seed ${report.results.seed}` : ''}${report.results?.machine ? ` · ${report.results.machine}` : ''}</span></div>
    ${views.length > 1 ? html`<${Choice} label="What is shown" options=${views} value=${view} onChange=${choose} />` : null}
    ${view === 'page' ? html`<iframe class="written" sandbox="" title="The report ${id} as it was written" src=${fileOf(id, 'report.html')}></iframe>` : null}
    ${view === 'figures' ? html`<${Figures} id=${id} rows=${rows} pictures=${pictures} mode=${report.mode} />` : null}
    <${Card} title="Files"><ul class="lines files">${report.files.map(file => html`<li key=${file.name}>
      <time>${bytes(file.size)}</time><a href=${`${fileOf(id, file.name)}&download`} download=${file.name}>${file.name}</a></li>`)}</ul><//>`;
}

const Crumbs = () => html`<p class="crumbs"><a href="/reports">Reports</a> /</p>`;

const number = value => value === null || value === undefined ? '' : Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : `${Number(value.toFixed(3))}`;

const Figures = ({ id, rows, pictures, mode }) => html`
  ${rows.length ? html`<div class="scroll" tabindex="0" aria-label="figures"><table>
    <thead><tr><th scope="col">Figure${mode ? `, ${mode}` : ''}</th><th scope="col" class="num">Ours</th><th scope="col">Unit</th><th scope="col" class="num">Published</th><th scope="col" class="num p2">Ratio</th><th scope="col" class="p2">Source</th></tr></thead>
    <tbody>${rows.map((row, at) => html`<tr key=${at}><td title=${row.metric}>${row.metric}</td><td class="num">${number(row.agora)}</td><td>${row.unit}</td>
      <td class="num">${number(row.anchor)}</td><td class="num p2">${number(row.ratio)}</td><td class="p2 soft">${row.anchorSource}</td></tr>`)}</tbody>
  </table></div>` : null}
  <div class="pictures">${pictures.map(file => html`<figure key=${file.name}>
    <a href=${fileOf(id, file.name)} target="_blank" rel="noopener"><img src=${fileOf(id, file.name)} alt=${file.name.replace(/\.\w+$/, '').replaceAll('-', ' ')} loading="lazy" /></a>
    <figcaption>${file.name}</figcaption></figure>`)}</div>`;
