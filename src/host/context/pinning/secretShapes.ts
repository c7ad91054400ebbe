/** What a secret of one kind looks like. */
export interface SecretShape {
  /** Says what it is, in the user's words. */
  readonly rule: string;
  readonly pattern: RegExp;
  /** What stands in all that fits, as found fast; an expression must not be global. */
  readonly needs?: string | RegExp;
  /** Whether something that fits is none after all; it gets the named group `value`, else all that fits. */
  readonly isNone?: (value: string) => boolean;
}

/**
 * Kinds that secretlint's recommended rules do not know, or know in fewer forms. Which kinds there are was compared with the
 * rules that gitleaks publishes (github.com/gitleaks/gitleaks, config/gitleaks.toml); the forms are those that the vendors document.
 */
export const SECRET_SHAPES: readonly SecretShape[] = [
  // Keys in files. Placeholders such as `...` between the lines are no keys.
  shape(
    'private key',
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----)[\s\S]){0,600}?[A-Za-z0-9+/]{40}|---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\r?\n|PuTTY-User-Key-File-\d/,
  ),
  shape('age key', /\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b/),

  // Clouds
  shape(
    'AWS access key id',
    /\b(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA|AROA|AIDA|AGPA|AIPA|ANPA|ANVA)[A-Z0-9]{16}\b/,
    isExample,
  ),
  shape(
    'AWS secret access key',
    /(?:secret_?-?access_?-?key|aws_?-?secret(?:_?-?key)?)["'`]?\s{0,5}(?:=>|[:=])\s{0,5}["'`]?(?<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/i,
    isExample,
  ),
  shape('Google API key', /\bAIza[\w-]{35}(?![\w-])/),
  shape('Google OAuth secret', /\bGOCSPX-[\w-]{28}(?![\w-])/),
  shape('Google OAuth token', /\bya29\.[\w-]{60,}/),
  shape(
    'Azure storage or service bus key',
    /\b(?:AccountKey|SharedAccessKey)=(?:[A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{43}=)/,
  ),
  shape('Azure client secret', /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/, undefined, 'Q~'),
  shape('Azure DevOps token', /\b[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}\b/, undefined, 'AZDO'),
  shape('DigitalOcean token', /\bdo[opr]_v1_[0-9a-f]{64}\b/),
  shape('Heroku token', /\bHRKU-[\w-]{36,}/),
  shape('Fly.io token', /\b(?:fo1_[\w-]{43}|fm[12][ar]?_[A-Za-z0-9+/]{100,})/),
  shape('Netlify token', /\bnfp_[A-Za-z0-9]{36,40}\b/),
  shape('Supabase key', /\bsb(?:p_[0-9a-f]{40}\b|_secret_[\w-]{20,})/),
  shape('PlanetScale token', /\bpscale_(?:tkn|pw|oauth)_[\w.-]{32,}/),
  shape('Pulumi token', /\bpul-[0-9a-f]{40}\b/),
  shape('Terraform Cloud token', /\b[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}/, undefined, '.atlasv1.'),
  shape('Doppler token', /\bdp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}\b/),

  // Code and packages
  shape('GitLab token', /\bgl(?:pat|dt|rt|ptt|cbt|ft|soat|imt|agent|oas|ffct)-[\w-]{20,}/),
  shape('GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36,}/),
  shape('Bitbucket or Atlassian token', /\bAT(?:BB[A-Za-z0-9]{24,}|(?:ATT|CTT)3[\w=-]{60,})/),
  shape('PyPI token', /\bpypi-AgE[\w-]{50,}/),
  shape('RubyGems token', /\brubygems_[0-9a-f]{48}\b/),
  shape('NuGet key', /\boy2[a-z0-9]{43}\b/),
  shape('crates.io token', /\bcio[A-Za-z0-9]{32}\b/, isPlainWord),
  shape(
    'npm login',
    /\b_(?:auth|authToken|password)\s{0,3}=\s{0,3}["']?(?<value>[\w+/=-]{8,})/,
    isPlaceholder,
  ),

  // Models
  shape('Anthropic key', /\bsk-ant-[a-z]{2,10}\d\d-[\w-]{60,}/),
  shape('OpenAI key', /\bsk-(?:proj|svcacct|admin|None)-[\w-]{40,}|\bsk-[A-Za-z0-9]{48}\b/),
  shape('OpenRouter key', /\bsk-or-v1-[0-9a-f]{64}\b/),
  shape('Hugging Face token', /\b(?:hf|api_org)_[A-Za-z0-9]{34,}\b/, isPlainWord),
  shape('Replicate token', /\br8_[A-Za-z0-9]{37}\b/),
  shape('Perplexity key', /\bpplx-[A-Za-z0-9]{40,}\b/),
  shape('xAI key', /\bxai-[A-Za-z0-9]{70,}\b/),

  // Messages, money, services
  shape('Slack token', /\bxox[abeoprs](?:\.xox[bp])?-\d?-?[\w-]{20,}/, isPlaceholder),
  shape('Telegram bot token', /(?<![\w-])\d{8,10}:AA[\w-]{33}(?![\w-])/),
  shape('Discord bot token', /(?<![\w.-])[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,38}(?![\w-])/),
  shape(
    'Discord or Teams webhook',
    /https:\/\/(?:discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[\w-]{60,}|[\w-]+\.webhook\.office\.com\/webhookb2\/[0-9a-f-]{36})/,
  ),
  shape('Twilio key', /\bSK[0-9a-f]{32}\b/),
  shape('Mailgun key', /\bkey-[0-9a-f]{32}\b/),
  shape('Mailchimp key', /\b[0-9a-f]{32}-us\d{1,2}\b/, undefined, /[0-9a-f]-us\d/),
  shape('SendGrid key', /\bSG\.[\w-]{20,24}\.[\w-]{39,50}(?![\w-])/),
  shape('Stripe key', /\b(?:[sr]k_(?:live|test|prod)|whsec)_[A-Za-z0-9+/]{24,}/, isPlainWord),
  shape('Square token', /\b(?:sq0csp-[\w-]{43}|sq0atp-[\w-]{22}|EAAA[\w-]{60})(?![\w-])/),
  shape('Braintree token', /\baccess_token\$production\$[0-9a-z]{16}\$[0-9a-f]{32}\b/),
  shape('New Relic key', /\bNRAK-[A-Z0-9]{27}\b/),
  shape('Sentry token', /\bsntry(?:s_eyJ[\w+/=]{60,}|u_[0-9a-f]{64}\b)/),
  shape('Postman key', /\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b/),
  shape('Airtable token', /\bpat[A-Za-z0-9]{14}\.[0-9a-f]{64}\b/),

  // What any program may hold
  shape('JSON web token', /\beyJ[\w-]{10,}\.(?<value>eyJ[\w-]{10,})\.[\w-]{20,}/, isSampleToken),
  shape(
    'password in an address',
    /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'`<>(){}[\]$\\|^,;]{0,64}:(?<value>[^\s/@"'`<>(){}[\]$\\|^,;]{3,200})@[a-z0-9[][a-z0-9.:_-]*/i,
    isPlaceholder,
    /:\/\/[^\s:/@"'`<>(){}[\]$\\|^,;]{0,64}:[^\s/@"'`<>(){}[\]$\\|^,;]{3,200}@/,
  ),
  shape(
    'password in a header',
    /\bauthorization["'`]?\s{0,3}[:=,]\s{0,3}["'`]?(?:basic\s{1,3}(?<value>[A-Za-z0-9+/]{16,}={0,2}))/i,
    isSampleLogin,
  ),
  shape(
    'password in a setting',
    /(?:secret|password|passwd|token|api_?-?key|access_?-?key)["'`]?\s{0,5}(?:=>|:=|[:=])\s{0,5}["'`](?<value>[A-Za-z0-9+/=_.!@#%^&*~-]{20,200})["'`]/i,
    isNoRandomText,
    /[:=>]\s{0,5}["'`][A-Za-z0-9+/=_.!@#%^&*~-]{20,200}["'`]/,
  ),
  shape(
    'password in a setting',
    /^[ \t]*(?:export[ \t]+|-[ \t]+)?[A-Z0-9_.-]*(?:SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|ACCESS_?KEY)[ \t]*[:=][ \t]*(?<value>[A-Za-z0-9+/=_-]{20,200})[ \t]*$/im,
    isNoRandomText,
    /(?<=[DNTYdnty \t])[:=][ \t]*[A-Za-z0-9+/=_-]{20,200}[ \t]*$/m,
  ),
];

function shape(
  rule: string,
  pattern: RegExp,
  isNone?: (value: string) => boolean,
  needs?: string | RegExp,
): SecretShape {
  return {
    rule,
    pattern: new RegExp(pattern.source, `${pattern.flags}g`),
    ...(isNone ? { isNone } : {}),
    ...(needs === undefined ? {} : { needs }),
  };
}

/** Amazon's documents write keys that end with that word. */
function isExample(value: string): boolean {
  return /EXAMPLE/i.test(value) || isPlaceholder(value);
}

/** Words that stand where a password shall be put, and passwords of databases that only run on the own machine. */
function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || new Set(value).size <= 3;
}

const PLACEHOLDER =
  /^(?:(?:my|your|the|some|db|user|test|example|sample|dummy|fake|foo|super)?[-_. ]?(?:pass|word|passw(?:or)?d|pwd|pw|secret|token|key|credentials?|user(?:name)?|login|example|test|changeme|change-me|placeholder|postgres|mysql|mongo|redis|root|admin|guest|foo|bar|baz)(?:[-_. ]?(?:here|\d{0,4}))?|[x*._-]{3,}|%[a-z]|:\w+|%[\w.]+%|#.*)$/i;

/** An identifier that only begins like a token. */
function isPlainWord(value: string): boolean {
  return !/\d/.test(value) || isPlaceholder(value);
}

/** The token that jwt.io shows, and others about that person. */
function isSampleToken(payload: string): boolean {
  return payload.startsWith('eyJzdWIiOiIxMjM0NTY3ODkw');
}

/** The logins of RFC 2617 and RFC 7617, and those that say of themselves what they are. */
function isSampleLogin(base64: string): boolean {
  const [, password = ''] = atobOr(base64).split(':');
  return base64.startsWith('QWxhZGRpbjpvcGVu') || isPlaceholder(password);
}

function atobOr(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return '';
  }
}

/** What was made by chance has letters of both cases and digits, or is hexadecimal, and repeats itself little. */
function isNoRandomText(value: string): boolean {
  const isHexadecimal = /^[0-9a-f]{32,}$/i.test(value) && /\d/.test(value) && /[a-f]/i.test(value);
  const isMixed = /[a-z]/.test(value) && /[A-Z]/.test(value) && /\d/.test(value);
  if (!isHexadecimal && !isMixed) return true;
  return entropyOf(value) < (isHexadecimal ? LEAST_HEXADECIMAL : LEAST_MIXED) || isExample(value);
}

/** Bits for each character. Names that are put together from words have less. */
const LEAST_MIXED = 3.5;
const LEAST_HEXADECIMAL = 3;

function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => {
    const share = count / text.length;
    return sum - share * Math.log2(share);
  }, 0);
}
