// What the cluster is doing, on one page.
import { html, useEffect, useRef, useState } from '../vendor/htm-preact.js';
import { get, useData, useLive } from '../api.js';
import { Card, Choice, Dot, ResourceKeys, Resources, Share, Tile, colour } from '../parts.js';
import { StackedChart } from '../chart.js';
import { count, percent } from '../format.js';

const fewMax = 64, spans = { '10m': 600, '24h': 86400 };

export function Cluster() {
  const { state } = useLive();
  if (!state) return html`<h1>Cluster</h1><p class="soft">Waiting for the master…</p>`;
  const { agents, tasks, offers } = state;
  const away = agents.disconnected + agents.unreachable, kept = agents.draining + agents.drained + agents.deactivated + agents.maintenance;
  return html`
    <div class="head"><h1>Cluster</h1></div>
    <div class="tiles">
      <${Tile} label="Agents" href="/agents" value=${count(agents.active)} unit=${agents.active < agents.all ? `of ${count(agents.all)}` : ''}
        note=${[away && `${away} not connected`, kept && `${kept} not offered`].filter(Boolean).join(', ') || 'all active'} />
      <${Tile} label="Frameworks" href="/frameworks" value=${count(state.frameworksLive)}
        note=${state.frameworksActive < state.frameworksLive ? `${state.frameworksLive - state.frameworksActive} without a scheduler` : 'all connected'} />
      <${Tile} label="Live tasks" href="/tasks" value=${count(tasks.live)} note="${count(tasks.launched)} launched" />
      <${Tile} label="Finished" href="/tasks" value=${count(tasks.finished)} note="${count(tasks.failed)} failed, ${count(tasks.killed)} killed, ${count(tasks.lost)} lost" />
      <${Tile} label="Offers out" href="/offers" value=${count(offers.out)} note="${count(offers.accepted)} of ${count(offers.made)} taken" />
    </div>
    <div class="grid">
      <${Shares} />
      <${Card} title="Resources" wide="w4" side=${html`<${ResourceKeys} />`}><${Resources} total=${state.total} used=${state.used} offered=${state.offered} /><//>
      <${Card} title="Frameworks by dominant share" wide="w7" side=${html`<span class="soft">the mark is the fair share</span>`}><${Ranks} frameworks=${state.frameworks} /><//>
      <${Card} title="Worth a look" wide="w5"><${Points} points=${state.attention} /><//>
      <${Cells} agents=${agents} />
    </div>`;
}

function Shares() {
  const [span, setSpan] = useState('10m');
  const [resource, setResource] = useState('cpus');
  const { data } = useData(`/shares?window=${span}&resource=${resource}`, 2000);
  return html`
    <${Card} title="Shares over time" wide="w8" side=${html`<span class="keys">
        <${Choice} label="Resource" options=${[['cpus', 'Processors'], ['mem', 'Memory']]} value=${resource} onChange=${setResource} />
        <${Choice} label="Time" options=${[['10m', '10 min'], ['24h', '24 h']]} value=${span} onChange=${setSpan} /></span>`}>
      ${data ? html`<${StackedChart} data=${data} spanSeconds=${spans[span]} />
        <div class="keys">${data.series.map(one => html`<span class="key" key=${one.framework ?? 'others'}>
          <span class="swatch" style=${{ background: colour(one.framework && one.name) }}></span>${one.name}</span>`)}
          ${data.series.length ? null : html`<span class="key">nothing has been held yet</span>`}</div>` : html`<div class="empty">reading…</div>`}
    <//>`;
}

function Ranks({ frameworks }) {
  if (!frameworks.length) return html`<p class="soft">No framework is connected. <code>agora run -- COMMAND</code> makes one.</p>`;
  return html`<ul class="ranks">${frameworks.slice(0, 12).map(f => html`
    <li key=${f.id}>
      <span class="name"><${Dot} framework=${f.name} /><a href="/frameworks/${f.id}">${f.name}</a>
        <span class="faint">${f.condition === 'Disconnected' ? 'no scheduler' : f.suppressed ? 'wants no more' : f.wants ? 'asks for more' : ''}</span></span>
      <span class="soft nowrap">${percent(f.dominantShare)} · ${count(f.runningTasks)} ${f.runningTasks === 1 ? 'task' : 'tasks'}</span>
      <${Share} share=${f.dominantShare} fair=${f.fairShare} framework=${f.name} />
    </li>`)}</ul>
    ${frameworks.length > 12 ? html`<p style="margin-top:12px"><a href="/frameworks">All frameworks</a></p>` : null}`;
}

function Points({ points }) {
  if (!points.length) return html`<p class="fine"><b>✓</b> All agents are connected, nobody starves, no offer is held for long.</p>`;
  return html`<ul class="points">${points.map(point => html`<li key=${point.text}><a href=${point.link}><span class="sign" aria-hidden="true">▲</span><span>${point.text.replaceAll(' %', '\u00a0%')}</span></a></li>`)}</ul>`;
}

