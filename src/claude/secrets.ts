import type { Failure } from '../core/conversation/model.ts';

/** Characters of a sentence and of a name such as an error code. */
const LONGEST_SENTENCE = 300;
const LONGEST_NAME = 100;

const KEY_SHAPE = /sk-ant-[\w-]+/g;
const USER_IN_URL = /(\/\/)[^\s/@]+@/g;

/** The failure without keys and passwords, and short enough for a card. */
export function withoutSecrets(failure: Failure, key: string | undefined): Failure {
  const { message, type, code, requestId, paths, ...plain } = failure;
  return {
    ...plain,
    ...(type === undefined ? {} : { type: clean(type, key, LONGEST_NAME) }),
    ...(code === undefined ? {} : { code: clean(code, key, LONGEST_NAME) }),
    ...(message === undefined ? {} : { message: clean(message, key, LONGEST_SENTENCE) }),
    ...(requestId === undefined ? {} : { requestId: clean(requestId, key, LONGEST_NAME) }),
    ...(paths === undefined ? {} : { paths: paths.map((path) => clean(path, key, LONGEST_NAME)) }),
  };
}

/** Cleans before it shortens: the first half of a key would not be recognized. */
function clean(text: string, key: string | undefined, longest: number): string {
  const scrubbed = (key ? text.replaceAll(key, '***') : text)
    .replace(KEY_SHAPE, '***')
    .replace(USER_IN_URL, '$1***@')
    .replace(/\s+/g, ' ')
    .trim();
  return scrubbed.length <= longest ? scrubbed : `${scrubbed.slice(0, longest - 1)}…`;
}
