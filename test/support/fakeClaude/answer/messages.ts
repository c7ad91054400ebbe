import { replyOf } from '../faults.ts';
import { fingerprintOf } from '../prompt/diagnostics.ts';
import { prepare } from '../prompt/prepare.ts';
import type { Reply } from '../reply.ts';
import { isWire, textOf, type Wire } from '../wire.ts';
import type { Account } from './account.ts';
import type { Scripted } from './script.ts';
import { write } from './write.ts';
import type { Written } from './written.ts';

/** A finished message, and what of the script it was made from. */
export interface Answered {
  readonly message: Wire;
  readonly reply: Reply;
  readonly scripted: Scripted | undefined;
  /** To be called when the response begins: only then can others read what it wrote to the cache. */
  begin(): void;
}

/** Answers `POST /v1/messages`; throws an `ApiError` for what the API refuses. */
export function answerMessages(account: Account, request: Wire, betas: ReadonlySet<string>): Answered {
  const startedAt = account.now();
  const prepared = prepare(account, request, betas, 'messages');
  const { model, blocks } = prepared;
  const cached = account.cache.use(request, model, blocks, startedAt);
  const scripted = account.script.take('messages');
  const reply = (scripted?.kind === 'fault' ? replyOf(scripted.fault) : scripted?.reply) ?? {};
  const written = write(account, request, prepared, cached, reply);
  const id = account.newId('msg');
  const fingerprint = fingerprintOf(request, model, blocks);
  const asked = isWire(request.diagnostics) ? request.diagnostics : undefined;
  const diagnostics = account.diagnostics.explain(asked, fingerprint, cached.read);
  account.diagnostics.remember(id, fingerprint, cached.read + cached.write5m + cached.write1h);
  remember(account, written);
  const message = {
    id,
    type: 'message',
    role: 'assistant',
    model: model.info.id,
    content: written.blocks,
    stop_reason: written.stopReason,
    stop_sequence: written.stopSequence,
    stop_details: reply.stopDetails ?? null,
    container: null,
    context_management: request.context_management ? { applied_edits: prepared.appliedEdits } : null,
    diagnostics,
    ...(prepared.transformations ? { input_transformations: prepared.transformations } : {}),
    usage: {
      ...written.usage,
      server_tool_use: null,
      service_tier: 'standard',
      inference_geo: 'not_available',
      speed: textOf(request.speed) || 'standard',
      fallback_credit: null,
      ...reply.usage,
    },
  };
  return { message, reply, scripted, begin: () => cached.commit() };
}

/** What has been sent is taken back later, even if nobody else would know it. */
function remember(account: Account, written: Written): void {
  for (const block of written.blocks) account.issuedTypes.add(textOf(block.type));
  if (written.stopReason === 'pause_turn') account.unfinished.add(JSON.stringify(written.blocks));
}
