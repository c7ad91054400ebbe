import type { Conversation, Failure, OptionalField, Repair } from '../conversation/model.ts';
import type { Complaint } from './complaint.ts';
import type { Need } from './limits.ts';
import type { BlockOrigin, ComposedRequest } from './messageRequest.ts';
import { type SentFile, thinkingBehind } from './sentParts.ts';

/** A request that the API did not accept, what it says about it, and what has been tried. */
export interface Refused {
  readonly complaint: Complaint;
  readonly failure: Failure;
  readonly composed: ComposedRequest;
  readonly conversation: Conversation;
  readonly tried: readonly Repair[];
}

/** The needs that are still worth a try, together with the thinking that they take with them. */
export function unchangedBy(needs: readonly Need[], refused: Refused): readonly Need[] {
  const { composed, tried } = refused;
  const done = new Set(tried.map(nameOf));
  const open = needs.filter((need) => !done.has(nameOf(need)));
  const alone = open.filter((need) => need.kind !== 'thinkingLeftOut');
  const turns = new Set(alone.flatMap((need) => (changesHistory(need) ? [need.turn] : [])));
  const behind = thinkingBehind(turns, composed).filter((need) => !done.has(nameOf(need)));
  return [...new Map([...open, ...behind].map((need) => [nameOf(need), need])).values()];
}

/** Whether the request carries this optional field. */
export function carries({ request }: ComposedRequest, field: OptionalField): boolean {
  const { thinking } = request;
  switch (field) {
    case 'thinking':
      return thinking !== undefined;
    case 'thinking.display':
      return thinking !== undefined && 'display' in thinking;
    case 'block_binding':
      return thinking !== undefined && 'block_binding' in thinking;
    case 'effort':
      return request.output_config !== undefined;
    case 'diagnostics':
      return request.diagnostics !== undefined;
    case 'cache_control':
      return controls(request).length > 0;
    case 'cache_ttl':
      return controls(request).some((control) => control.ttl !== undefined);
  }
}

/** Those of the files that the complaint points at. */
export function pointedAt<Sent extends SentFile>(
  files: readonly Sent[],
  { complaint, composed }: Refused,
): readonly Sent[] {
  return complaint.places.flatMap(({ message, block }) => {
    const origin = originAt(composed, message, block);
    return files.filter(({ turn, part }) => turn === origin?.turn && part === origin.index);
  });
}

/** Where a block of the request comes from, when the place is in it. */
export function originAt(
  { origins }: ComposedRequest,
  message: number,
  block: number | undefined,
): BlockOrigin | undefined {
  return block === undefined ? undefined : origins[message]?.[block];
}

function controls(request: ComposedRequest['request']): readonly { readonly ttl?: string }[] {
  const users = request.messages.flatMap((message) => (message.role === 'user' ? message.content : []));
  return [...(request.system ?? []), ...users].flatMap((block) => block.cache_control ?? []);
}

function changesHistory(need: Need): need is Extract<Need, { readonly turn: string }> {
  return 'turn' in need;
}

/** What a need is about; a part that was made smaller once counts as tried for that, not for being left out. */
function nameOf(need: Need): string {
  if (need.kind === 'shrinkImage' || need.kind === 'partReplaced') return `smaller ${need.turn} ${need.part}`;
  return JSON.stringify(need);
}
