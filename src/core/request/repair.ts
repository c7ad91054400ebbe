import type { ContentBlock, Conversation, Failure, Repair } from '../conversation/model.ts';
import { estimateBlock } from '../money/estimate.ts';
import { type ImageTier, imageTier } from '../money/modelFacts.ts';
import { complaintOf, figureIn } from './complaint.ts';
import type { Need } from './limits.ts';
import type { ComposedRequest, UserBlock } from './messageRequest.ts';
import { type Refused, unchangedBy } from './refused.ts';
import { repairBlock, repairMessage, repairRoles } from './repairBlocks.ts';
import { repairDocuments } from './repairDocuments.ts';
import { repairCompaction, repairFields, repairLength, repairNamedFields } from './repairFields.ts';
import { repairImages, repairSize } from './repairImages.ts';
import { repairMedia } from './repairMedia.ts';
import { plain, withoutAttachments } from './repairPlain.ts';
import { newestQuestion } from './sentParts.ts';

/** A request is changed and sent again this often at most. */
export const MOST_REPAIR_ROUNDS = 6;

/**
 * What to change before the request is sent again, from what the API says is wrong with it; undefined when nothing is
 * left to try, or when the fault is not the request's (key, model, account, network). `tried` are the repairs since
 * the question was asked: none is proposed twice, and each leaves less to send, so this comes to an end.
 */
export function repairFor(
  failure: Failure,
  composed: ComposedRequest,
  conversation: Conversation,
  tried: readonly Repair[],
): readonly Need[] | undefined {
  if (!concernsRequest(failure) || rounds(conversation) >= MOST_REPAIR_ROUNDS) return undefined;
  const refused: Refused = { complaint: complaintOf(failure), failure, composed, conversation, tried };
  if (failure.kind === 'tooLong') return orUndefined(unchangedBy(repairLength(refused), refused));
  const hopeless = isHopeless(refused);
  for (const rule of hopeless ? [] : RULES) {
    const needs = unchangedBy(rule(refused), refused);
    if (needs.length > 0) return needs;
  }
  return undefined;
}

/**
 * What to record when no repair has helped, so that the next question still goes through: as the history was good
 * before, it is the newest question that leaves. Empty when the question is not to blame.
 */
export function givesUp(failure: Failure, composed: ComposedRequest): readonly Repair[] {
  const turn = newestQuestion(composed);
  const { compaction, context_management } = composed.request;
  if (turn === undefined || compaction || context_management) return [];
  const isToBlame = failure.kind === 'tooLong' ? isTooLongAlone(failure, composed) : concernsRequest(failure);
  return isToBlame ? [{ kind: 'turnWithdrawn', turn }] : [];
}

/** The most telling first: what a code or a path says, then what the words do, then what is worth a try. */
const RULES: readonly ((refused: Refused) => readonly Need[])[] = [
  repairCompaction,
  repairLength,
  repairFields,
  repairMedia,
  repairDocuments,
  repairImages,
  repairBlock,
  repairRoles,
  repairMessage,
  repairNamedFields,
  repairSize,
  plain,
  withoutAttachments,
];

/** Codes and words of refusals that no change of the request can lift (API docs, errors). */
const NOT_THE_REQUEST =
  /^(user_profile_|claude_code_|cmek_|organization_|thread_|storage_|linked_organization_)/;
const OTHER_SUBJECTS = new Set(['model', 'anthropic-version', 'x-api-key', 'authorization']);

function concernsRequest({ kind, code = '', message = '', paths = [] }: Failure): boolean {
  if (kind !== 'invalidRequest' && kind !== 'tooLarge' && kind !== 'tooLong') return false;
  if (NOT_THE_REQUEST.test(code)) return false;
  const [subject = ''] = complaintOf({ kind, message, paths }).paths[0] ?? [];
  return !OTHER_SUBJECTS.has(subject);
}

/** Refusals of what the newest question says: asked without its words it would be another question. */
function isHopeless({ complaint, composed, conversation }: Refused): boolean {
  if (/content filter|usage polic|violates? our/.test(complaint.message)) return true;
  const newest = newestQuestion(composed);
  const question = conversation.turns.findLast((turn) => turn.id === newest);
  const aboutFields = complaint.paths.some((path) => path.includes('cache_control'));
  return complaint.places.some(({ message, block }) => {
    const origin = composed.origins[message]?.[block ?? -1];
    if (aboutFields || !origin || question?.role !== 'user' || origin.turn !== newest) return false;
    return question.parts[origin.index]?.kind === 'text';
  });
}

/** How often this answer's request has been repaired already. */
function rounds({ turns }: Conversation): number {
  const newest = turns.at(-1);
  if (newest?.role !== 'assistant' || newest.state !== 'streaming') return 0;
  const failures = (newest.attempts ?? []).flatMap(({ failure }) => failure ?? []);
  return failures.filter(concernsRequest).length;
}

/** Whether the newest question would not fit even if nothing came before it: its share of the tokens, by length. */
function isTooLongAlone(failure: Failure, { request }: ComposedRequest): boolean {
  const message = failure.message?.toLowerCase() ?? '';
  const tokens = figureIn(message, /([\d,]+) tokens/);
  const most = figureIn(message, />\s*([\d,]+)/);
  const newest = request.messages.findLastIndex(({ role }) => role === 'user');
  if (tokens === undefined || most === undefined) return newest === 0;
  const tier = imageTier(request.model);
  const lengths = request.messages.map(({ content }) => lengthOf(content, tier));
  const all = lengths.reduce((total, length) => total + length, lengthOf(request.system ?? [], tier));
  return (tokens * (lengths[newest] ?? 0)) / all > most;
}

/** In tokens, as reckoned here. */
function lengthOf(blocks: readonly (UserBlock | ContentBlock)[], tier: ImageTier): number {
  return blocks.reduce((total, block) => total + estimateBlock(block, tier), 0);
}

function orUndefined(needs: readonly Need[]): readonly Need[] | undefined {
  return needs.length === 0 ? undefined : needs;
}
