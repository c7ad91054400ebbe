import type { FakeModel } from '../catalogue.ts';
import { invalid } from '../errors.ts';
import { blocksOf, textOf, type Wire, wireOf, wires } from '../wire.ts';
import { isThinking } from './binding.ts';
import { type Changes, renderPrompt, totalTokens } from './render.ts';

/** What clearing did to a prompt. */
export interface Edited {
  readonly changes: Changes;
  /** As `context_management.applied_edits` reports it. */
  readonly applied: readonly Wire[];
}

/** Applies `clear_thinking_20251015` and `clear_tool_uses_20250919`, in the order in which they were sent. */
export function applyEdits(request: Wire, model: FakeModel, changes: Changes): Edited {
  const edits = wires(wireOf(request.context_management).edits);
  const thinkingAt = edits.findIndex((edit) => edit.type === 'clear_thinking_20251015');
  if (thinkingAt > 0) {
    throw invalid('context_management.edits', '`clear_thinking_20251015` must be the first edit');
  }
  let edited: Edited = { changes, applied: [] };
  for (const edit of edits) {
    const cleared = clear(edit, request, model, edited.changes);
    if (!cleared) continue;
    const before = totalTokens(renderPrompt(request, model, edited.changes));
    const after = totalTokens(renderPrompt(request, model, cleared.changes));
    if (before - after < Number(wireOf(edit.clear_at_least).value ?? 1)) continue;
    const report = { type: edit.type, ...cleared.count, cleared_input_tokens: before - after };
    edited = { changes: cleared.changes, applied: [...edited.applied, report] };
  }
  return edited;
}

type Cleared = { readonly changes: Changes; readonly count: Wire } | undefined;

function clear(edit: Wire, request: Wire, model: FakeModel, changes: Changes): Cleared {
  if (edit.type === 'clear_thinking_20251015') return clearThinking(edit, request, changes);
  if (edit.type === 'clear_tool_uses_20250919') return clearToolUses(edit, request, model, changes);
  return undefined;
}

function clearThinking(edit: Wire, request: Wire, changes: Changes): Cleared {
  const { keep } = edit;
  if (keep === 'all' || wireOf(keep).type === 'all') return undefined;
  const kept = Number(wireOf(keep).value ?? 1);
  const turns = pathsOf(request, isThinking).filter((paths) => paths.length > 0);
  const cleared = turns.slice(0, Math.max(0, turns.length - kept));
  const hidden = cleared.flat().map((path) => [path, null] as const);
  return { changes: new Map([...changes, ...hidden]), count: { cleared_thinking_turns: cleared.length } };
}

/** Old tool results become a placeholder; their calls stay, so that the model knows what it did. */
function clearToolUses(edit: Wire, request: Wire, model: FakeModel, changes: Changes): Cleared {
  const excluded = Array.isArray(edit.exclude_tools) ? edit.exclude_tools.map(textOf) : [];
  const uses = wires(request.messages)
    .flatMap((message) => blocksOf(message.content))
    .filter((block) => block.type === 'tool_use' && !excluded.includes(textOf(block.name)))
    .map((block) => textOf(block.id));
  const { type = 'input_tokens', value = 100_000 } = wireOf(edit.trigger);
  const size = type === 'tool_uses' ? uses.length : totalTokens(renderPrompt(request, model, changes));
  if (size <= Number(value)) return undefined;
  const old = new Set(uses.slice(0, Math.max(0, uses.length - Number(wireOf(edit.keep).value ?? 3))));
  const isOld = (block: Wire) => block.type === 'tool_result' && old.has(textOf(block.tool_use_id));
  const replaced = wires(request.messages).flatMap((message, index) =>
    blocksOf(message.content).flatMap((block, at) =>
      isOld(block)
        ? [[`messages.${index}.content.${at}`, { ...block, content: '[cleared to save context]' }] as const]
        : [],
    ),
  );
  return { changes: new Map([...changes, ...replaced]), count: { cleared_tool_uses: replaced.length } };
}

/** Per message, the paths of the blocks that match. */
function pathsOf(request: Wire, matches: (block: Wire) => boolean): readonly (readonly string[])[] {
  return wires(request.messages).map((message, index) =>
    blocksOf(message.content).flatMap((block, at) =>
      matches(block) ? [`messages.${index}.content.${at}`] : [],
    ),
  );
}
