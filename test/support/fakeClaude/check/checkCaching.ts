import { invalid } from '../errors.ts';
import { isCacheable } from '../prompt/promptCache.ts';
import { type Ttl, ttlOf } from '../prompt/render.ts';
import { blocksOf, isWire, type Wire, wires } from '../wire.ts';
import { onlyFields } from './checkFields.ts';

/** Cache breakpoints: their form, how many, where, and that long-lived ones come first. */
export function checkCaching(request: Wire): void {
  const markers = findMarkers(request);
  for (const marker of markers) checkMarker(marker.control, `${marker.path}.cache_control`);
  const automatic = request.cache_control;
  if (isWire(automatic)) {
    checkMarker(automatic, 'cache_control');
    checkAutomatic(request, automatic, markers);
  }
  if (markers.length > MOST) {
    throw invalid(
      '',
      `A maximum of ${MOST} blocks with cache_control may be provided. Found ${markers.length}.`,
    );
  }
  const order = [...markers, ...(isWire(automatic) ? [{ path: '', control: automatic }] : [])];
  const short = order.findIndex((marker) => ttlOf(marker.control) === '5m');
  const late = order.findLastIndex((marker) => ttlOf(marker.control) === '1h');
  if (short >= 0 && late > short) {
    const what = "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block";
    const path = order[late]?.path;
    throw invalid(path ? `${path}.cache_control.ttl` : 'cache_control.ttl', what);
  }
}

const MOST = 4;

interface Marker {
  readonly path: string;
  readonly control: Wire;
}

/** Explicit breakpoints in the order of the prompt: tools, system, messages. */
function findMarkers(request: Wire): readonly Marker[] {
  const messages = wires(request.messages).flatMap((message, index) =>
    markersIn(blocksOf(message.content), `messages.${index}.content`),
  );
  return [
    ...markersIn(wires(request.tools), 'tools'),
    ...markersIn(blocksOf(request.system), 'system'),
    ...messages,
  ];
}

function markersIn(blocks: readonly Wire[], path: string): readonly Marker[] {
  return blocks.flatMap((block, at) => {
    const here = `${path}.${at}`;
    const inner = block.type === 'tool_result' ? markersIn(blocksOf(block.content), `${here}.content`) : [];
    return isWire(block.cache_control) ? [...inner, { path: here, control: block.cache_control }] : inner;
  });
}

function checkMarker(control: Wire, path: string): void {
  onlyFields(control, path, ['type', 'ttl']);
  if (control.type !== 'ephemeral') throw invalid(`${path}.type`, "Input should be 'ephemeral'");
  if (control.ttl !== undefined && control.ttl !== '5m' && control.ttl !== '1h') {
    throw invalid(`${path}.ttl`, "Input should be '5m' or '1h'");
  }
}

/** The automatic breakpoint takes a slot, unless the last block already carries the same one. */
function checkAutomatic(request: Wire, automatic: Wire, markers: readonly Marker[]): void {
  const last = wires(request.messages)
    .flatMap((message) => blocksOf(message.content))
    .findLast((block) => isCacheable({ block }));
  const own: Ttl | undefined = ttlOf(last?.cache_control);
  if (own === ttlOf(automatic)) return;
  if (own) throw invalid('cache_control', 'the last block already has a cache_control with another ttl');
  if (markers.length >= MOST) {
    throw invalid('cache_control', `no breakpoint is left: ${MOST} blocks have cache_control already`);
  }
}
