import { createHmac } from 'node:crypto';
import { isWire, type Wire } from '../wire.ts';

/**
 * Signs facts so that they can travel through a client and be believed when they come back. The key is fixed: a
 * conversation that was stored yesterday is still good after this server was started anew.
 */
export function sign(facts: Wire): string {
  const payload = Buffer.from(JSON.stringify(facts)).toString('base64url');
  return `${payload}.${seal(payload)}`;
}

/** The facts in a signature that this server issued; undefined for any other string. */
export function readSigned(signature: unknown): Wire | undefined {
  if (typeof signature !== 'string') return undefined;
  const [payload, mac, ...rest] = signature.split('.');
  if (!payload || mac !== seal(payload) || rest.length > 0) return undefined;
  const facts: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return isWire(facts) ? facts : undefined;
}

function seal(payload: string): string {
  return createHmac('sha256', 'simulated claude').update(payload).digest('base64url').slice(0, 22);
}
