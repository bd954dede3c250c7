// The frame of the pages: places, the link to the master, and which page an address shows.
import { html, render, useEffect, useState } from './vendor/htm-preact.js';
import { useData, useLive } from './api.js';
import { giveColours } from './parts.js';
import { count, duration, between } from './format.js';
import { Cluster } from './pages/cluster.js';
import { Frameworks, Framework } from './pages/frameworks.js';
import { Agents, Agent } from './pages/agents.js';
import { Tasks, Task } from './pages/tasks.js';
import { Roles } from './pages/roles.js';
import { Offers } from './pages/offers.js';
import { Files } from './pages/files.js';
import { Jobs, kindNames } from './pages/jobs.js';
import { Report, Reports } from './pages/reports.js';

const routes = [
  [/^\/$/, Cluster, 'Cluster'],
  [/^\/frameworks$/, Frameworks, 'Frameworks'],
  [/^\/frameworks\/([^/]+)$/, Framework, 'Framework'],
  [/^\/agents$/, Agents, 'Agents'],
  [/^\/agents\/([^/]+)$/, Agent, 'Agent'],
  [/^\/tasks$/, Tasks, 'Tasks'],
  [/^\/tasks\/([^/]+)\/([^/]+)$/, Task, 'Task'],
  [/^\/roles$/, Roles, 'Roles'],
  [/^\/offers$/, Offers, 'Offers'],
  [/^\/jobs\/([^/]+)$/, Jobs, 'Jobs'],
  [/^\/files\/([^/]+)\/([^/]+)\/([^/]+)\/?(.*)$/, Files, 'Files'],
  [/^\/reports$/, Reports, 'Reports'],
  [/^\/reports\/(.+)$/, Report, 'Report'],
];

const places = [
  ['/', 'Cluster'], ['/frameworks', 'Frameworks', s => s.frameworksLive], ['/agents', 'Agents', s => s.agents.all],
  ['/tasks', 'Tasks', s => s.tasks.live], ['/offers', 'Offers', s => s.offers.out], ['/roles', 'Roles'], ['/reports', 'Reports'],
];

function usePath() {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const go = () => setPath(location.pathname);
    const click = event => {
      const link = event.target.closest?.('a[href^="/"]');
      if (!link || link.target || link.hasAttribute('download') || link.pathname.startsWith('/api/') ||
        event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      if (link.href !== location.href) history.pushState(null, '', link.href);
      go();
      window.scrollTo(0, 0);
      document.querySelector('main').focus({ preventScroll: true });
    };
    const key = event => {
      if (event.key !== '/' || event.target.closest('input, select, textarea')) return;
      const filter = document.querySelector('[data-filter]');
      if (!filter) return;
      event.preventDefault();
      filter.focus();
    };
    window.addEventListener('popstate', go);
    document.addEventListener('click', click);
    document.addEventListener('keydown', key);
    return () => {
      window.removeEventListener('popstate', go);
      document.removeEventListener('click', click);
      document.removeEventListener('keydown', key);
    };
  }, []);
  return path;
}

const themes = { auto: 'light dark', light: 'light', dark: 'dark' };

function useTheme() {
  const [theme, setTheme] = useState(localStorage.getItem('theme') ?? 'auto');
  useEffect(() => {
    document.documentElement.style.colorScheme = themes[theme] ?? themes.auto;
    localStorage.setItem('theme', theme);
  }, [theme]);
  return [theme, () => setTheme({ auto: 'light', light: 'dark' }[theme] ?? 'auto')];
}

const links = { live: ['', 'live'], wait: ['wait', 'connecting'], lost: ['lost', 'no answer'] };

function App() {
  const path = usePath();
  const { state, link } = useLive();
  giveColours(state?.frameworks ?? []);
  const [theme, turn] = useTheme();
  const { data: pages } = useData('/pages', 3000);
  const kinds = [...new Set(pages?.items.map(page => page.kind) ?? [])].sort();
  const [found] = routes.map(([pattern, page, title]) => ({ match: path.match(pattern), page, title })).filter(route => route.match);
  const args = found?.match.slice(1).map(decodeURIComponent) ?? [];
  useEffect(() => {
    document.title = found ? `${args.length ? `${args.filter(Boolean).at(-1)} · ` : ''}${found.title} · Agora` : 'Agora';
  }, [path]);
  // On a phone the places are a row that may be longer than the screen.
  useEffect(() => document.querySelector('.places [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }), [path, kinds.length]);
  const pulse = html`<span class="pulse ${links[link][0]}" role="status">${links[link][1]}</span>`;
  return html`
    <div class="frame">
      <a class="skip" href="#main">To the content</a>
      <nav class="side" aria-label="Places">
        <div class="row">
          <a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="26" height="26" />Agora</a>
          ${pulse}
        </div>
        <ul class="places">${places.map(([to, name, number]) => html`
          <li key=${to}><a href=${to} aria-current=${(to === '/' ? path === to : path.startsWith(to)) ? 'page' : undefined}>${name}
            ${number && state ? html`<span class="count">${count(number(state))}</span>` : null}</a></li>`)}
          ${kinds.length ? html`<li key="jobs" class="heading">Jobs</li>` : null}
          ${kinds.map(kind => html`<li key=${`job-${kind}`}><a href="/jobs/${kind}" aria-current=${path === `/jobs/${kind}` ? 'page' : undefined}>${kindNames[kind] ?? kind}</a></li>`)}</ul>
        <div class="foot">
          ${pulse}
          ${state ? html`<span>${location.host}<br />epoch ${state.epoch} · ${state.allocator}<br />up ${duration(between(state.started, state.time))}</span>` : null}
          <button type="button" class="plain" onClick=${turn}>Theme: ${theme}</button>
        </div>
      </nav>
      <main class="main" id="main" tabindex="-1">
        ${found ? html`<${found.page} key=${found.title + args.join('/')} args=${args} />` : html`<h1>There is no such page</h1><p><a href="/">The cluster</a></p>`}
      </main>
    </div>`;
}

render(html`<${App} />`, document.getElementById('app'));
