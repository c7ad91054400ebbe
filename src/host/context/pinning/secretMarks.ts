/**
 * The rules that a text may break: those of which a mark stands in it. Their marks are found in one pass over the text, some
 * 2 ms per MB, while every rule's own search takes about one; most texts have none at all.
 */
export function rulesFor(text: string): ReadonlySet<string> {
  const { places, buckets } = INDEX;
  let found: Set<string> | undefined;
  let last = 0;
  for (let at = 0; at < text.length; at++) {
    last = ((last << 5) | (text.charCodeAt(at) & 31)) & 0x7fff;
    const place = places[last];
    if (place === 0 || place === undefined) continue;
    const next = text.charCodeAt(at + 1) & 31;
    for (const { mark, fourth, isExact, rule } of buckets[place] ?? []) {
      // Most that begin like a mark are told by this, without a piece of text being made.
      if ((fourth !== undefined && fourth !== next) || found?.has(rule)) continue;
      const part = text.slice(at - 2, at - 2 + mark.length);
      if (mark === (isExact ? part : part.toLowerCase())) found = (found ?? new Set()).add(rule);
    }
  }
  return found ?? NONE;
}

/** Whether a rule can be told by marks; one that cannot is to be run in any case. */
export function hasMarks(rule: string): boolean {
  return MARKED.has(rule);
}

/**
 * By the names of our shapes, and by `secretlint` with those of its rules (13.1.0): one of these stands in whatever the rule
 * finds. At least three characters; case matters where there is a capital letter.
 */
