// How amounts, times and names are written.

const whole = new Intl.NumberFormat('en');

export const count = n => whole.format(n);

/** Processors: whole ones without decimals. */
export const cpus = n => n < 100 ? `${Number(n.toFixed(n < 10 ? 2 : 1))}` : whole.format(Math.round(n));

export function bytes(n) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let at = 0;
  while (n >= 1024 && at < units.length - 1) {
    n /= 1024;
    at++;
  }
  return `${n >= 100 || Number.isInteger(n) ? Math.round(n) : n.toFixed(1)} ${units[at]}`;
}

/** With a space that does not break. */
export const percent = part => part > 0 && part < 0.01 ? '<\u00a01\u00a0%' : `${Math.round(part * 100)}\u00a0%`;

export function duration(seconds) {
  if (seconds < 0) return '0 s';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ${Math.round(seconds % 3600 / 60)} min`;
  return `${Math.round(seconds / 86400)} days`;
}

/** Seconds from one time to another, both as the API writes them. */
export const between = (from, to) => (Date.parse(to) - Date.parse(from)) / 1000;

export function ago(time, now) {
  const seconds = between(time, now);
  return seconds < 1 ? 'just now' : `${duration(seconds)} ago`;
}

export const clock = time => new Date(time).toLocaleTimeString('en-GB');

export const moment = time => new Date(time).toLocaleString('sv-SE');

/** Resources other than the four that are shown by themselves. */
export function others(text) {
  return text.split(';').filter(part => part && !/^(cpus|mem|disk|gpus):/.test(part)).join('; ');
}

/** Words of a name in camel case: AgentFull is "agent full". */
export const words = name => name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
