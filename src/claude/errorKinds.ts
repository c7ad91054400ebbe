import type { FailureKind } from '../core/conversation/model.ts';

export interface ErrorFacts {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/** What kind of failure the API reports: its code says most, then its words, its type and its status. */
export function kindOf(facts: ErrorFacts): FailureKind {
  return byCode(facts) ?? byMessage(facts) ?? byType(facts) ?? byStatus(facts);
}

/** Only the codes that mean something else than their type and status do. */
const CODE_KINDS: ReadonlyMap<string, FailureKind> = new Map([
  ['enforced_spend_limit_reached', 'spendLimit'],
  ['contract_spend_limit_reached', 'spendLimit'],
  ['linked_organization_spend_limit_reached', 'spendLimit'],
  ['linked_organization_billing_unavailable', 'billing'],
  ['user_profile_billing_not_authorized', 'billing'],
  ['user_profile_not_billable', 'billing'],
  ['organization_on_hold', 'onHold'],
  ['organization_type_not_supported', 'forbidden'],
  ['organization_not_enrolled_in_beta', 'forbidden'],
  ['parent_organization_required', 'forbidden'],
  ['workspace_policy_violation', 'forbidden'],
  ['claude_code_key_creator_not_member', 'forbidden'],
  ['cmek_key_disabled', 'forbidden'],
  ['cmek_key_network_blocked', 'forbidden'],
  ['thread_not_found', 'invalidRequest'],
  ['file_expired', 'invalidRequest'],
  ['skill_read_blocked_undecryptable', 'invalidRequest'],
  ['request_body_timeout', 'timeout'],
  // The other codes of compaction complain about a block that was sent, and so are `invalidRequest`.
  ['compaction_incomplete_turn', 'compaction'],
  ['compaction_nothing_to_summarize', 'compaction'],
  ['compaction_too_many_tool_references', 'compaction'],
  ['compaction_unavailable', 'compaction'],
  // Of gateways that speak OpenAI's errors.
  ['context_length_exceeded', 'tooLong'],
  ['insufficient_quota', 'billing'],
  ['invalid_api_key', 'badKey'],
  ['model_not_found', 'unknownModel'],
]);

const TYPE_KINDS: ReadonlyMap<string, FailureKind> = new Map([
  ['authentication_error', 'badKey'],
  ['billing_error', 'billing'],
  ['permission_error', 'forbidden'],
  ['rate_limit_error', 'rateLimit'],
  ['timeout_error', 'timeout'],
  ['api_error', 'server'],
  ['overloaded_error', 'overloaded'],
  ['request_too_large', 'tooLarge'],
  // Of gateways that keep accounts of their own.
  ['budget_exceeded', 'spendLimit'],
  ['insufficient_quota', 'billing'],
]);

const STATUS_KINDS: ReadonlyMap<number, FailureKind> = new Map([
  [401, 'badKey'],
  [402, 'billing'],
  [403, 'forbidden'],
  [404, 'noEndpoint'],
  [405, 'noEndpoint'],
  [407, 'proxy'],
  [408, 'timeout'],
  [409, 'server'],
  [410, 'noEndpoint'],
  [413, 'tooLarge'],
  [429, 'rateLimit'],
  [499, 'server'],
  [504, 'timeout'],
  [511, 'captivePortal'],
  [529, 'overloaded'],
]);

function byCode({ code }: ErrorFacts): FailureKind | undefined {
  return code === undefined ? undefined : CODE_KINDS.get(code);
}

/** By their words those for which the API, or a gateway, has no code. The first that fits counts. */
const SENTENCE_KINDS: readonly (readonly [RegExp, FailureKind])[] = [
  [/prompt is too long|input is too long|exceeds? (the )?context|maximum context length/i, 'tooLong'],
  [/credit balance is too low/i, 'billing'],
  [/API usage limits/i, 'spendLimit'],
  [/organization has been disabled/i, 'forbidden'],
  [/invalid model name/i, 'unknownModel'],
];

function byMessage({ status, message = '' }: ErrorFacts): FailureKind | undefined {
  // A local gateway names the model that it has not; a wrong path gets no word about one.
  if (status === 404) return /\bmodel\b/i.test(message) ? 'unknownModel' : undefined;
  if (status !== undefined && status !== 400) return undefined;
  return SENTENCE_KINDS.find(([words]) => words.test(message))?.[1];
}

function byType({ status, type = '', message = '' }: ErrorFacts): FailureKind | undefined {
  // Also what a wrong path gets, there without a word about a model.
  if (type === 'not_found_error') return /^not found\.?$/i.test(message) ? 'noEndpoint' : 'unknownModel';
  if (type === 'invalid_request_error' && status === undefined) return 'invalidRequest';
  return TYPE_KINDS.get(type);
}

function byStatus({ status }: ErrorFacts): FailureKind {
  if (status === undefined) return 'server';
  const known = STATUS_KINDS.get(status);
  if (known) return known;
  if (status >= 500) return 'server';
  return status >= 400 ? 'invalidRequest' : 'noEndpoint';
}