const cellWord = cell => ({ d: 'not connected', u: 'unreachable', x: 'not offered' })[cell] ?? `about ${cell}0 % in use`;

function Cells({ agents }) {
  const many = agents.all > fewMax;
  const { data } = useData(many ? '/cells' : '/agents?limit=100&sort=hostname', many ? 2000 : 0);
  const side = html`<span class="soft">${many ? 'a cell each, darker where more is in use' : 'filled by what is used most there'}</span>`;
  if (!agents.all) return html`<${Card} title="Agents"><p class="soft">No agent has registered yet.</p><//>`;
  if (many) return html`<${Card} title="Agents" side=${side}>${data ? html`<${ManyCells} cells=${data.cells} />` : null}<//>`;
  return html`<${Card} title="Agents" side=${side}><div class="cells few">${(data?.items ?? []).map(agent => html`<${FewCell} key=${agent.id} agent=${agent} />`)}</div><//>`;
}

function FewCell({ agent }) {
  const part = Math.max(agent.used.cpus / agent.total.cpus || 0, agent.used.memBytes / agent.total.memBytes || 0);
  const gone = agent.condition === 'Disconnected' || agent.condition === 'Unreachable', off = agent.condition !== 'Active' && !gone;
  return html`<a class="cell ${gone ? 'gone' : off ? 'off' : ''}" href="/agents/${agent.id}" title="${agent.hostname}: ${agent.condition}, ${percent(part)} in use">
    <span class="fill" style=${{ height: `${part * 100}%` }}></span>
    <span class="word">${agent.hostname}<small>${gone || off ? agent.condition.toLowerCase() : `${percent(part)} · ${count(agent.tasks)} ${agent.tasks === 1 ? 'task' : 'tasks'}`}</small></span></a>`;
}

/** Thousands of agents are drawn, not laid out. */
function ManyCells({ cells }) {
  const canvas = useRef(null);
  const [told, tell] = useState('');
  const layout = () => {
    const width = canvas.current.clientWidth, size = cells.length > 4000 ? 9 : cells.length > 1000 ? 12 : 16;
    const columns = Math.max(1, Math.floor(width / size));
    return { width, size, columns, height: Math.ceil(cells.length / columns) * size };
  };
  useEffect(() => {
    const draw = () => {
      const { width, size, columns, height } = layout();
      const scale = window.devicePixelRatio;
      const probe = name => {
        canvas.current.style.color = `var(${name})`;
        return getComputedStyle(canvas.current).color;
      };
      const ink = { empty: probe('--sunk'), used: probe('--c0'), off: probe('--warn'), gone: probe('--bad') };
      canvas.current.width = width * scale;
      canvas.current.height = height * scale;
      canvas.current.style.height = `${height}px`;
      const pen = canvas.current.getContext('2d');
      pen.scale(scale, scale);
      for (let i = 0; i < cells.length; i++) {
        const cell = cells[i], x = i % columns * size, y = Math.floor(i / columns) * size, side = size - 2;
        pen.globalAlpha = 1;
        pen.fillStyle = ink.empty;
        pen.fillRect(x, y, side, side);
        if (cell === 'd' || cell === 'u') {
          pen.fillStyle = ink.gone;
          pen.fillRect(x, y, side, side);
        } else if (cell === 'x') {
          pen.fillStyle = ink.off;
          pen.fillRect(x, y + side / 2 - 1, side, 2);
        } else if (cell !== '0') {
          pen.globalAlpha = .15 + .85 * cell / 9;
          pen.fillStyle = ink.used;
          pen.fillRect(x, y, side, side);
        }
      }
    };
    draw();
    const watch = new ResizeObserver(draw);
    watch.observe(canvas.current.parentElement);
    return () => watch.disconnect();
  }, [cells]);
  const at = event => {
    const { size, columns } = layout(), box = canvas.current.getBoundingClientRect();
    const index = Math.floor((event.clientY - box.top) / size) * columns + Math.floor((event.clientX - box.left) / size);
    return index < cells.length ? index : null;
  };
  const open = async event => {
    const index = at(event);
    if (index === null) return;
    const { items } = await get(`/agents?offset=${index}&limit=1`);
    if (items[0]) {
      history.pushState(null, '', `/agents/${items[0].id}`);
      window.dispatchEvent(new PopStateEvent('popstate'));
    }
  };
  const hover = event => {
    const index = at(event);
    tell(index === null ? '' : `agent ${index + 1} of ${count(cells.length)}: ${cellWord(cells[index])}`);
  };
  return html`<canvas class="many" ref=${canvas} role="img" aria-label="${count(cells.length)} agents; the list of agents has the same" onPointerMove=${hover} onPointerLeave=${() => tell('')} onClick=${open}></canvas>
    <p class="soft" style="min-height:1.5em;font-size:12.5px">${told}</p>`;
}
