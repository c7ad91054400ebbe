import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as sdk from '@anthropic-ai/sdk/core/error';
import { failureOf } from '../../../src/claude/failures.ts';
import type { FailureKind } from '../../../src/core/conversation/model.ts';
import { isRetryable } from '../../../src/core/retry.ts';

// The SDK's own tables are walked here, so that an error it learns of has to be given a kind.

/** What each code of the endpoints that are used means, by status. */
const DECIDED: readonly (readonly [number, FailureKind, string])[] = [
  [
    400,
    'invalidRequest',
    `image_dimensions_too_large available_tools_limit_exceeded tool_name_conflict tool_reference_unresolved
     compaction_block_ambiguous compaction_block_misplaced compaction_content_mismatch
     compaction_signature_invalid compaction_tool_changes_mismatch
     thread_already_continued thread_continue_in_flight thread_fingerprint_mismatch thread_unsupported_request
     claude_code_version_too_old request_body_encoding_invalid request_body_encoding_unsupported
     user_profile_required user_profile_not_found unsupported_charset file_not_downloadable
     storage_quota_exceeded`,
  ],
  [
    400,
    'compaction',
    'compaction_incomplete_turn compaction_nothing_to_summarize compaction_too_many_tool_references',
  ],
  [400, 'onHold', 'organization_on_hold'],
  [
    400,
    'forbidden',
    `claude_code_key_creator_not_member cmek_key_disabled cmek_key_network_blocked organization_type_not_supported
     organization_not_enrolled_in_beta parent_organization_required workspace_policy_violation`,
  ],
  [400, 'timeout', 'request_body_timeout'],
  [402, 'billing', 'linked_organization_billing_unavailable'],
  [402, 'spendLimit', 'linked_organization_spend_limit_reached'],
  [403, 'billing', 'user_profile_billing_not_authorized user_profile_not_billable'],
  [
    403,
    'forbidden',
    'api_key_scope_missing sandbox_egress_restricted organization_level_scoped_api_key_required',
  ],
  [404, 'invalidRequest', 'thread_not_found file_expired'],
  [409, 'invalidRequest', 'skill_read_blocked_undecryptable'],
  [413, 'tooLarge', 'request_body_too_large_after_decoding'],
  [429, 'spendLimit', 'contract_spend_limit_reached enforced_spend_limit_reached'],
  [429, 'rateLimit', 'ramp_limit_exceeded'],
  [503, 'server', 'cmek_key_unreachable cmek_context_unavailable'],
  [529, 'compaction', 'compaction_unavailable'],
];

/** Codes of endpoints that are never called: the administration of organizations, files, plugins and environments. */
const ELSEWHERE = new Set(
  `already_member bundle_attachment_not_supported bundle_on_call cannot_invite_emails_with_unverified_domains
   cannot_remove_last_member cannot_sign_out_primary_owner cannot_sign_out_self cmek_feature_unsupported
   email_domain_not_allowed environment_archived external_key_in_workspace_policy external_key_validation_failed
   external_key_validation_timed_out invalid_config_type_change invalid_metadata invite_already_exists
   key_profile_mismatch org_api_key_limit_exceeded org_member_limit_exceeded rbac_group_grants_owner_access
   rbac_group_order_limit_exceeded rbac_group_owner_access_unconfirmed scan_failed
   settings_document_limit_exceeded settings_history_limit_exceeded slack_channel_set_up_settings_refused
   workspace_api_key_limit_exceeded workspace_member_limit_exceeded
   cannot_sign_out_managed_member cannot_sign_out_membership_admin cannot_sign_out_owner
   cannot_sign_out_privileged_member claude_tag_writes_not_enabled compliance_configuration_restricted
   environment_create_disabled environment_update_disabled spend_limits_admin_api_writes_not_enabled
   environment_not_found rbac_group_managed_settings_not_found rbac_group_not_found rbac_role_not_found
   slack_channel_set_up_environment_not_found concurrent_membership_change external_key_changed
   plugin_name_taken scan_pending skill_name_taken slack_channel_set_up_settings_conflict
   heartbeat_precondition_failed registration_pending`.split(/\s+/),
);

