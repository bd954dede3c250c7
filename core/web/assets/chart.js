// Shares over time, stacked; drawn as SVG, so that it has the page's colours.
import { html, useEffect, useRef, useState } from './vendor/htm-preact.js';
import { colour, giveColours } from './parts.js';
import { clock, percent } from './format.js';

const height = 220, left = 40, right = 6, top = 8, bottom = 24;

function useWidth(ref) {
  const [width, setWidth] = useState(600);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.max(200, entry.contentRect.width)));
    watch.observe(ref.current);
    return () => watch.disconnect();
  }, []);
  return width;
}

/** data: { times, series: [{ framework, name, values }], stepSeconds }, values from 0 to 1; ceiling: what the scale ends at. */
export function StackedChart({ data, ceiling = 1, spanSeconds }) {
  const box = useRef(null);
  const width = useWidth(box);
  const [at, setAt] = useState(null);
  const { times, series } = data;
  giveColours(series.filter(one => one.framework).map(one => ({ id: one.framework, name: one.name })));
  // A cluster that is young fills the chart all the same.
  const end = times.length ? times[times.length - 1] : Date.now();
  const begin = Math.max(end - spanSeconds * 1000, Math.min(times[0] ?? 0, end - spanSeconds * 100));
  const x = time => left + (width - left - right) * Math.max(0, (time - begin) / (end - begin));
  const y = value => top + (height - top - bottom) * (1 - Math.min(1, value / ceiling));
  const sums = times.map(() => 0);
  const areas = series.map(one => {
    const low = [...sums];
    one.values.forEach((value, i) => sums[i] += value);
    const high = [...sums];
    const line = (values, order) => order.map(i => `${x(times[i]).toFixed(1)},${y(values[i]).toFixed(1)}`).join('L');
    const order = [...times.keys()];
    return times.length > 1 ? `M${line(high, order)}L${line(low, order.reverse())}Z` : '';
  });
  const seek = clientX => {
    const offset = clientX - box.current.getBoundingClientRect().left;
    let nearest = null;
    times.forEach((time, i) => {
      if (nearest === null || Math.abs(x(time) - offset) < Math.abs(x(times[nearest]) - offset)) nearest = i;
    });
    setAt(nearest);
  };
  const keys = event => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || !times.length) return;
    event.preventDefault();
    setAt(Math.min(times.length - 1, Math.max(0, (at ?? times.length - 1) + step)));
  };
  const marks = [0, 1, 2, 3].map(i => begin + (end - begin) * i / 3);
  const rules = [0, .25, .5, .75, 1].map(part => part * ceiling);
  const shown = at !== null && at < times.length ? at : null;
  return html`
    <div class="chart" ref=${box} tabindex="0" role="img" aria-label="Share of each framework over time; arrow keys read it out"
      onPointerMove=${event => seek(event.clientX)} onPointerLeave=${() => setAt(null)} onBlur=${() => setAt(null)} onKeyDown=${keys}>
      <svg height=${height} viewBox="0 0 ${width} ${height}" aria-hidden="true">
        ${rules.map(value => html`<g key=${value}><line class="rule" x1=${left} x2=${width - right} y1=${y(value)} y2=${y(value)} /><text class="axis" x=${left - 7} y=${y(value) + 4} text-anchor="end">${Math.round(value * 100)} %</text></g>`)}
        ${areas.map((path, i) => html`<path key=${series[i].framework ?? 'others'} class="area" d=${path} fill=${colour(series[i].framework && series[i].name)} />`)}
        ${marks.map((time, i) => html`<text key=${i} class="axis" x=${x(time)} y=${height - 6} text-anchor=${i === 0 ? 'start' : i === 3 ? 'end' : 'middle'}>${clock(time).slice(0, spanSeconds > 3600 ? 5 : 8)}</text>`)}
        ${shown === null ? null : html`<line class="now" x1=${x(times[shown])} x2=${x(times[shown])} y1=${top} y2=${height - bottom} />`}
      </svg>
      ${shown === null ? null : html`
        <div class="tip" role="status" style=${x(times[shown]) > width / 2 ? { right: `${width - x(times[shown]) + 12}px` } : { left: `${x(times[shown]) + 12}px` }}>
          <strong>${clock(times[shown])}</strong>
          ${[...series].reverse().filter(one => one.values[shown] > 0).map(one => html`<div key=${one.framework ?? 'others'}>
            <i class="swatch" style=${{ background: colour(one.framework && one.name) }}></i><span>${one.name}</span><b>${percent(one.values[shown])}</b></div>`)}
          <div><i></i><span>idle</span><b>${percent(Math.max(0, 1 - sums[shown]))}</b></div>
        </div>`}
    </div>`;
}
