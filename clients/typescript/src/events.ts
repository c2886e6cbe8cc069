import type { Souk } from './client.js';
import { SoukError } from './errors.js';
import type { components } from './schema.js';

type Schemas = components['schemas'];

/** Event of a stream. */
export interface ServerSentEvent {
  /** Kind; `message` if the stream names none. */
  event: string;
  data: string;
  id?: string;
}

/** Progress of an import until it is finished. Ends early with the signal. */
export function watchImport(souk: Souk, id: number, signal?: AbortSignal): AsyncGenerator<Schemas['Import']> {
  const watched = souk.GET('/api/admin/imports/{id}/events', { params: { path: { id } }, ...streamed(signal) });
  return states(watched);
}

/** Progress of a job of the index until it is finished. Ends early with the signal. */
export function watchIndexJob(souk: Souk, id: number, signal?: AbortSignal): AsyncGenerator<Schemas['IndexJob']> {
  const watched = souk.GET('/api/admin/search/jobs/{id}/events', { params: { path: { id } }, ...streamed(signal) });
  return states(watched);
}

function streamed(signal: AbortSignal | undefined): { parseAs: 'stream'; signal?: AbortSignal } {
  return signal === undefined ? { parseAs: 'stream' } : { parseAs: 'stream', signal };
}

async function* states<State>(
  asked: Promise<{ data?: ReadableStream<Uint8Array> | null; error?: unknown; response: Response }>,
): AsyncGenerator<State> {
  const { data, error, response } = await asked;
  if (!response.ok || !data) throw new SoukError(response, error);
  for await (const event of serverSentEvents(data)) yield JSON.parse(event.data) as State;
}

/** Events of a stream, as the HTML standard reads them. */
export async function* serverSentEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += decoder.decode(value, { stream: !done });
      // A carriage return at the end may be half of a line's end.
      const half = !done && rest.endsWith('\r') ? '\r' : '';
      const blocks = rest.slice(0, rest.length - half.length).replace(/\r\n?/g, '\n').split('\n\n');
      rest = (blocks.pop() ?? '') + half;
      for (const block of blocks) {
        const event = eventOf(block);
        if (event) yield event;
      }
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** The event of a block of lines that end in `\n`; a block without data is none. */
function eventOf(block: string): ServerSentEvent | undefined {
  const data: string[] = [];
  const found: ServerSentEvent = { event: 'message', data: '' };
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') data.push(value);
    else if (name === 'event') found.event = value || 'message';
    else if (name === 'id') found.id = value;
  }
  found.data = data.join('\n');
  return data.length > 0 ? found : undefined;
}
