// Roles: who divides the cluster, and by which weights.
import { html } from '../vendor/htm-preact.js';
import { Table } from '../table.js';
import { bytes, count, cpus, percent } from '../format.js';

export const Roles = () => html`
  <div class="head"><h1>Roles</h1><span class="sub">Roles divide the cluster by their weights, frameworks divide their role’s part. Set with <code>agora roles set</code>.</span></div>
  <${Table} path="/roles" noun="roles" initialSort="-share" search="Name" columns=${[
    { name: 'Role', sort: 'name', show: r => html`<b>${r.name}</b>` },
    { name: 'Share', sort: 'share', num: true, show: r => percent(r.dominantShare) },
    { name: '', low: 2, show: r => html`<div class="bar"><span class="used" style=${{ width: `${Math.min(100, r.dominantShare * 100)}%` }}></span></div>` },
    { name: 'Weight', sort: 'weight', num: true, show: r => r.weight },
    { name: 'Priority', sort: 'priority', num: true, low: 2, show: r => r.priority },
    { name: 'Frameworks', sort: 'frameworks', num: true, show: r => count(r.frameworks) },
    { name: 'Holds', low: 2, show: r => `${cpus(r.held.cpus)} CPUs, ${bytes(r.held.memBytes)}` },
    { name: 'Guaranteed', low: 3, show: r => r.guaranteed.text || 'nothing' },
  ]} empty="No framework has been here yet, and nothing was set." />`;
