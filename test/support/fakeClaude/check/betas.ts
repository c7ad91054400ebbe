import { invalid } from '../errors.ts';

/** Refuses what needs a value of the `anthropic-beta` header that was not sent. */
export function requireBeta(betas: ReadonlySet<string>, path: string, ...values: readonly string[]): void {
  if (values.some((value) => betas.has(value))) return;
  throw invalid(
    path,
    `Extra inputs are not permitted (needs the anthropic-beta value '${values.join("' or '")}')`,
  );
}

/** Refuses header values that the API does not know. */
export function checkBetas(betas: ReadonlySet<string>): void {
  const unknown = [...betas].filter((value) => !KNOWN.has(value));
  if (unknown.length === 0) return;
  const list = unknown.map((value) => `\`${value}\``).join(', ');
  throw invalid('', `Unexpected value(s) ${list} for the \`anthropic-beta\` header.`);
}

export const BINDING_BETA = 'thinking-binding-controls-2026-08-01';
export const COMPACTION_BETA = 'compact-2026-09-04';
export const THRESHOLD_COMPACTION_BETA = 'compact-2026-01-12';

const KNOWN = new Set([
  'advisor-tool-2026-03-01',
  'cache-diagnosis-2026-04-07',
  'code-execution-2025-05-22',
  COMPACTION_BETA,
  THRESHOLD_COMPACTION_BETA,
  'computer-use-2024-10-22',
  'computer-use-2025-01-24',
  'computer-use-2025-11-24',
  'context-1m-2025-08-07',
  'context-management-2025-06-27',
  'extended-cache-ttl-2025-04-11',
  'fallback-credit-2026-06-01',
  'fallback-credit-2026-07-01',
  'fast-mode-2026-02-01',
  'files-api-2025-04-14',
  'inline-tools-2026-09-15',
  'interleaved-thinking-2025-05-14',
  'mcp-client-2025-04-04',
  'mcp-client-2025-11-20',
  'mcp-client-2026-09-15',
  'message-threads-2026-08-12',
  'mid-conversation-output-config-2026-07-01',
  'mid-conversation-system-clear-at-2026-08-21',
  'mid-conversation-tool-changes-2026-07-01',
  'model-context-window-exceeded-2025-08-26',
  'output-128k-2025-02-19',
  'output-300k-2026-03-24',
  'pdfs-2024-09-25',
  'prompt-caching-2024-07-31',
  'server-side-fallback-2026-06-01',
  'server-side-fallback-2026-07-01',
  'skills-2025-10-02',
  'structured-outputs-2025-11-13',
  'structured-outputs-2025-12-15',
  'task-budgets-2026-03-13',
  BINDING_BETA,
  'thinking-display-updates-2026-08-18',
  'thinking-token-count-2026-05-13',
  'token-counting-2024-11-01',
  'token-efficient-tools-2025-02-19',
]);
