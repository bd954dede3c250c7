// Lists of any length: rows of one height, read a hundred at a time as they come into sight.
import { html, useEffect, useMemo, useRef, useState } from './vendor/htm-preact.js';
import { get, useLive } from './api.js';
import { count } from './format.js';

const rowHeight = 38, pageSize = 100, headHeight = 36;

/** The parts of a list that are in sight, and how many rows there are in all. */
function useRows(path, query, visible) {
  const { state } = useLive();
  const key = `${path}?${query}`;
  const [seen, see] = useState({ key: null, total: 0, pages: new Map(), whole: null, error: null });
  const busy = useRef({ until: 0, key: null });
  const first = Math.floor(visible.from / pageSize), last = Math.floor(Math.max(visible.from, visible.to - 1) / pageSize);
  useEffect(() => {
    const now = performance.now();
    const missing = seen.key !== key || [...Array(last - first + 1).keys()].some(i => !seen.pages.has(first + i) && (first + i) * pageSize < seen.total);
    if (busy.current.key === `${key}|${first}|${last}` && now < busy.current.until && !(missing && busy.current.until !== Infinity)) return;
    const mine = busy.current = { key: `${key}|${first}|${last}`, until: Infinity };
    const numbers = [...Array(last - first + 1).keys()].map(i => first + i);
    Promise.all(numbers.map(n => get(`${path}?${query}${query ? '&' : ''}offset=${n * pageSize}&limit=${pageSize}`))).then(read => {
      if (busy.current !== mine) return;
      mine.until = now + (performance.now() - now) * 10;
      see({ key, total: read[0].total, pages: new Map(numbers.map((n, i) => [n, read[i].items])), whole: read[0], error: null });
    }, error => {
      if (busy.current !== mine) return;
      mine.until = now + 2000;
      see(before => ({ ...before, key, error }));
    });
  }, [key, first, last, state]);
  return seen;
}

/**
 * A list of the API as a table.
 * columns: [{ name, sort, num, low, wide, show(item, time) }], where low is 2 for what a phone and 3 for what a small screen leaves out.
 */
export function Table({ path, query = '', columns, empty = 'There is nothing here.', search = 'Filter', tools, noun = 'rows', initialSort = '' }) {
  const [text, setText] = useState('');
  const [sort, setSort] = useState(initialSort);
  const [visible, setVisible] = useState({ from: 0, to: 40 });
  const box = useRef(null);
  const full = useMemo(() => {
    const parts = new URLSearchParams(query);
    if (text) parts.set('q', text);
    if (sort) parts.set('sort', sort);
    return parts.toString();
  }, [query, text, sort]);
  const { total, pages, whole, error, key } = useRows(path, full, visible);

  const look = () => {
    const { scrollTop, clientHeight } = box.current;
    const from = Math.max(0, Math.floor((scrollTop - headHeight) / rowHeight) - 10), to = from + Math.ceil(clientHeight / rowHeight) + 20;
    if (Math.abs(from - visible.from) > 5 || to > visible.to + 5) setVisible({ from, to });
  };
  useEffect(() => {
    if (box.current) box.current.scrollTop = 0;
    setVisible({ from: 0, to: 40 });
  }, [full, path]);

  const rows = [];
  for (let at = visible.from; at < Math.min(visible.to, total); at++) {
    const item = pages.get(Math.floor(at / pageSize))?.[at % pageSize];
    if (item) rows.push([at, item]);
  }
  const above = rows.length ? rows[0][0] : 0, below = rows.length ? total - rows[rows.length - 1][0] - 1 : 0;
  const turn = column => setSort(sort === column ? `-${column}` : sort === `-${column}` ? '' : column);
  const classes = column => `${column.num ? 'num' : ''} ${column.low ? `p${column.low}` : ''} ${column.wide ? 'wide' : ''}`;
  return html`
    <div>
      <div class="tools">
        ${search ? html`<input type="search" data-filter aria-label=${search} placeholder="${search}  /" value=${text} onInput=${event => setText(event.target.value)} />` : null}
        ${tools}
        <span class="summary" role="status">${key ? `${count(total)} ${noun}` : ''}</span>
      </div>
      ${error ? html`<div class="error" role="alert">${error.message}</div>` : null}
      <div class="scroll" ref=${box} onScroll=${look} tabindex="0" aria-label=${noun}>
        <table aria-rowcount=${total}>
          <thead><tr>${columns.map(column => html`
            <th key=${column.name} class=${classes(column)} scope="col" aria-sort=${sort === column.sort ? 'ascending' : sort === `-${column.sort}` ? 'descending' : undefined}>
              ${column.sort ? html`<button type="button" onClick=${() => turn(column.sort)}>${column.name}${sort === column.sort ? ' ↑' : sort === `-${column.sort}` ? ' ↓' : ''}</button>` : column.name}
            </th>`)}</tr></thead>
          <tbody>
            ${above > 0 ? html`<tr class="space" key="above"><td colspan=${columns.length} style=${{ height: `${above * rowHeight}px` }}></td></tr>` : null}
            ${rows.map(([at, item]) => html`<tr key=${at} aria-rowindex=${at + 1}>${columns.map(column => html`<td key=${column.name} class=${classes(column)}>${column.show(item, whole.time)}</td>`)}</tr>`)}
            ${below > 0 ? html`<tr class="space" key="below"><td colspan=${columns.length} style=${{ height: `${below * rowHeight}px` }}></td></tr>` : null}
          </tbody>
        </table>
        ${key && total === 0 ? html`<p class="nothing">${text ? `Nothing has “${text}”.` : empty}</p>` : null}
      </div>
    </div>`;
}
