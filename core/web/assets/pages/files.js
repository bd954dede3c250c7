// What a task or executor has in its sandbox.
import { html } from '../vendor/htm-preact.js';
import { useData } from '../api.js';
import { Card, Problem } from '../parts.js';
import { Log } from '../log.js';
import { bytes, moment } from '../format.js';

const escape = path => path.split('/').map(encodeURIComponent).join('/');

export function Files({ args: [agent, framework, run, inside] }) {
  const parts = inside.split('/').filter(Boolean), root = `/files/${[agent, framework, run].map(encodeURIComponent).join('/')}`;
  const path = `sandbox/${[framework, run, ...parts].map(encodeURIComponent).join('/')}`;
  const files = `/agents/${encodeURIComponent(agent)}/files/`;
  // Addresses of directories end with a slash.
  const isFile = inside !== '' && !inside.endsWith('/');
  const { data: list, error } = useData(isFile ? null : `${files}${path}?list`);
  return html`
    <p class="crumbs"><a href="/agents/${agent}">${agent}</a> / <a href="/frameworks/${framework}">${framework}</a> / <a href=${`${root}/`}>${run}</a>
      ${parts.map((part, i) => html` / ${isFile && i === parts.length - 1 ? part : html`<a href=${`${root}/${escape(parts.slice(0, i + 1).join('/'))}/`}>${part}</a>`}`)}</p>
    <div class="head"><h1>${parts.at(-1) ?? 'Sandbox'}</h1>
      ${isFile ? html`<a href=${`/api/v1${files}${path}?download`} download=${parts.at(-1)}>download</a>` : html`<span class="sub">of ${run}; its newest run on this agent</span>`}</div>
    ${isFile ? html`<${Card}><${Log} agent=${agent} path=${path} /><//>` : list ? html`<${Entries} list=${list} at=${`${root}/${escape(parts.join('/'))}${parts.length ? '/' : ''}`} />`
      : html`<${Problem} error=${error} what="There is nothing to be read." />`}`;
}

const Entries = ({ list, at }) => html`
  <div class="scroll"><table>
    <thead><tr><th scope="col">Name</th><th scope="col" class="num">Size</th><th scope="col" class="p2">Changed</th></tr></thead>
    <tbody>${list.entries.map(entry => html`<tr key=${entry.name}>
      <td>${entry.kind === 'other' ? entry.name : html`<a href=${at + encodeURIComponent(entry.name) + (entry.kind === 'directory' ? '/' : '')}>${entry.name}${entry.kind === 'directory' ? '/' : ''}</a>`}</td>
      <td class="num">${entry.kind === 'file' ? bytes(entry.size) : ''}</td><td class="p2 soft">${moment(entry.modified)}</td></tr>`)}</tbody>
  </table>${list.entries.length ? null : html`<p class="nothing">This directory is empty.</p>`}</div>
  ${list.truncated ? html`<p class="soft">There are more than are shown.</p>` : null}`;
