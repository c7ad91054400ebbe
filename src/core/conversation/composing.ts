import { fail, type Result, succeed } from '../ports.ts';
import { checkLimits, type Need } from '../request/limits.ts';
import type { ComposedRequest } from '../request/messageRequest.ts';
import { composeRequest, type RequestOptions } from '../request/request.ts';
import type { AskContext, EndpointKnowledge } from './askContext.ts';
import type { Conversation, Repair } from './model.ts';
import { type ImagePart, storedIn } from './parts.ts';

/** What endpoint and model are known to take while one answer is asked for. */
export type Known = Pick<EndpointKnowledge, 'without' | 'maxTokens'>;

/** What a repair teaches about the endpoint, added to what is known. */
export function learned(known: Known, repairs: readonly Repair[]): Known {
  const dropped = repairs.flatMap((repair) => (repair.kind === 'fieldDropped' ? [repair.field] : []));
  const lowered = repairs.findLast((repair) => repair.kind === 'maxTokensLowered');
  const maxTokens = lowered?.tokens ?? known.maxTokens;
  return {
    without: new Set([...known.without, ...dropped]),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  };
}

/** The options of a request in this context, with the bytes of the attachments that the conversation names. */
export async function requestOptions(
  conversation: Conversation,
  context: AskContext,
  known: Known,
): Promise<RequestOptions> {
  const { model, modelInfo, effort, thinking, showThinking, maxOutputTokens, ttl } = context;
  const bytes = await loadAttachments(conversation, context);
  return {
    modelId: model.id,
    ...(modelInfo ? { model: modelInfo } : {}),
    effort,
    thinking,
    showThinking,
    maxOutputTokens: Math.min(maxOutputTokens, known.maxTokens ?? maxOutputTokens),
    ttl,
    without: known.without,
    attachment: (sha256) => bytes.get(sha256),
  };
}

/** The request, and what has to be changed in the conversation before the API would take it. */
export async function compose(
  conversation: Conversation,
  context: AskContext,
  known: Known,
): Promise<{ readonly composed: ComposedRequest; readonly needs: readonly Need[] }> {
  const composed = composeRequest(conversation, await requestOptions(conversation, context, known));
  return { composed, needs: checkLimits(composed, conversation, context.modelInfo) };
}

/** Turns needs into repairs: images are made smaller where that can be done, and left out where not. */
export async function repairsFor(
  needs: readonly Need[],
  conversation: Conversation,
  context: AskContext,
): Promise<readonly Repair[]> {
  const repairs: Repair[] = [];
  for (const need of needs) {
    repairs.push(need.kind === 'shrinkImage' ? await shrink(need, conversation, context) : need);
  }
  return repairs;
}

async function shrink(
  need: Extract<Need, { kind: 'shrinkImage' }>,
  conversation: Conversation,
  context: AskContext,
): Promise<Repair> {
  const { turn, part } = need;
  const image = imageAt(conversation, turn, part);
  const smaller = image ? await shrunk(image, need, context) : fail<ImagePart>({ kind: 'unexpected' });
  return smaller.ok
    ? { kind: 'partReplaced', turn, part, by: smaller.value }
    : { kind: 'partLeftOut', turn, part };
}

async function shrunk(
  image: ImagePart,
  limits: { readonly maxSide: number; readonly maxBytes: number },
  { shrinker, attachments }: AskContext,
): Promise<Result<ImagePart>> {
  if (!shrinker || image.source.type !== 'stored') return fail({ kind: 'unexpected' });
  const made = await shrinker.shrink(image.source, limits);
  if (!made.ok) return made;
  const { bytes, mediaType, width, height } = made.value;
  const stored = await attachments.put(bytes);
  if (!stored.ok) return stored;
  const { sha256 } = stored.value;
  return succeed({
    ...image,
    source: { type: 'stored', sha256, mediaType, bytes: bytes.length, width, height },
  });
}

function imageAt(conversation: Conversation, turn: string, part: number): ImagePart | undefined {
  const question = conversation.turns.find((candidate) => candidate.id === turn);
  const found = question?.role === 'user' ? question.parts[part] : undefined;
  return found?.kind === 'image' ? found : undefined;
}

/** Bytes that are gone are missing in the map; the request says so in their place. */
async function loadAttachments(
  { turns }: Conversation,
  { attachments }: AskContext,
): Promise<ReadonlyMap<string, string>> {
  const names = new Set<string>();
  for (const turn of turns) {
    if (turn.role !== 'user') continue;
    for (const part of turn.parts) {
      const stored = storedIn(part);
      if (stored) names.add(stored.sha256);
    }
  }
  const bytes = new Map<string, string>();
  for (const name of names) {
    const read = await attachments.base64(name);
    if (read.ok) bytes.set(name, read.value);
  }
  return bytes;
}
