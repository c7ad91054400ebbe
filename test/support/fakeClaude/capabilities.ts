import type { BetaModelCapabilities } from '@anthropic-ai/sdk/resources/beta/models';

/** What differs from a current model, in few words; expanded to the endpoint's long form. */
export interface CapabilityShape {
  /** Accepted values of `thinking.type`. Default: `adaptive`. */
  readonly thinking?: readonly ('adaptive' | 'enabled' | 'disabled' | 'between_tools')[];
  /** Accepted effort levels. Default: all five. */
  readonly effort?: readonly ('low' | 'medium' | 'high' | 'xhigh' | 'max')[];
  /** Accepted context edits. Default: all three. */
  readonly edits?: readonly (typeof EDITS)[number][];
  /** Whether `compaction: {type: 'summarize'}` is taken. Default: true. */
  readonly compaction?: boolean;
  /** Default: true. */
  readonly images?: boolean;
  /** Default: true. */
  readonly pdfs?: boolean;
  /** Default: true. */
  readonly serverTools?: boolean;
  /** Default: true. */
  readonly structuredOutputs?: boolean;
}

/** The capabilities as `GET /v1/models` reports them. */
export function capabilities(shape: CapabilityShape): BetaModelCapabilities {
  const thinking = shape.thinking ?? ['adaptive'];
  const effort = shape.effort ?? ['low', 'medium', 'high', 'xhigh', 'max'];
  const edits = shape.edits ?? EDITS;
  const compaction = shape.compaction ?? true;
  const server = shape.serverTools ?? true;
  return {
    batch: leaf(false),
    citations: leaf(true),
    code_execution: leaf(server),
    compaction: { supported: compaction, summarize: leaf(compaction) },
    context_management: {
      supported: edits.length > 0,
      clear_thinking_20251015: leaf(edits.includes('clear_thinking_20251015')),
      clear_tool_uses_20250919: leaf(edits.includes('clear_tool_uses_20250919')),
      compact_20260112: leaf(edits.includes('compact_20260112')),
    },
    effort: {
      supported: effort.length > 0,
      low: leaf(effort.includes('low')),
      medium: leaf(effort.includes('medium')),
      high: leaf(effort.includes('high')),
      xhigh: leaf(effort.includes('xhigh')),
      max: leaf(effort.includes('max')),
    },
    image_input: leaf(shape.images ?? true),
    pdf_input: leaf(shape.pdfs ?? true),
    server_tools: { supported: server, code_execution: leaf(server), web_search: leaf(server) },
    structured_outputs: leaf(shape.structuredOutputs ?? true),
    thinking: {
      supported: thinking.some((type) => type !== 'disabled'),
      types: {
        adaptive: leaf(thinking.includes('adaptive')),
        between_tools: leaf(thinking.includes('between_tools')),
        disabled: leaf(thinking.includes('disabled')),
        enabled: leaf(thinking.includes('enabled')),
      },
    },
  };
}

const EDITS = ['clear_thinking_20251015', 'clear_tool_uses_20250919', 'compact_20260112'] as const;

function leaf(supported: boolean): { supported: boolean } {
  return { supported };
}
