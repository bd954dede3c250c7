// Offers: which are out, and what frameworks said to those they did not take.
import { html } from '../vendor/htm-preact.js';
import { useLive } from '../api.js';
import { Card, Offers as Became } from '../parts.js';
import { Table } from '../table.js';
import { ago, between, bytes, cpus, duration, moment } from '../format.js';

export function Offers() {
  const { state } = useLive();
  const offers = state?.offers;
  return html`
    <div class="head"><h1>Offers</h1><span class="sub">Resources are offered; frameworks take what suits them and say why not.</span></div>
    ${offers ? html`<div class="grid"><${Card} title="What became of them" wide="w12"><${Became} ...${offers} /><//></div>` : null}
    <h2>Out now</h2>
    <${Table} path="/offers" noun="offers" search="Framework, host" columns=${[
      { name: 'Offer', sort: 'id', low: 2, show: o => html`<code>${o.id}</code>` },
      { name: 'Framework', sort: 'framework', show: o => html`<a href="/frameworks/${o.framework}" title=${o.framework}>${state?.frameworks.find(f => f.id === o.framework)?.name ?? o.framework}</a>` },
      { name: 'Host', sort: 'hostname', show: o => html`<a href="/agents/${o.agent}">${o.hostname}</a>` },
      { name: 'CPUs', sort: 'cpus', num: true, show: o => cpus(o.resources.cpus) },
      { name: 'Memory', sort: 'mem', num: true, low: 2, show: o => bytes(o.resources.memBytes) },
      { name: 'Age', sort: 'made', num: true, show: (o, now) => duration(between(o.made, now)) },
      { name: 'Until taken back', sort: 'expires', low: 2, show: (o, now) => html`<${Left} offer=${o} now=${now} />` },
    ]} empty="No offer is out: all that is free has been offered, and was taken or declined." />
    <h2>Declined, and why</h2>
    <${Table} path="/declines" noun="declines" search="Framework, host, reason" columns=${[
      { name: 'When', sort: 'time', show: (d, now) => html`<span title=${moment(d.time)}>${ago(d.time, now)}</span>` },
      { name: 'Framework', sort: 'framework', show: d => html`<a href="/frameworks/${d.framework}">${d.name}</a>` },
      { name: 'Host', sort: 'hostname', low: 2, show: d => d.hostname },
      { name: 'Why', wide: true, show: d => html`<span title=${d.reason}>${d.reason || 'no reason given'}</span>` },
    ]} empty="Nothing has been declined." />`;
}

function Left({ offer, now }) {
  const all = between(offer.made, offer.expires), left = Math.max(0, between(now, offer.expires));
  return html`<span class="bar" title="${duration(left)} left"><span style=${{ width: `${100 * (1 - left / all)}%`, background: left < all / 2 ? 'var(--warn)' : 'var(--faint)' }}></span></span>`;
}
