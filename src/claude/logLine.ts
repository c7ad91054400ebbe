import type { Failure } from '../core/conversation/model.ts';

type Outcome = Omit<Failure, 'kind'> & { readonly kind: string };

/** Times something and returns the function that logs its outcome as one line. A log that throws is ignored. */
export function beginLogLine(
  log: ((line: string) => void) | undefined,
  what: string,
): (outcome: Outcome, requestId?: string) => void {
  const begun = performance.now();
  return (outcome, requestId) => {
    const parts = [
      `${what}:`,
      outcome.kind,
      outcome.status,
      outcome.type,
      outcome.code,
      `in ${Math.round(performance.now() - begun)} ms`,
      requestId ?? outcome.requestId,
    ];
    try {
      log?.(parts.filter((part) => part !== undefined).join(' '));
    } catch {
      // The log's window may be closed already.
    }
  };
}
