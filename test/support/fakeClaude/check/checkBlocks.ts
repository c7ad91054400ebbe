import { invalid } from '../errors.ts';
import { blocksOf, textOf, type Wire } from '../wire.ts';
import { requireBeta } from './betas.ts';
import { onlyFields } from './checkFields.ts';
import type { CheckContext } from './checkRequest.ts';

/** One content block: its type, where it may stand, its fields, its text. */
export function checkBlock(block: Wire, path: string, role: string, context: CheckContext): void {
  const type = textOf(block.type);
  const kind = KINDS[type];
  if (!kind) {
    if (context.issuedTypes.has(type) && role === 'assistant') return;
    throw invalid(path, `Input tag '${type}' found using 'type' does not match any of the expected tags`);
  }
  if (!kind.roles.includes(role))
    throw invalid(path, `\`${type}\` blocks are not allowed in ${role} messages`);
  if (kind.fields) onlyFields(block, `${path}.${type}`, kind.fields);
  if (type === 'text') checkText(block, path, role);
  if (type === 'tool_result') {
    for (const [at, inner] of blocksOf(block.content).entries()) {
      checkBlock(inner, `${path}.content.${at}`, 'tool', context);
    }
  }
  if (type === 'tool_addition' || type === 'tool_removal') {
    requireBeta(context.betas, path, 'mid-conversation-tool-changes-2026-07-01', 'inline-tools-2026-09-15');
  }
}

interface Kind {
  readonly roles: readonly string[];
  /** Absent: not looked at. */
  readonly fields?: readonly string[];
}

const USER = ['user', 'tool'];
const ANSWER = ['assistant'];
const KINDS: Readonly<Record<string, Kind>> = {
  text: {
    roles: ['user', 'assistant', 'system', 'tool'],
    fields: ['type', 'text', 'cache_control', 'citations'],
  },
  image: { roles: USER, fields: ['type', 'source', 'cache_control', 'transformations'] },
  document: {
    roles: USER,
    fields: ['type', 'source', 'title', 'context', 'citations', 'cache_control'],
  },
  search_result: {
    roles: USER,
    fields: ['type', 'source', 'title', 'content', 'citations', 'cache_control'],
  },
  tool_result: {
    roles: ['user'],
    fields: ['type', 'tool_use_id', 'content', 'is_error', 'cache_control'],
  },
  tool_reference: { roles: ['tool'] },
  container_upload: { roles: ['user'] },
  thinking: { roles: ANSWER, fields: ['type', 'thinking', 'signature'] },
  redacted_thinking: { roles: ANSWER, fields: ['type', 'data'] },
  tool_use: {
    roles: ANSWER,
    fields: ['type', 'id', 'name', 'input', 'cache_control', 'caller', 'toolset_name'],
  },
  compaction: {
    roles: ANSWER,
    fields: ['type', 'content', 'encrypted_content', 'signature', 'tool_changes', 'cache_control'],
  },
  server_tool_use: { roles: ANSWER },
  web_search_tool_result: { roles: ANSWER },
  web_fetch_tool_result: { roles: ANSWER },
  code_execution_tool_result: { roles: ANSWER },
  bash_code_execution_tool_result: { roles: ANSWER },
  text_editor_code_execution_tool_result: { roles: ANSWER },
  tool_search_tool_result: { roles: ANSWER },
  advisor_tool_result: { roles: ANSWER },
  mcp_tool_use: { roles: ANSWER },
  mcp_tool_result: { roles: ANSWER },
  fallback: { roles: ANSWER },
  tool_addition: { roles: ['system'] },
  tool_removal: { roles: ['system'] },
};

function checkText(block: Wire, path: string, role: string): void {
  if (typeof block.text !== 'string') throw invalid(`${path}.text.text`, 'Input should be a valid string');
  if (block.text === '') {
    if (block.cache_control) throw invalid(path, 'cache_control cannot be set for empty text blocks');
    throw invalid(path, 'text content blocks must be non-empty');
  }
  if (block.text.trim() === '') throw invalid(path, 'text content blocks must contain non-whitespace text');
  if (role === 'user' && Array.isArray(block.citations) && block.citations.length > 0) {
    throw invalid(`${path}.text.citations`, 'citations are not permitted in user messages');
  }
}
