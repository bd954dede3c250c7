// Tasks, and the life of each.
import { html, useState } from '../vendor/htm-preact.js';
import { useData, useLive } from '../api.js';
import { Badge, Card, Choice, Problem, Tile, look } from '../parts.js';
import { Table } from '../table.js';
import { Log } from '../log.js';
import { ago, between, bytes, cpus, duration, moment, clock, words } from '../format.js';

export const Tasks = () => html`<div class="head"><h1>Tasks</h1></div><${TaskTable} />`;

const places = t => `/tasks/${encodeURIComponent(t.framework)}/${encodeURIComponent(t.id)}`;

/** Tasks of a framework, of an agent, or all. */
export function TaskTable({ framework, agent }) {
  const { state: cluster } = useLive();
  const names = new Map(cluster?.frameworks.map(f => [f.id, f.name]) ?? []);
  const [state, choose] = useState(framework || agent ? 'live' : '');
  const parts = new URLSearchParams();
  if (framework) parts.set('framework', framework);
  if (agent) parts.set('agent', agent);
  if (state) parts.set('state', state);
  const tools = html`<${Choice} label="States" value=${state} onChange=${choose}
    options=${[['', 'All'], ['live', 'Live'], ['Finished', 'Finished'], ['Failed,Error,Lost,Dropped,Gone,GoneByOperator', 'Failed'], ['Killed', 'Killed']]} />`;
  return html`<${Table} path="/tasks" query=${parts.toString()} noun="tasks" search="Id, name, host" tools=${tools} columns=${[
    { name: 'Task', sort: 'id', show: t => html`<a href=${places(t)} title=${t.id}>${t.id}</a>` },
    { name: 'State', sort: 'state', show: t => html`<${Badge} state=${t.state} />` },
    { name: 'Name', sort: 'name', low: 3, show: t => html`<span title=${t.name}>${t.name}</span>` },
    ...framework ? [] : [{ name: 'Framework', sort: 'framework', low: 2, show: t => html`<a href="/frameworks/${t.framework}" title=${t.framework}>${names.get(t.framework) ?? t.framework}</a>` }],
    ...agent ? [] : [{ name: 'Host', sort: 'hostname', show: t => html`<a href="/agents/${t.agent}">${t.hostname}</a>` }],
    { name: 'CPUs', sort: 'cpus', num: true, low: 2, show: t => cpus(t.resources.cpus) },
    { name: 'Memory', sort: 'mem', num: true, low: 2, show: t => bytes(t.resources.memBytes) },
    { name: 'Changed', sort: 'changed', low: 2, show: (t, now) => t.history.length ? html`<span title=${moment(t.history.at(-1).time)}>${ago(t.history.at(-1).time, now)}</span>` : '' },
    { name: 'Last word', low: 3, show: t => html`<span title=${t.history.at(-1)?.message}>${t.history.at(-1)?.message ?? ''}</span>` },
  ]} empty=${state === 'live' ? 'No task is alive here.' : 'No such task is remembered.'} />`;
}

export function Task({ args: [framework, id] }) {
  const { data, error } = useData(`/frameworks/${encodeURIComponent(framework)}/tasks/${encodeURIComponent(id)}`);
  const { state } = useLive();
  const [file, choose] = useState('stdout');
  const crumbs = html`<p class="crumbs"><a href="/tasks">Tasks</a> / <a href="/frameworks/${framework}">${framework}</a> /</p>`;
  if (!data) return html`${crumbs}<h1>${id}</h1><${Problem} error=${error} what="This task cannot be shown." />`;
  const { task: t, summary } = data;
  const now = state?.time, run = t.executor ?? t.id, usage = t.history.findLast(s => s.usage)?.usage;
  const first = t.history[0], last = t.history.at(-1);
  return html`
    ${crumbs}
    <div class="head"><h1>${t.id}</h1><${Badge} state=${t.state} />
      <span class="sub">${t.name && t.name !== t.id ? `${t.name}, ` : ''}on <a href="/agents/${t.agent}">${t.hostname}</a>${t.executor ? html`, by executor <code>${t.executor}</code>` : ''}</span></div>
    ${summary ? html`<p class="say">${summary}</p>` : null}
    <div class="tiles">
      <${Tile} label="Asked for" value=${cpus(t.resources.cpus)} unit="CPUs" note=${bytes(t.resources.memBytes)} />
      ${usage ? html`<${Tile} label="Processor time used" value=${duration(usage.cpuSeconds)} note="all its processes" />
        <${Tile} label="Memory peak" value=${bytes(usage.memPeakBytes)} note=${`${bytes(usage.memBytes)} when last looked`} />` : null}
      ${first ? html`<${Tile} label=${isOver(t.state) ? 'From first word to last' : 'Since its first word'} value=${duration(between(first.time, isOver(t.state) ? last.time : now ?? last.time))} note=${moment(first.time)} />` : null}
      ${last?.exitCode !== undefined ? html`<${Tile} label="Exit code" value=${last.exitCode} note=${last.exitCode > 128 ? `signal ${last.exitCode - 128}` : ''} />` : null}
    </div>
    <div class="grid">
      <${Card} title="Its life" wide="w5">
        ${t.history.length ? html`<ol class="steps">${t.history.map((s, i) => html`
          <li key=${i} class=${look(s.state)}><b>${words(s.state)}</b> <span class="when" title=${moment(s.time)}>${clock(s.time)}${i > 0 ? `, ${duration(between(t.history[i - 1].time, s.time))} later` : ''}</span>
            <div class="when">by the ${s.source.toLowerCase()}${s.reason !== 'None' ? `: ${words(s.reason)}` : ''}</div>
            ${s.message ? html`<div class="msg">${s.message}</div>` : null}</li>`)}</ol>` : html`<p class="soft">Its agent has not reported yet.</p>`}
      <//>
      <${Card} title="What it wrote" wide="w7" side=${html`<span class="keys">
          <${Choice} label="File" options=${[['stdout', 'stdout'], ['stderr', 'stderr']]} value=${file} onChange=${choose} />
          <a href=${`/files/${[t.agent, t.framework, run].map(encodeURIComponent).join('/')}/`}>all files</a></span>`}>
        <${Log} key=${file} agent=${t.agent} path=${`sandbox/${encodeURIComponent(t.framework)}/${encodeURIComponent(run)}/${file}`} />
      <//>
    </div>`;
}

const isOver = state => ['Finished', 'Failed', 'Killed', 'Error', 'Lost', 'Dropped', 'Gone', 'GoneByOperator'].includes(state);
