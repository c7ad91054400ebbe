import { generateKeyPairSync, sign } from 'node:crypto';

/** A certificate and its key, both as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * A certificate that no one has signed but itself, for these host names and for 127.0.0.1, valid from yesterday for ten
 * years. Written out by hand (RFC 5280, X.690), because Node makes keys and signatures but no certificates.
 */
export function selfSigned(...hosts: readonly string[]): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(oid(COMMON_NAME), der(UTF8_STRING, Buffer.from('Parley test')))));
  const day = 24 * 60 * 60 * 1000;
  const content = sequence(
    der(context(0), integer(2)),
    integer(Date.now()),
    sequence(oid(ECDSA_SHA256)),
    name,
    sequence(time(Date.now() - day), time(Date.now() + 3650 * day)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(context(3), sequence(extension(BASIC_CONSTRAINTS, sequence(TRUE)), names(hosts))),
  );
  const signature = Buffer.concat([Buffer.of(0), sign('sha256', content, privateKey)]);
  const whole = sequence(content, sequence(oid(ECDSA_SHA256)), der(BIT_STRING, signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const TRUE = Buffer.of(0x01, 1, 0xff);
const ECDSA_SHA256 = [1, 2, 840, 10045, 4, 3, 2];
const COMMON_NAME = [2, 5, 4, 3];
const BASIC_CONSTRAINTS = [2, 5, 29, 19];
const ALTERNATIVE_NAMES = [2, 5, 29, 17];

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function context(number: number): number {
  return 0xa0 + number;
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return der(0x30, ...contents);
}

function set(...contents: readonly Buffer[]): Buffer {
  return der(0x31, ...contents);
}

function integer(value: number): Buffer {
  const hex = value.toString(16);
  // The leading zero keeps it positive.
  return der(0x02, Buffer.from(`00${hex.length % 2 ? '0' : ''}${hex}`.replace(/^00(?=[0-7])/, ''), 'hex'));
}

/** The first two numbers share a byte, and each further one takes seven bits a byte. */
function oid([first = 0, second = 0, ...rest]: readonly number[]): Buffer {
  const bytes = rest.flatMap((number) => {
    const parts = [number & 0x7f];
    for (let left = number >> 7; left > 0; left >>= 7) parts.unshift((left & 0x7f) | 0x80);
    return parts;
  });
  return der(0x06, Buffer.of(first * 40 + second, ...bytes));
}

/** As `260101000000Z`. */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\.\d+Z|\D/g, '');
  return der(UTC_TIME, Buffer.from(`${digits.slice(2)}Z`));
}

function extension(id: readonly number[], content: Buffer): Buffer {
  return sequence(oid(id), der(OCTET_STRING, content));
}

function names(hosts: readonly string[]): Buffer {
  const entries = hosts.map((host) => der(0x82, Buffer.from(host)));
  return extension(ALTERNATIVE_NAMES, sequence(...entries, der(0x87, Buffer.of(127, 0, 0, 1))));
}
