import type { Middleware } from '@anthropic-ai/sdk/core/middleware';

/**
 * Tells of the rate limits that come with a response, a refusal included: by lower-case name without
 * `anthropic-ratelimit-`, and `retry-after`. Nothing is told of a response without any, and a listener that
 * throws does no harm.
 */
export function rateLimitReporter(listener: (limits: Readonly<Record<string, string>>) => void): Middleware {
  return async (request, next) => {
    const response = await next(request);
    const limits = limitsIn(response.headers);
    try {
      if (Object.keys(limits).length > 0) listener(limits);
    } catch {
      // Whoever shows the limits may be gone already.
    }
    return response;
  };
}

const START = 'anthropic-ratelimit-';
const RETRY_AFTER = 'retry-after';

function limitsIn(headers: Headers): Readonly<Record<string, string>> {
  const limits: Record<string, string> = {};
  // `Headers` gives its names in lower case.
  headers.forEach((value, name) => {
    if (name.startsWith(START)) limits[name.slice(START.length)] = value;
    else if (name === RETRY_AFTER) limits[name] = value;
  });
  return limits;
}
