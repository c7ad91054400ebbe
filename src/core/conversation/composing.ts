import { fail, GONE, type Result, succeed } from '../ports.ts';
import { checkLimits, type Need } from '../request/limits.ts';
import type { ComposedRequest } from '../request/messageRequest.ts';
import { composeRequest, type RequestOptions } from '../request/request.ts';
import { allThinking, thinkingBehind } from '../request/sentParts.ts';
import type { AskContext, EndpointKnowledge } from './askContext.ts';
import type { Conversation, Failure, Repair } from './model.ts';
import { type ImagePart, storedIn } from './parts.ts';
import { sentParts } from './sentParts.ts';

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

/** The options of a request, and what became of the files that it sends. */
export interface Prepared {
  readonly options: RequestOptions;
  /** Names of files that nobody has any more. */
  readonly gone: ReadonlySet<string>;
  /** Why a file could not be read that may well be there. The request must not go out without it. */
  readonly failure?: Failure;
}

/** The options of a request in this context, with the bytes of the attachments that it sends. */
export async function requestOptions(
  conversation: Conversation,
  context: AskContext,
  known: Known,
): Promise<Prepared> {
  const { bytes, gone, failure } = await loadAttachments(conversation, context);
  const pack = await loadPack(conversation, context);
  const options = optionsOf(context, known, bytes, pack.text);
  const missing = failure ?? pack.failure;
  return {
    options,
    gone: pack.isGone ? new Set([...gone, PACK]) : gone,
    ...(missing ? { failure: missing } : {}),
  };
}

/** Stands for the context pack among the names of files that are gone; no hash is called so. */
const PACK = 'pack';

function optionsOf(
  context: AskContext,
  known: Known,
  bytes: ReadonlyMap<string, string>,
  packText: string | undefined,
): RequestOptions {
  const { model, modelInfo, effort, thinking, showThinking, maxOutputTokens, ttl, workspace } = context;
  return {
    modelId: model.id,
    ...(modelInfo ? { model: modelInfo } : {}),
    effort,
    thinking,
    showThinking,
    maxOutputTokens: Math.min(maxOutputTokens, known.maxTokens ?? maxOutputTokens),
    ttl,
    packTtl: ttl === '1h' ? ttl : workspace.packTtl,
    ...(packText === undefined ? {} : { packText }),
    without: known.without,
    attachment: (sha256) => bytes.get(sha256),
  };
}

/**
 * The request, and what has to be changed in the conversation before it can go out. Fails when a file cannot be read just
 * now: without it the request would be another, and the next one again.
 */
export async function compose(
  conversation: Conversation,
  context: AskContext,
  known: Known,
): Promise<Result<{ readonly composed: ComposedRequest; readonly needs: readonly Need[] }>> {
  const { options, gone, failure } = await requestOptions(conversation, context, known);
  if (failure) return fail(failure);
  const composed = composeRequest(conversation, options);
  const limits = checkLimits(composed, conversation, context.modelInfo);
  return succeed({ composed, needs: distinct([...goneNeeds(gone, composed, conversation), ...limits]) });
}

/** Takes note that files are gone, so that their places say the same in all requests from now on. */
function goneNeeds(
  gone: ReadonlySet<string>,
  composed: ComposedRequest,
  conversation: Conversation,
): readonly Need[] {
  if (gone.size === 0) return [];
  const left = sentParts(conversation, true).flatMap(({ turn, index, part }) =>
    gone.has(storedIn(part)?.sha256 ?? '')
      ? [{ kind: 'partLeftOut', turn, part: index, gone: true } as const]
      : [],
  );
  if (gone.has(PACK)) return [{ kind: 'packGone' }, ...left, ...allThinking(composed)];
  return [...left, ...thinkingBehind(new Set(left.map(({ turn }) => turn)), composed)];
}

function distinct(needs: readonly Need[]): readonly Need[] {
  return [...new Map(needs.map((need) => [JSON.stringify(need), need])).values()];
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

interface Loaded {
  readonly bytes: ReadonlyMap<string, string>;
  readonly gone: ReadonlySet<string>;
  readonly failure?: Failure;
}

/** The text of the conversation's context pack; none where it has none, or is known to have lost it. */
async function loadPack(
  { system }: Conversation,
  { attachments }: AskContext,
): Promise<{ readonly text?: string; readonly isGone?: boolean; readonly failure?: Failure }> {
  const pack = system?.pack;
  if (!pack || pack.gone) return {};
  const read = await attachments.text(pack.sha256);
  if (read.ok) return { text: read.value };
  return read.failure.code === GONE ? { isGone: true } : { failure: read.failure };
}

/** Reads the files that are still sent, those of a question among them that is about to be asked. */
async function loadAttachments(conversation: Conversation, { attachments }: AskContext): Promise<Loaded> {
  const names = new Set<string>();
  for (const { part } of sentParts(conversation, true)) {
    const stored = storedIn(part);
    if (stored) names.add(stored.sha256);
  }
  const bytes = new Map<string, string>();
  const gone = new Set<string>();
  let failure: Failure | undefined;
  for (const name of names) {
    const read = await attachments.base64(name);
    if (read.ok) bytes.set(name, read.value);
    else if (read.failure.code === GONE) gone.add(name);
    else failure ??= read.failure;
  }
  return { bytes, gone, ...(failure ? { failure } : {}) };
}
