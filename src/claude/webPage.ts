import { FailureError } from './failures.ts';

/** Throws `captivePortal` for a page and `malformed` for anything else that is surely no event stream. */
export function refuseWebPage(response: Response): void {
  const type = response.headers.get('content-type') ?? '';
  if (/html/i.test(type)) throw new FailureError({ kind: 'captivePortal', status: response.status });
  if (/json/i.test(type) || !response.body) {
    throw new FailureError({ kind: 'malformed', status: response.status });
  }
}