const cases = DECIDED.flatMap(([status, kind, codes]) =>
  codes.split(/\s+/).map((code) => ({ status, kind, code })),
);

type ErrorClass = new (
  status: number,
  body: object,
  message: string | undefined,
  headers: Headers,
) => sdk.APIError;

const { ERROR_CODE_CLASSES } = (await import('@anthropic-ai/sdk/core/error-classes')) as unknown as {
  readonly ERROR_CODE_CLASSES: ReadonlyMap<string, ErrorClass & { readonly _errorName: string }>;
};

/** The SDK's types, which name what it does not export. */
function declarations(module: string): string {
  const file = import.meta.resolve(`@anthropic-ai/sdk/${module}`).replace(/\.m?js$/, '.d.ts');
  return readFileSync(new URL(file), 'utf8');
}

function bodyWith(error: object): object {
  return { type: 'error', error, request_id: 'req_body' };
}

test('Every error code of the API has its kind, and its class in the SDK changes nothing', () => {
  for (const { status, kind, code } of cases) {
    const Class = ERROR_CODE_CLASSES.get(`${status} ${code}`);
    assert.ok(Class, `the SDK knows ${status} ${code}`);
    const body = bodyWith({ type: 'invented', message: 'No.', details: { error_code: code } });
    const plain = sdk.APIError.generate(status, body, undefined, new Headers());
    for (const error of [plain, new Class(status, body, undefined, new Headers())]) {
      assert.deepEqual(failureOf(error, undefined), {
        kind,
        status,
        type: 'invented',
        code,
        message: 'No.',
        requestId: 'req_body',
      });
    }
  }
});

test('Every error code the SDK knows is either decided here or of an endpoint that is never called', () => {
  const decided = new Set(cases.map(({ status, code }) => `${status} ${code}`));
  const undecided = [...ERROR_CODE_CLASSES.keys()].filter(
    (name) => !decided.has(name) && !ELSEWHERE.has(name.split(' ')[1] ?? ''),
  );
  assert.deepEqual(undecided, []);
});

