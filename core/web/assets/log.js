// The end of a file, and what is added to it as it comes.
import { html, useEffect, useRef, useState } from './vendor/htm-preact.js';

const tailBytes = 65536, keptChars = 400000;

export function Log({ agent, path }) {
  const box = useRef(null), stuck = useRef(true);
  const [seen, see] = useState({ text: '', note: 'reading…' });
  useEffect(() => {
    const stop = new AbortController();
    const address = `/api/v1/agents/${encodeURIComponent(agent)}/files/${path}`;
    const read = async () => {
      const response = await fetch(`${address}?follow=true&offset=-${tailBytes}`, { signal: stop.signal });
      if (!response.ok) {
        const { error } = await response.json().catch(() => ({ error: `status ${response.status}` }));
        see({ text: '', note: response.status === 404 ? 'There is no such file (any more).' : error });
        return;
      }
      see({ text: '', note: 'follows the file' });
      const reader = response.body.getReader(), decoder = new TextDecoder();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        const more = decoder.decode(value, { stream: true });
        see(before => ({ ...before, text: (before.text + more).slice(-keptChars) }));
      }
      see(before => ({ ...before, note: 'complete: what writes it has ended' }));
    };
    read().catch(error => {
      if (!stop.signal.aborted) see(before => ({ ...before, note: `the agent does not answer: ${error.message}` }));
    });
    return () => stop.abort();
  }, [agent, path]);
  useEffect(() => {
    if (stuck.current) box.current.scrollTop = box.current.scrollHeight;
  }, [seen.text]);
  const scrolled = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    stuck.current = scrollHeight - scrollTop - clientHeight < 24;
  };
  return html`<pre class="log" ref=${box} tabindex="0" aria-label="File" onScroll=${scrolled}>${seen.text || html`<span class="faint">${seen.note.startsWith('complete') || seen.note.startsWith('follows') ? 'Nothing is written there.' : ''}</span>`}</pre>
    <p class="faint" style="font-size:12.5px;margin-top:6px">${seen.note}</p>`;
}
