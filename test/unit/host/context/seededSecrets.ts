/** Secrets of every kind that shall be found, made by chance when the tests run, so that no scanner finds any in this repository. */
export interface SeededKind {
  readonly name: string;
  make(random: Random): string;
}

/** A whole number from 0 on, below the limit. */
export type Random = (limit: number) => number;

/** The same numbers for the same seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * limit);
  };
}

const DIGITS = '0123456789';
const HEXADECIMAL = `${DIGITS}abcdef`;
const SMALL = 'abcdefghijklmnopqrstuvwxyz';
const LARGE = SMALL.toUpperCase();
const LETTERS = `${SMALL}${LARGE}`;
const ALPHANUMERIC = `${LETTERS}${DIGITS}`;
const BASE64 = `${ALPHANUMERIC}+/`;
const URL_SAFE = `${ALPHANUMERIC}-_`;

function text(random: Random, length: number, alphabet: string): string {
  return Array.from({ length }, () => alphabet[random(alphabet.length)]).join('');
}

/** Letters and digits that hold at least one of each, as chance has it in all but a few. */
function mixed(random: Random, length: number, alphabet = ALPHANUMERIC): string {
  return `${text(random, length - 3, alphabet)}${text(random, 1, SMALL)}${text(random, 1, LARGE)}${text(random, 1, DIGITS)}`;
}

function lines(random: Random, start: string, count: number): string {
  const all = `${start}${text(random, count * 64 - start.length, BASE64)}`;
  return all.match(/.{64}/g)?.join('\n') ?? all;
}

function privateKey(kind: string, start: string): (random: Random) => string {
  return (random) => {
    const name = `${kind}PRIVATE KEY`;
    return `-----BEGIN ${name}-----\n${lines(random, start, 20)}\n-----END ${name}-----`;
  };
}

/** Letters that are no word, so that a name in the table is not itself a secret. */
function joined(...pieces: readonly string[]): string {
  return pieces.join('');
}

