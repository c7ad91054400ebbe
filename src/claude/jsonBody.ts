import { FailureError } from './failures.ts';
import { isObject, type JsonObject } from './json.ts';

/**
 * Reads a response that is to be one JSON object. Done here and not by the SDK, which trusts the endpoint to be
 * Anthropic's own. Throws `captivePortal` for a web page and `malformed` for anything else.
 */
export async function readJsonBody(response: Response): Promise<JsonObject> {
  const text = await response.text();
  const { status } = response;
  if (/html/i.test(response.headers.get('content-type') ?? '') || text.trimStart().startsWith('<')) {
    throw new FailureError({ kind: 'captivePortal', status });
  }
  const body: unknown = JSON.parse(text);
  if (!isObject(body)) throw new FailureError({ kind: 'malformed', status });
  return body;
}