test('Every error the SDK documents for asking, counting and listing is decided here', () => {
  const messages = declarations('resources/beta/messages/messages').split(/\bcountTokens\(/)[0] ?? '';
  const models = declarations('resources/beta/models');
  const thrown = new Set(
    Array.from(`${messages}${models}`.matchAll(/@throws \{(\w+)\}/g), (match) => match[1]),
  );
  assert.ok(thrown.size > 30, 'the documentation is where it was');
  const decided = new Set(
    cases.map(({ status, code }) => ERROR_CODE_CLASSES.get(`${status} ${code}`)?._errorName),
  );
  assert.deepEqual(
    [...thrown].filter((name) => !decided.has(name)),
    [],
  );
});

test('A code that nobody knows yet leaves the kind to type and status', () => {
  for (const code of ['invented_tomorrow', 'constructor', '__proto__']) {
    const body = bodyWith({ type: 'rate_limit_error', message: 'No.', details: { error_code: code } });
    const error = sdk.APIError.generate(429, body, undefined, new Headers());
    assert.equal(failureOf(error, undefined).kind, 'rateLimit');
  }
});

/** By type alone, as an `error` event in the middle of an answer has it: there is no status then. */
const TYPES: Readonly<Record<string, FailureKind>> = {
  invalid_request_error: 'invalidRequest',
  authentication_error: 'badKey',
  billing_error: 'billing',
  permission_error: 'forbidden',
  not_found_error: 'unknownModel',
  rate_limit_error: 'rateLimit',
  timeout_error: 'timeout',
  api_error: 'server',
  overloaded_error: 'overloaded',
  memory_precondition_failed_error: 'server',
  memory_path_conflict_error: 'server',
  conflict_error: 'server',
};

test('Every error type the SDK knows has its kind in the middle of an answer', () => {
  const union = /export type ErrorType =([^;]+);/.exec(declarations('resources/shared'))?.[1] ?? '';
  const types = Array.from(union.matchAll(/'(\w+)'/g), (match) => match[1] ?? '');
  assert.deepEqual(types.toSorted(), Object.keys(TYPES).toSorted());
  for (const type of types) {
    const error = new sdk.APIError(undefined, bodyWith({ type, message: 'No.' }), undefined, undefined);
    assert.equal(failureOf(error, 'key').kind, TYPES[type], type);
  }
});

/** Each class by the status it stands for; the three without one are failures of the network or of nobody. */
const CLASSES: Readonly<Record<string, readonly [number | undefined, FailureKind]>> = {
  AnthropicError: [undefined, 'unexpected'],
  RetryableError: [undefined, 'unexpected'],
  APIError: [418, 'invalidRequest'],
  APIUserAbortError: [undefined, 'timeout'],
  APIConnectionError: [undefined, 'network'],
  APIConnectionTimeoutError: [undefined, 'timeout'],
  BadRequestError: [400, 'invalidRequest'],
  AuthenticationError: [401, 'badKey'],
  PaymentRequiredError: [402, 'billing'],
  PermissionDeniedError: [403, 'forbidden'],
  NotFoundError: [404, 'noEndpoint'],
  RequestTimeoutError: [408, 'timeout'],
  ConflictError: [409, 'server'],
  PreconditionFailedError: [412, 'invalidRequest'],
  ContentTooLargeError: [413, 'tooLarge'],
  UnprocessableEntityError: [422, 'invalidRequest'],
  RateLimitError: [429, 'rateLimit'],
  RequestHeaderFieldsTooLargeError: [431, 'invalidRequest'],
  ClientClosedRequestError: [499, 'server'],
  InternalServerError: [500, 'server'],
  NotImplementedError: [501, 'server'],
  ServiceUnavailableError: [503, 'server'],
  GatewayTimeoutError: [504, 'timeout'],
  OverloadedError: [529, 'overloaded'],
};

test('Every error class of the SDK has its kind', () => {
  const classes = Object.entries(sdk).filter(([, value]) => typeof value === 'function');
  assert.deepEqual(classes.map(([name]) => name).toSorted(), Object.keys(CLASSES).toSorted());
  for (const [name, [status, kind]] of Object.entries(CLASSES)) {
    if (status === undefined) continue;
    const error = sdk.APIError.generate(status, {}, undefined, new Headers());
    assert.equal(error.name, name);
    assert.equal(failureOf(error, 'key').kind, kind, name);
  }
  const bare = {
    AnthropicError: new sdk.AnthropicError('odd'),
    RetryableError: new sdk.RetryableError('odd'),
    APIUserAbortError: new sdk.APIUserAbortError(),
    APIConnectionError: new sdk.APIConnectionError({}),
    APIConnectionTimeoutError: new sdk.APIConnectionTimeoutError(),
  };
  for (const [name, error] of Object.entries(bare)) {
    assert.equal(failureOf(error, 'key').kind, CLASSES[name]?.[1], name);
  }
});

test('A certificate that is not trusted is never tried again, whatever its code', () => {
  for (const code of [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'CERT_HAS_EXPIRED',
    'CERT_UNTRUSTED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'INVALID_CA',
  ]) {
    const reason = Object.assign(new Error('no'), { code });
    const error = new sdk.APIConnectionError({ cause: new TypeError('fetch failed', { cause: reason }) });
    const failure = failureOf(error, 'key');
    assert.equal(failure.kind, 'certificate', code);
    assert.equal(isRetryable(failure), false, code);
  }
});