const KINDS: Readonly<Record<string, (random: Random) => string>> = {
  'AWS access key id': (random) => joined('AK', 'IA', text(random, 16, `${LARGE}234567`)),
  'AWS secret access key': (random) => `aws_secret_access_key = ${text(random, 40, BASE64)}`,
  'AWS secret access key in code': (random) => `secretAccessKey: '${text(random, 40, BASE64)}',`,
  'Google API key': (random) => joined('AI', 'za', text(random, 35, URL_SAFE)),
  'Google service account': (random) =>
    JSON.stringify({
      type: 'service_account',
      private_key: `${privateKey('', 'MIIEvQIBADANBgkq')(random)}\n`,
      client_email: 'robot@project.iam.gserviceaccount.com',
    }),
  'Google OAuth secret': (random) => joined('GOC', 'SPX-', text(random, 28, URL_SAFE)),
  'Azure storage': (random) =>
    `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${text(random, 86, BASE64)}==;`,
  'Azure client secret': (random) => joined(mixed(random, 3), '8', 'Q~', mixed(random, 34)),
  'GitHub token': (random) => joined('gh', 'p_', text(random, 36, ALPHANUMERIC)),
  'GitHub app token': (random) => joined('gh', 's_', text(random, 36, ALPHANUMERIC)),
  'GitHub fine-grained token': (random) =>
    joined('github', '_pat_', text(random, 22, ALPHANUMERIC), '_', text(random, 59, ALPHANUMERIC)),
  'GitLab token': (random) => joined('gl', 'pat-', text(random, 20, URL_SAFE)),
  'GitLab runner token': (random) => joined('gl', 'rt-', text(random, 20, URL_SAFE)),
  'npm token': (random) => joined('np', 'm_', text(random, 36, ALPHANUMERIC)),
  'npm login': (random) => `//registry.example.org/:_authToken=${text(random, 36, HEXADECIMAL)}`,
  'npm password': (random) => `//registry.example.org/:_password="${mixed(random, 24)}="`,
  'Slack token': (random) =>
    joined('xo', 'xb-', text(random, 12, DIGITS), '-', text(random, 12, DIGITS), '-', mixed(random, 24)),
  'Slack webhook': (random) =>
    joined(
      'https://hooks.slack',
      '.com/services/T',
      text(random, 8, LARGE),
      '/B',
      text(random, 8, LARGE),
      '/',
      mixed(random, 24),
    ),
  'OpenAI key': (random) =>
    joined('sk', '-proj-', text(random, 74, URL_SAFE), 'T3Blbk', 'FJ', mixed(random, 74)),
  'OpenAI key of old': (random) => joined('sk', '-', mixed(random, 20), 'T3Blbk', 'FJ', mixed(random, 20)),
  'Anthropic key': (random) => joined('sk', '-ant-', 'api03-', text(random, 93, URL_SAFE), 'AA'),
  'Anthropic admin key': (random) => joined('sk', '-ant-', 'admin01-', text(random, 93, URL_SAFE), 'AA'),
  'Hugging Face token': (random) => joined('h', 'f_', mixed(random, 34)),
  'Stripe key': (random) => joined('sk', '_live_', mixed(random, 24)),
  'Stripe restricted key': (random) => joined('rk', '_live_', mixed(random, 99)),
  'SendGrid key': (random) => joined('S', 'G.', mixed(random, 22), '.', mixed(random, 43)),
  'Telegram bot': (random) => joined(text(random, 10, DIGITS), ':A', 'A', text(random, 33, URL_SAFE)),
  'Twilio key': (random) => joined('S', 'K', text(random, 32, HEXADECIMAL)),
  'Discord webhook': (random) =>
    joined(
      'https://discord',
      '.com/api/webhooks/',
      text(random, 19, DIGITS),
      '/',
      text(random, 68, URL_SAFE),
    ),
  'Shopify token': (random) => joined('shp', 'at_', text(random, 32, HEXADECIMAL)),
  'DigitalOcean token': (random) => joined('do', 'p_v1_', text(random, 64, HEXADECIMAL)),
  'PyPI token': (random) => joined('py', 'pi-AgEIcHlwaS5vcmc', text(random, 120, URL_SAFE)),
  'Vault token': (random) => joined('hv', 's.', text(random, 95, URL_SAFE)),
  'Docker token': (random) => joined('dckr', '_pat_', text(random, 27, URL_SAFE)),
  'Databricks token': (random) => joined('da', 'pi', text(random, 32, HEXADECIMAL)),
  'JSON web token': (random) =>
    joined('ey', 'JhbGciOiJIUzI1NiJ9.', 'ey', 'J', mixed(random, 60), '.', text(random, 43, URL_SAFE)),
  'private key': privateKey('', 'MIIEvQIBADANBgkq'),
  'RSA private key': privateKey('RSA ', 'MIIEpAIBAAKCAQEA'),
  'EC private key': privateKey('EC ', 'MHcCAQEEI'),
  'OpenSSH private key': privateKey('OPENSSH ', joined('b3BlbnNza', 'C1rZXktdjEAAAAA')),
  'encrypted private key': privateKey('ENCRYPTED ', 'MIIFHDBOBgkq'),
  'PGP private key': (random) =>
    `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${lines(random, 'lQdGB', 20)}\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----`,
  'private key in one line': (random) =>
    `KEY="${privateKey('RSA ', 'MIIEpAIBAAKCAQEA')(random).replaceAll('\n', '\\n')}"`,
  'age key': (random) => joined('AGE-SECRET', '-KEY-1', text(random, 58, `${LARGE}${DIGITS}`)),
  'PostgreSQL address': (random) =>
    joined('postgres', '://app:', mixed(random, 12), '@db.example.com:5432/app'),
  'MySQL address': (random) => joined('mysql', '://root:', mixed(random, 12), '@10.0.0.5/shop'),
  'MongoDB address': (random) =>
    joined('mongodb', '+srv://app:', mixed(random, 12), '@cluster0.abc.mongodb.net/app'),
  'Redis address': (random) => joined('redis', '://:', mixed(random, 16), '@cache.example.com:6379/0'),
  'RabbitMQ address': (random) => joined('amqp', 's://app:', mixed(random, 16), '@queue/vhost'),
  'login in an address': (random) =>
    joined('https', '://robot:', mixed(random, 14), '@git.example.com/a.git'),
  'basic login': (random) => `Authorization: Basic ${btoa(`robot:${mixed(random, 14)}`)}`,
  'password in code': (random) => `const password = "${mixed(random, 24)}";`,
  'password in YAML': (random) => `  api_key: '${mixed(random, 32)}'`,
  'line of an .env file': (random) => `SESSION_SECRET=${mixed(random, 40)}`,
  'hexadecimal key': (random) =>
    `"apiKey": "${mixed(random, 5, DIGITS).slice(0, 2)}${text(random, 30, HEXADECIMAL)}a1f0",`,
};

export const SEEDED_KINDS: readonly SeededKind[] = Object.entries(KINDS).map(([name, make]) => ({
  name,
  make,
}));
