import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import type {
  BetaMessage,
  MessageCreateParamsNonStreaming,
} from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { type FakeClaude, type FakeClaudeOptions, startFakeClaude } from '../../support/fakeClaude/main.ts';

export type Params = MessageCreateParamsNonStreaming;

/** A server of its own for one test, and the real SDK pointed at it. */
export async function setup(
  t: TestContext,
  options: FakeClaudeOptions = {},
): Promise<{ fake: FakeClaude; client: Anthropic }> {
  const fake = await startFakeClaude(options);
  t.after(() => fake.close());
  const client = new Anthropic({ apiKey: 'test-key', baseURL: fake.url, maxRetries: 0, logLevel: 'off' });
  return { fake, client };
}

/** A short, valid request; `over` replaces fields. */
export function params(over: Partial<Params> = {}): Params {
  return {
    model: 'claude-sonnet-5-5',
    max_tokens: 4000,
    messages: [{ role: 'user', content: 'What is a monad?' }],
    ...over,
  };
}

export async function stream(client: Anthropic, over: Partial<Params> = {}): Promise<BetaMessage> {
  return client.beta.messages.stream(params(over)).finalMessage();
}

/** Text of about this many tokens, different for each `name`. */
export function words(tokens: number, name = 'word'): string {
  return `${name} `.repeat(tokens).trim();
}

/** Posts any body, also one that the SDK's types forbid, and asserts that the API refuses it. */
export async function assertRefused(
  fake: FakeClaude,
  body: object,
  expected: {
    readonly says: RegExp;
    readonly status?: number;
    readonly code?: string;
    readonly betas?: string;
    readonly path?: string;
  },
): Promise<Record<string, unknown>> {
  const response = await fetch(`${fake.url}/v1/${expected.path ?? 'messages'}`, {
    method: 'POST',
    headers: { ...HEADERS, ...(expected.betas ? { 'anthropic-beta': expected.betas } : {}) },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  assert.equal(response.status, expected.status ?? 400, JSON.stringify(answer));
  assert.equal(answer.type, 'error');
  assert.equal(answer.request_id, response.headers.get('request-id'));
  assert.match(answer.error.message, expected.says);
  assert.equal(answer.error.details?.error_code, expected.code);
  return answer.error;
}

export const HEADERS = {
  authorization: 'Bearer test-key',
  'anthropic-version': '2026-10-21',
  'content-type': 'application/json',
};