const MARKS: Readonly<Record<string, readonly string[]>> = {
  'private key': ['PRIVATE KEY', 'PuTTY-User-Key-File'],
  'age key': ['AGE-SECRET-KEY'],
  'AWS access key id': [
    'A3T',
    'AKIA',
    'ASIA',
    'ABIA',
    'ACCA',
    'AROA',
    'AIDA',
    'AGPA',
    'AIPA',
    'ANPA',
    'ANVA',
  ],
  'AWS secret access key': ['secret'],
  'Google API key': ['AIza'],
  'Google OAuth secret': ['GOCSPX-'],
  'Google OAuth token': ['ya29.'],
  'Azure storage or service bus key': ['AccountKey=', 'SharedAccessKey='],
  'Azure DevOps token': ['AZDO'],
  'DigitalOcean token': ['doo_v1_', 'dop_v1_', 'dor_v1_'],
  'Heroku token': ['HRKU-'],
  'Fly.io token': ['fo1_', 'fm1_', 'fm2_', 'fm1a_', 'fm1r_', 'fm2a_', 'fm2r_'],
  'Netlify token': ['nfp_'],
  'Supabase key': ['sbp_', 'sb_secret_'],
  'PlanetScale token': ['pscale_'],
  'Pulumi token': ['pul-'],
  'Terraform Cloud token': ['.atlasv1.'],
  'Doppler token': ['dp.pt', 'dp.st', 'dp.ct', 'dp.sa', 'dp.scim', 'dp.audit'],
  'GitLab token': [
    'glpat',
    'gldt',
    'glrt',
    'glptt',
    'glcbt',
    'glft',
    'glsoat',
    'glimt',
    'glagent',
    'gloas',
    'glffct',
  ],
  'GitHub token': ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
  'Bitbucket or Atlassian token': ['ATBB', 'ATATT3', 'ATCTT3'],
  'PyPI token': ['pypi-'],
  'RubyGems token': ['rubygems_'],
  'NuGet key': ['oy2'],
  'crates.io token': ['cio'],
  'npm login': ['_auth', '_password'],
  'Anthropic key': ['sk-ant-'],
  'OpenAI key': ['sk-'],
  'OpenRouter key': ['sk-or-'],
  'Hugging Face token': ['hf_', 'api_org_'],
  'Replicate token': ['r8_'],
  'Perplexity key': ['pplx-'],
  'xAI key': ['xai-'],
  'Slack token': ['xox'],
  'Telegram bot token': [':AA'],
  'Discord or Teams webhook': ['/api/webhooks/', '.webhook.office.com'],
  'Mailgun key': ['key-'],
  'Mailchimp key': ['-us'],
  'SendGrid key': ['SG.'],
  'Stripe key': ['k_live', 'k_test', 'k_prod', 'whsec_'],
  'Square token': ['sq0csp-', 'sq0atp-', 'EAAA'],
  'Braintree token': ['access_token$'],
  'New Relic key': ['NRAK-'],
  'Sentry token': ['sntrys_', 'sntryu_'],
  'Postman key': ['PMAK-'],
  'JSON web token': ['eyJ'],
  'password in an address': ['://'],
  'password in a header': ['authorization'],
  'password in a setting': [
    ...['secret', 'password', 'passwd', 'token'],
    ...['apikey', 'api_key', 'api-key', 'api_-key'],
    ...['accesskey', 'access_key', 'access-key', 'access_-key'],
  ],
  'secretlint aws': [
    'A3T',
    'AKIA',
    'AGPA',
    'AIDA',
    'AROA',
    'AIPA',
    'ANPA',
    'ANVA',
    'ASIA',
    'secret',
    'account',
  ],
  'secretlint gcp': ['private_key_id'],
  'secretlint npm': ['x-oauth-basic', '_authtoken=', 'npm_'],
  'secretlint slack': ['xox', 'xapp-', 'hooks.slack.com'],
  'secretlint openai': ['T3BlbkFJ'],
  'secretlint anthropic': ['sk-ant-api'],
  'secretlint groq': ['gsk_'],
  'secretlint huggingface': ['hf_'],
  'secretlint linear': ['lin_api_'],
  'secretlint notion': ['ntn_'],
  'secretlint privatekey': ['PRIVATE KEY'],
  'secretlint sendgrid': ['SG.'],
  'secretlint shopify': ['shppa_', 'shpca_', 'shpat_', 'shpss_'],
  'secretlint stripe': ['sk_live', 'sk_test', 'rk_live', 'rk_test'],
  'secretlint github': ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
  'secretlint gitlab': ['glpat-'],
  'secretlint grafana': ['glc_', 'glsa_'],
  'secretlint 1password': ['ops_ey'],
  'secretlint database-connection-string': ['mongodb', 'mysql', 'postgres'],
  'secretlint hashicorp-vault': ['hvs.', 'hvb.', 'hvr.'],
  'secretlint vercel': ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'],
  'secretlint databricks': ['dapi'],
  'secretlint docker': ['dckr_pat_'],
  'secretlint figma': ['figd_'],
  'secretlint cloudflare': ['cfk_', 'cfut_', 'cfat_'],
  'secretlint tailscale': ['tskey-'],
};

const MARKED: ReadonlySet<string> = new Set(Object.keys(MARKS));

interface Mark {
  readonly mark: string;
  /** The last five bits of its fourth character, where it has one. */
  readonly fourth: number | undefined;
  readonly isExact: boolean;
  readonly rule: string;
}

const NONE: ReadonlySet<string> = new Set();

/** Marks by their first three characters, of each its last five bits, in which letters have no case; the first bucket is empty. */
const INDEX = indexOf(MARKS);

function indexOf(marksOf: typeof MARKS): {
  readonly places: Uint8Array;
  readonly buckets: readonly (readonly Mark[])[];
} {
  const places = new Uint8Array(1 << 15);
  const buckets: Mark[][] = [[]];
  for (const [rule, marks] of Object.entries(marksOf)) {
    for (const mark of marks) {
      const start = (bitsOf(mark, 0) << 10) | (bitsOf(mark, 1) << 5) | bitsOf(mark, 2);
      const place = places[start] || buckets.push([]) - 1;
      places[start] = place;
      const fourth = mark.length > 3 ? bitsOf(mark, 3) : undefined;
      buckets[place]?.push({ mark, fourth, isExact: /[A-Z]/.test(mark), rule });
    }
  }
  return { places, buckets };
}

function bitsOf(text: string, at: number): number {
  return text.charCodeAt(at) & 31;
}
