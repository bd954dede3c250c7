// What the pages read, and how they stay up to date: the master sends the state each second, and with each state a page
// reads its own part again.
import { useEffect, useRef, useState } from './vendor/htm-preact.js';

const retryMs = 2000, patienceMs = 20000;

/** Reads a path of the API. A master that no longer leads sends elsewhere: then the page is loaded anew, from there. */
export async function get(path, signal) {
  const response = await fetch(`/api/v1${path}`, { redirect: 'manual', signal: signal ?? AbortSignal.timeout(patienceMs) });
  if (response.type === 'opaqueredirect') {
    location.reload();
    return await new Promise(() => {});
  }
  const body = await response.json().catch(() => ({ error: `the answer cannot be read (${response.status})` }));
  if (!response.ok) throw Object.assign(new Error(body.error), { status: response.status });
  return body;
}

const live = { state: null, link: 'wait', watchers: new Set(), source: null };

function tell() {
  for (const watcher of live.watchers) watcher({ state: live.state, link: live.link });
}

function connect() {
  if (live.source || document.hidden) return;
  const source = live.source = new EventSource('/api/v1/events');
  source.addEventListener('state', event => {
    live.state = JSON.parse(event.data);
    live.link = 'live';
    tell();
  });
  source.onerror = () => {
    disconnect();
    live.link = 'lost';
    tell();
    // Asks plainly too: only so is it seen that another master leads.
    setTimeout(() => get('/state').catch(() => {}).finally(connect), retryMs);
  };
}

function disconnect() {
  live.source?.close();
  live.source = null;
}

// A page that nobody sees asks for nothing: a browser has only six connections to a host.
document.addEventListener('visibilitychange', () => document.hidden ? disconnect() : connect());
window.addEventListener('pagehide', disconnect);
window.addEventListener('pageshow', connect);

/** The state of the cluster, anew each second, and whether the master answers: wait, live or lost. */
export function useLive() {
  const [seen, see] = useState({ state: live.state, link: live.link });
  useEffect(() => {
    live.watchers.add(see);
    see({ state: live.state, link: live.link });
    connect();
    return () => live.watchers.delete(see);
  }, []);
  return seen;
}

/**
 * What a path of the API has, read again with each state, but never so often that reading takes more than a tenth of the time.
 * Null for a path reads nothing.
 */
export function useData(path, everyMs = 0) {
  const { state } = useLive();
  const [seen, see] = useState({ data: null, error: null, path: null });
  const busy = useRef({ path: null, until: 0 });
  useEffect(() => {
    const now = performance.now(), last = busy.current;
    if (!path || last.path === path && now < last.until) return;
    const mine = busy.current = { path, until: Infinity };
    get(path).then(data => ({ data, error: null }), error => ({ data: null, error })).then(read => {
      if (busy.current !== mine) return;
      const took = performance.now() - now;
      mine.until = now + Math.max(took * 10, everyMs);
      // What was there stays in sight while the master is away.
      see(before => ({ ...read, data: read.data ?? (before.path === path && !read.error?.status ? before.data : null), path }));
    });
  }, [path, state]);
  return seen.path === path ? seen : { data: null, error: null, path };
}
