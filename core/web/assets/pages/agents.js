// Agents, and what runs on each.
import { html } from '../vendor/htm-preact.js';
import { useData, useLive } from '../api.js';
import { Badge, Card, Copy, Problem, ResourceKeys, Resources, Used } from '../parts.js';
import { Table } from '../table.js';
import { TaskTable } from './tasks.js';
import { ago, bytes, count, cpus, moment, others } from '../format.js';

export const Agents = () => html`
  <div class="head"><h1>Agents</h1></div>
  <${Table} path="/agents" noun="agents" initialSort="hostname" search="Host, attribute, state" columns=${[
    { name: 'Host', sort: 'hostname', show: a => html`<a href="/agents/${a.id}">${a.hostname}</a>` },
    { name: 'State', sort: 'condition', show: a => html`<${Badge} state=${a.condition} />` },
    { name: 'Tasks', sort: 'tasks', num: true, show: a => count(a.tasks) },
    { name: 'CPUs', sort: 'cpus', num: true, low: 2, show: a => html`${cpus(a.used.cpus)} <span class="faint">of ${cpus(a.total.cpus)}</span>` },
    { name: '', sort: '', show: a => html`<${Used} used=${a.used.cpus} offered=${a.offered.cpus} total=${a.total.cpus} />` },
    { name: 'Memory', sort: 'mem', num: true, low: 2, show: a => html`${bytes(a.used.memBytes)} <span class="faint">of ${bytes(a.total.memBytes)}</span>` },
    { name: ' ', low: 2, show: a => html`<${Used} used=${a.used.memBytes} offered=${a.offered.memBytes} total=${a.total.memBytes} />` },
    { name: 'Attributes', low: 3, show: a => a.attributes },
    { name: 'Address', low: 3, show: a => html`<code>${a.address}</code>` },
    { name: 'Since', sort: 'registered', low: 3, show: (a, now) => html`<span title=${moment(a.registered)}>${ago(a.registered, now)}</span>` },
  ]} empty="No agent has registered yet." />`;

export function Agent({ args: [id] }) {
  const { data: a, error } = useData(`/agents/${encodeURIComponent(id)}`);
  const { state } = useLive();
  const crumbs = html`<p class="crumbs"><a href="/agents">Agents</a> /</p>`;
  if (!a) return html`${crumbs}<h1>${id}</h1><${Problem} error=${error} what="This agent cannot be shown." />`;
  const more = others(a.total.text);
  return html`
    ${crumbs}
    <div class="head"><h1>${a.hostname}</h1><${Badge} state=${a.condition} />
      <span class="sub">registered ${ago(a.registered, state?.time ?? a.registered)} · <${Copy} text=${a.id} /></span></div>
    <div class="grid">
      <${Card} title="Resources" wide="w7" side=${html`<${ResourceKeys} />`}><${Resources} total=${a.total} used=${a.used} offered=${a.offered} />
        ${more ? html`<p class="soft" style="margin-top:12px">and <code>${more}</code></p>` : null}<//>
      <${Card} title="Facts" wide="w5"><dl class="facts">
        <dt>Live tasks</dt><dd>${count(a.tasks)}</dd>
        <dt>Files at</dt><dd><code>${a.address}</code></dd>
        <dt>Attributes</dt><dd>${a.attributes || 'none'}</dd>
        ${a.drain ? html`<dt>Drained</dt><dd>since ${moment(a.drain.since)}${a.drain.deadline ? `, what is left is killed at ${moment(a.drain.deadline)}` : ''}${a.drain.markGone ? ', then marked gone' : ''}</dd>` : null}
      </dl><//>
    </div>
    <h2>Tasks</h2>
    <${TaskTable} agent=${a.id} />`;
}
