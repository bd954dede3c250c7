// Frameworks, and why each has what it has.
import { html, useState } from '../vendor/htm-preact.js';
import { useData, useLive } from '../api.js';
import { Badge, Card, Copy, Dot, Offers, Problem, Share, Tile } from '../parts.js';
import { Table } from '../table.js';
import { TaskTable } from './tasks.js';
import { Shown } from './jobs.js';
import { ago, bytes, count, cpus, duration, between, moment, percent, words } from '../format.js';

const condition = f => f.suppressed && f.condition === 'Active' ? 'Suppressed' : f.condition;

export const Frameworks = () => html`
  <div class="head"><h1>Frameworks</h1></div>
  <${Table} path="/frameworks" noun="frameworks" initialSort="-share" search="Name, role, user" columns=${[
    { name: 'Name', sort: 'name', show: f => html`<span style="display:inline-flex;gap:9px;align-items:center"><${Dot} framework=${f.name} /><a href="/frameworks/${f.id}">${f.name}</a></span>` },
    { name: 'State', sort: 'condition', show: f => html`<${Badge} state=${condition(f)} />` },
    { name: 'Role', sort: 'role', low: 3, show: f => f.role },
    { name: 'Share', sort: 'share', num: true, show: f => percent(f.dominantShare) },
    { name: 'Fair', sort: 'fair', num: true, low: 2, show: f => f.condition === 'Completed' ? '' : percent(f.fairShare) },
    { name: '', low: 2, show: f => html`<${Share} share=${f.dominantShare} fair=${f.fairShare} framework=${f.name} />` },
    { name: 'CPUs', sort: 'cpus', num: true, low: 2, show: f => cpus(f.used.cpus) },
    { name: 'Memory', sort: 'mem', num: true, low: 2, show: f => bytes(f.used.memBytes) },
    { name: 'Tasks', sort: 'tasks', num: true, show: f => count(f.runningTasks) },
    { name: 'Offers', sort: 'offers', num: true, low: 3, show: f => count(f.offersMade) },
    { name: 'Taken', sort: 'accepted', num: true, low: 3, show: f => count(f.offersAccepted) },
    { name: 'Since', sort: 'registered', low: 3, show: (f, now) => html`<span title=${moment(f.registered)}>${ago(f.registered, now)}</span>` },
  ]} empty=${html`No framework has been here yet. <code>agora run -- COMMAND</code> makes one.`} />`;

export function Framework({ args: [id] }) {
  const { data: f, error } = useData(`/frameworks/${encodeURIComponent(id)}`);
  const { state } = useLive();
  const { data: pages } = useData('/pages', 3000);
  const page = pages?.items.some(shown => shown.framework === f?.id);
  if (!f) return html`<${Crumbs} /><h1>${id}</h1><${Problem} error=${error} what="This framework cannot be shown." />`;
  const now = state?.time ?? f.registered, ended = f.condition === 'Completed';
  return html`
    <${Crumbs} />
    <div class="head"><${Dot} framework=${f.name} /><h1>${f.name}</h1><${Badge} state=${condition(f)} />
      <span class="sub">role ${f.role}${f.user ? `, user ${f.user}` : ''}, registered ${ago(f.registered, now)}${f.standbys ? `, ${f.standbys} standing by` : ''} · <${Copy} text=${f.id} /></span></div>
    <div class="tiles">
      <${Tile} label="Dominant share" value=${percent(f.dominantShare)} note=${ended ? 'it has ended' : `can count on ${percent(f.fairShare)}`} />
      <${Tile} label="Live tasks" value=${count(f.runningTasks)} note="${cpus(f.used.cpus)} CPUs, ${bytes(f.used.memBytes)}" />
      <${Tile} label="Asks for more" value=${f.demand.text ? `${cpus(f.demand.cpus)}` : 'nothing'} unit=${f.demand.text ? 'CPUs' : ''} note=${f.demand.text ? `${bytes(f.demand.memBytes)} memory` : 'by its hints'} />
      <${Tile} label="Holds in offers" value=${cpus(f.offered.cpus)} unit="CPUs" note=${bytes(f.offered.memBytes)} />
    </div>
    ${page ? html`<div class="grid"><${Shown} id=${f.id} ended=${ended} /></div>` : null}
    <div class="grid">
      ${ended ? null : html`<${Why} id=${f.id} />`}
      <${Card} title="What became of its offers" wide="w5 low"><${Offers} made=${f.offersMade} accepted=${f.offersAccepted} declined=${f.offersDeclined} rescinded=${f.offersRescinded}
        out=${Math.max(0, f.offersMade - f.offersAccepted - f.offersDeclined - f.offersRescinded)} /><//>
      <${Card} title="Declined last, and why" wide="w7">
        ${f.declines.length ? html`<ul class="lines">${f.declines.slice(0, 8).map((d, i) => html`<li key=${i}><time title=${moment(d.time)}>${ago(d.time, now)}</time><span><b>${d.hostname}</b> ${d.reason || 'no reason given'}</span></li>`)}</ul>`
          : html`<p class="soft">It has declined nothing.</p>`}<//>
    </div>
    <h2>Tasks</h2>
    <${TaskTable} framework=${f.id} />`;
}

const Crumbs = () => html`<p class="crumbs"><a href="/frameworks">Frameworks</a> /</p>`;

/** The master's own answer to "why no offers?": a sentence, a count for each reason, and each agent's. */
function Why({ id }) {
  const [reason, choose] = useState('');
  const { data: why, error } = useData(`/frameworks/${encodeURIComponent(id)}/why?limit=0`);
  if (!why) return html`<${Card} title="Why it has what it has">${error ? html`<p class="soft">${error.message}</p>` : html`<p class="soft">asking…</p>`}<//>`;
  const reasons = Object.entries(why.reasons);
  return html`
    <${Card} title="Why it has what it has">
      <p class="say">${why.summary}</p>
      <div class="reasons" role="group" aria-label="Reasons, by number of agents">
        ${reasons.map(([name, n]) => html`<button key=${name} type="button" aria-pressed=${`${reason === name}`} onClick=${() => choose(reason === name ? '' : name)}>
          <span>${says[name] ?? words(name)}</span><span class="bar"><span style=${{ width: `${100 * n / why.agents}%` }}></span></span><span class="n">${count(n)}</span></button>`)}
      </div>
      ${reason ? html`<div style="margin-top:14px"><${Table} path=${`/frameworks/${encodeURIComponent(id)}/why`} query=${`reason=${reason}`} search="" noun="agents" columns=${[
        { name: 'Agent', sort: 'hostname', show: s => html`<a href="/agents/${s.agent}">${s.hostname}</a>` },
        { name: 'Why', wide: true, show: s => html`<span title=${s.detail}>${s.detail}</span>` },
        { name: 'Until', sort: 'until', num: true, low: 2, show: (s, now) => s.until ? `${duration(between(now, s.until))} more` : '' },
      ]} /></div>` : html`<p class="faint" style="margin-top:10px;font-size:12.5px">Choose a reason to see its agents.</p>`}
    <//>`;
}

const says = {
  None: 'offered, or about to be', NotSubscribed: 'not subscribed', Inactive: 'no scheduler connected', Suppressed: 'it wants none',
  AgentUnreachable: 'agent unreachable', AgentDraining: 'agent draining', AgentDeactivated: 'agent deactivated', AgentMaintenance: 'agent under maintenance',
  AgentFull: 'agent full', HeldInOffer: 'held in others’ offers', Filtered: 'it refused a moment ago', NotInList: 'not in its list', BelowMinimum: 'too little free for it',
};
