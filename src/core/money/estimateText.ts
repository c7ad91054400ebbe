import { isCommonCharacter } from './commonCharacters.ts';

/**
 * Tokens of a text in any language, for a tokenizer of today: most human and programming languages within 10 %.
 * Never less for a longer text that starts with a shorter one; 0 only for an empty text. One pass, some 15 ms per MB of letters;
 * what no table knows (emoji, rare scripts) takes several times that.
 *
 * A text is cut where tokenizers cut before they look anything up (words, numbers, marks and blanks, each with the one
 * blank before it); every piece is a token. What a word takes beyond that follows from its pairs of letters and from
 * how far the words before it are from English, which is what vocabularies are made of. Other scripts cost by
 * the character.
 */
export function estimateText(text: string): number {
  const reading: Reading = { ...START };
  let at = 0;
  while (at < text.length) {
    readUnit(reading, text.charCodeAt(at));
    at += 1;
    if (reading.kind === WORD) at = readPlainLetters(reading, text, at);
  }
  return Math.ceil((reading.tokens + waiting(reading)) * TODAY);
}

/** The weights hold for the last published vocabulary of Claude; models since 4.7 make 30 % more tokens of a text. */
const TODAY = 1.3;

/** What is known at a place in a text. `tokens` is what the pieces before it have cost. */
interface Reading {
  tokens: number;
  kind: number;
  code: number;
  /** UTF-16 units of the piece so far, and how many of them differ from the one before. */
  length: number;
  changes: number;
  /** Blanks that wait for what follows them. */
  blanks: number;
  letter: number;
  upper: boolean;
  /** How dear the pairs of letters of late are, from -1.5 for English to 1.7, and of how many that is the mean. */
  foreign: number;
  pairs: number;
  /** The share of rare ones among the Chinese and Japanese characters of late, and of how many that is the mean. */
  rare: number;
  characters: number;
}

const NOTHING = 0;
const WORD = 1;
const NUMBER = 2;
const MARKS = 3;
const SYLLABLES = 4;
const IDEOGRAPHS = 5;
/** From here on scripts that cost by the character, each with its row in `SCRIPTS`. */
const SCRIPT = 6;

/** The tables' columns after `a` to `z`: all other Latin letters, and the edge of a word. */
const BEYOND = 26;
const EDGE = 27;
const LETTERS = 28;

const START: Reading = {
  tokens: 0,
  kind: NOTHING,
  code: 0,
  length: 0,
  changes: 0,
  blanks: 0,
  letter: EDGE,
  upper: false,
  foreign: -0.6,
  pairs: 25,
  rare: 0.12,
  characters: 30,
};

function readUnit(reading: Reading, code: number): void {
  const space = isSpace(code);
  const blank = space || code <= SPACE;
  const kind = blank ? NOTHING : kindOf(code);
  if (reading.kind === WORD && kind !== WORD) notePair(reading, reading.letter * LETTERS + EDGE);
  if (blank) reading.blanks += 1;
  else readPiece(reading, kind, code);
  reading.kind = kind;
  reading.code = space ? SPACE : code;
}

const SPACE = 32;

/** Spaces of any width and those that do not break are made plain before anything is counted (NFKC). */
function isSpace(code: number): boolean {
  if (code <= SPACE) return code === SPACE;
  return code === 0xa0 || code === 0x202f || code === 0x3000 || (code >= 0x2000 && code <= 0x200a);
}

function readPiece(reading: Reading, kind: number, code: number): void {
  if (reading.blanks > 0) endBlanks(reading);
  if (kind === WORD) readLetter(reading, code);
  else readOther(reading, kind, code);
}

/** What blanks at the end of a text cost as yet: no more than they will with anything that may follow. */
function waiting({ blanks, code }: Reading): number {
  if (blanks === 0) return 0;
  return blanks === 1 && code === SPACE ? 0.7 : 1;
}

/** Of a run of blanks the last goes with what follows when it is a space, and stands alone when it is not. */
function endBlanks(reading: Reading): void {
  reading.tokens += (reading.blanks > 1 ? 1 : 0) + (reading.code === SPACE ? 0 : 1);
  reading.blanks = 0;
}

function readOther(reading: Reading, kind: number, code: number): void {
  const goesOn = reading.kind === kind || (kind >= SCRIPT && reading.kind >= SCRIPT);
  if (!goesOn) reading.length = reading.changes = 0;
  reading.length += 1;
  if (kind >= SCRIPT) reading.tokens += (goesOn ? MORE[kind - SCRIPT] : FIRST[kind - SCRIPT]) ?? 2;
  else if (kind === SYLLABLES) reading.tokens += syllable(code, goesOn);
  else if (kind === IDEOGRAPHS) readIdeograph(reading, code);
  else if (kind === NUMBER) reading.tokens += inRow(DIGITS, reading.length);
  else readMark(reading, code);
}

/** Common characters are often joined to a token of several, the more so the fewer rare ones a text has. */
function readIdeograph(reading: Reading, code: number): void {
  const common = isCommonCharacter(code);
  reading.tokens += common ? Math.min(1, 0.73 + 0.85 * reading.rare) : RARE;
  if (reading.kind === NOTHING && reading.code === SPACE) reading.tokens += SPACE_BEFORE_IDEOGRAPH;
  reading.characters = Math.min(200, reading.characters + 1);
  reading.rare += ((common ? 0 : 1) - reading.rare) / reading.characters;
}

function syllable(code: number, goesOn: boolean): number {
  return (goesOn ? 0 : FIRST_SYLLABLE) + (isCommonCharacter(code) ? COMMON_SYLLABLE : RARE);
}

/** A vocabulary has no token of a space and an ideograph. */
const SPACE_BEFORE_IDEOGRAPH = 0.9;

/** What the blank before a word costs in Korean, where few words have one of their own. */
const FIRST_SYLLABLE = 0.2;
const COMMON_SYLLABLE = 0.97;
const RARE = 2.05;

function readMark(reading: Reading, code: number): void {
  const same = reading.length > 1 && code === reading.code;
  if (!same) reading.changes += 1;
  reading.tokens += (same ? SAME_MARK : inRow(MARK, reading.changes)) + rarity(code);
}

/** Numbers cost by their length; a run of marks by how often the mark changes. */
const DIGITS = [1, 0, 0.03, 0.4, 0.42];
const MARK = [1, 0.06, 0.36, 0.62];
const SAME_MARK = 0.03;

function readLetter(reading: Reading, code: number): void {
  const letter = letterOf(code);
  const upper = isUpper(code);
  const shape = shapeOf(reading.length, reading.upper, upper);
  const pair = reading.letter * LETTERS + letter;
  if (reading.kind === WORD) reading.tokens += cutBefore(reading.foreign, reading.length, pair, shape);
  else reading.tokens += isSuffix(reading, code) ? 0 : 1;
  if (code >= 0x1e00) reading.tokens += TWO_ACCENTS;
  const begins = reading.kind !== WORD || shape === HUMP;
  if (begins && reading.kind === WORD) notePair(reading, reading.letter * LETTERS + EDGE);
  notePair(reading, (begins ? EDGE : reading.letter) * LETTERS + letter);
  reading.length = begins ? 1 : reading.length + 1;
  reading.letter = letter;
  reading.upper = upper;
}

/**
 * Letters from `a` to `z` that go on with a word, as `readLetter` would read them, but without a way through memory for each:
 * most of a text are such letters. Returns the place after them.
 */
function readPlainLetters(reading: Reading, text: string, start: number): number {
  let { tokens, code, length, letter, upper, foreign, pairs } = reading;
  let at = start;
  for (; at < text.length; at++) {
    const next = text.charCodeAt(at);
    const nextLetter = (next | 32) - 97;
    if (next >= 128 || nextLetter < 0 || nextLetter >= 26) break;
    code = next;
    const nextUpper = code < 97;
    const shape = shapeOf(length, upper, nextUpper);
    tokens += cutBefore(foreign, length, letter * LETTERS + nextLetter, shape);
    let row = letter;
    if (shape === HUMP) {
      pairs = Math.min(300, pairs + 1);
      foreign += ((EVIDENCE[letter * LETTERS + EDGE] ?? 0) - foreign) * (SHARES[pairs] ?? 0);
      row = EDGE;
      length = 0;
    }
    pairs = Math.min(300, pairs + 1);
    foreign += ((EVIDENCE[row * LETTERS + nextLetter] ?? 0) - foreign) * (SHARES[pairs] ?? 0);
    length += 1;
    letter = nextLetter;
    upper = nextUpper;
  }
  reading.tokens = tokens;
  reading.code = code;
  reading.length = length;
  reading.letter = letter;
  reading.upper = upper;
  reading.foreign = foreign;
  reading.pairs = pairs;
  return at;
}

/** The s of "it's" and the t of "don't" are one token with their apostrophe. */
function isSuffix({ kind, code, length }: Reading, letter: number): boolean {
  return kind === MARKS && code === 39 && length === 1 && (letter === 115 || letter === 116);
}

/** Letters with two accents, as Vietnamese has them, are tokens of their own. */
const TWO_ACCENTS = 1.6;

/** The chance that a word is cut within a pair of letters, of which the first is at that place. */
function cutBefore(foreign: number, place: number, pair: number, shape: number): number {
  const level = Math.min(15, Math.max(0, ((foreign + 1.5) * 5) | 0));
  const odds = (PAIRS[pair] ?? 0) + (AROUND[((shape << 3) + Math.min(place, 8)) * 16 - 16 + level] ?? 0);
  return CHANCES[Math.min(255, Math.max(0, (odds * 16 + 128) | 0))] ?? 0;
}

/** 0 small letters, 1 a capital before them, 2 a hump, 3 capitals, 4 the end of capitals. */
function shapeOf(length: number, before: boolean, upper: boolean): number {
  if (upper) return before ? 3 : HUMP;
  if (!before) return 0;
  return length === 1 ? 1 : 4;
}

/** From here on an identifier goes on as a new word would. */
const HUMP = 2;

/** A mean over the last 300 pairs; over fewer at the beginning, which is taken for half-way to English. */
function notePair(reading: Reading, pair: number): void {
  reading.pairs = Math.min(300, reading.pairs + 1);
  reading.foreign += ((EVIDENCE[pair] ?? 0) - reading.foreign) * (SHARES[reading.pairs] ?? 0);
}

/** What one of so many pairs counts for. */
const SHARES = Float64Array.from({ length: 301 }, (_, pairs) => 1 / Math.max(1, pairs));

/** The number at a place from 1 on; beyond the row its last. */
function inRow(row: readonly number[], place: number): number {
  return row[Math.min(place, row.length) - 1] ?? 1;
}

function letterOf(code: number): number {
  const lower = (code | 32) - 97;
  return code < 128 && lower >= 0 && lower < 26 ? lower : BEYOND;
}

function isUpper(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 0xc0 && code <= 0xde);
}

function kindOf(code: number): number {
  if (code < 128) return ASCII[code] ?? MARKS;
  if (code < 0x250) return code < 0xc0 || code === 0xd7 || code === 0xf7 ? MARKS : WORD;
  if (code >= 0x1e00 && code < 0x1f00) return WORD;
  if (code >= 0x3040 && code < 0xa000) return code < 0x3100 || code >= 0x3400 ? IDEOGRAPHS : MARKS;
  if (code >= 0xac00 && code < 0xd7b0) return SYLLABLES;
  const script = SCRIPTS.findIndex(({ from, to }) => code >= from && code < to);
  return script < 0 ? MARKS : SCRIPT + script;
}

const ASCII = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code >= 48 && code <= 57) return NUMBER;
  return letterOf(code) === BEYOND ? MARKS : WORD;
});

/** What a mark costs more because few texts have it: arrows, boxes and emoji, not quotes, dashes and full stops. */
function rarity(code: number): number {
  if (code < 0x2000) return code < 0x250 ? 0 : 1;
  return code < 0x2070 || (code >= 0x3000 && code < 0x3040) || code >= 0xfe30 ? 0 : 1;
}

/** Scripts by their place in Unicode, with the tokens of the first character of a word and of each further one. */
const SCRIPTS = [
  { from: 0x430, to: 0x450, first: 0.95, more: 0.49 }, // Russian
  { from: 0x410, to: 0x430, first: 1.35, more: 1 },
  { from: 0x600, to: 0x700, first: 2.3, more: 0.75 }, // Arabic
  { from: 0x900, to: 0xe00, first: 1.4, more: 1.33 }, // Hindi and its neighbors
  { from: 0x370, to: 0x400, first: 1.7, more: 1.25 }, // Greek
  { from: 0x400, to: 0x530, first: 2, more: 1.5 }, // other Cyrillic letters
  { from: 0x590, to: 0x600, first: 1.7, more: 0.9 }, // Hebrew
  { from: 0xe00, to: 0xe80, first: 1.95, more: 1.75 }, // Thai
  { from: 0x530, to: 0x1e00, first: 2, more: 1.9 },
] as const;

const FIRST = Float64Array.from(SCRIPTS, ({ first }) => first);
const MORE = Float64Array.from(SCRIPTS, ({ more }) => more);

/** Chances by odds from -8 to 8 in sixteenths. */
const CHANCES = Float64Array.from({ length: 256 }, (_, at) => 1 / (1 + Math.exp(8 - (at + 0.5) / 16)));

/** What the place of a letter in its word, its case and the language around it add to the odds of a cut. */
const PLACES = [-1.31, -1.18, -0.64, -0.73, -0.61, -0.51, -0.58, -0.71];
const SHAPES = [-1.13, 0.15, 4.34, 0.08, 1.13];
const SECOND_LEVELS = [
  -2.28, -2.18, -1.97, -1.99, -1.89, -1.48, -1.21, -0.78, -0.46, -0.61, -0.49, -0.48, -0.22, 0.48, 0.94, 1.29,
];
const LEVELS = [
  -2.36, -2.28, -2.03, -1.82, -1.48, -1.12, -0.7, -0.26, 0.26, 0.52, 0.68, 0.79, 0.91, 1.12, 1.22, 1.22,
];

/** The three of them together: 16 levels for each of eight places for each shape. */
const AROUND = Float64Array.from({ length: SHAPES.length * PLACES.length * 16 }, (_, at) => {
  const place = Math.floor(at / 16) % PLACES.length;
  const levels = place === 0 ? SECOND_LEVELS : LEVELS;
  return (PLACES[place] ?? 0) + (SHAPES[Math.floor(at / 16 / PLACES.length)] ?? 0) + (levels[at % 16] ?? 0);
});

const DIGIT_VALUES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** What a pair of letters tells of the language: 28 rows of 28 (`LETTERS`), a character each. */
const EVIDENCE = table(
  '3fndhprheisldojmkepkmigifno6ahghpgggtcgaihZhgilkggggdgimZhihcigyjkTbciVfhwpajfghgqidvjiUvoggNhhhfi' +
    'rpgloizghhgjtIhkLbtUxjllvtZ6jcf0buwbfdjssWfhhqpthgiggngXPggfjXjgggggnGljgjxglVghgjhfjlgejilfgggglU' +
    'PgghBgghgggifkUhgsicnhhggfidmfhu+UeggttukQkdiakWiOhhijr/mggijhghigiggjphggcgihhgghkfrhhgzhhglgjlgi' +
    'sgfkjqqhggggkksighrYkhjhkxkgVgkghvShfhZhngjghffhegthglsjifggegogggfglljikiegRg/hliilbffhbZjgfgjioe' +
    'gdeZqXqgoblV6YpegYnVZXnchinqvhiokfigkgmWVgsfgWnafgiZbilghggggggggggeggggghggughggggjmkjujgUjhhgeea' +
    'sfihimtjghZotbzjskPgfilhomimXggheejflgflrV/iglqgeBViicnfgaitluhgZjhjqUgilidigg0ijcolevgnipiikiihly' +
    'lggjGgfghgghghrghihfhggggglddghiaggSgghhggnggZjhhgegngiffgbgihggigggjhhcgghmgggkfjghqhnhighgghhdie' +
    'SlglhhggigggmBphhhwghgrgghijmggghhmgignhiyjhslrhjgnhktnrjkg3lqijlgkit/YcSrpcxwUn5hdcebnNQBn3JqY3zg',
  0.2581,
);

/** The odds that a word is cut within a pair. Both tables are fitted by regression to texts of twenty languages. */
const PAIRS = table(
  'uTXVreXgghXTUTfdtTUTeeXWZWvgipmtdvvzkhxZolevuimsfnkjYq1glteldthUj0UehpamojmTlgdxetvgfqreZofrjfkoqs' +
    'd0ilioknqfgmsgfmhblfmrqrodgSmhcTZZnkcXer0gltjukVqoffjdjoZqgfqZfpvgZnpgoxvwbunhixtpjcinhejhkusvjhzg' +
    'gq1zapqjjqpjosergpqbmiogjnwgfUSTZXTscgVUcUXYYVVUpXjXmTjgkkmvjqk4egiojffjggdkfpzggotgmqmlhsXqlmwpql' +
    'mvuyjkollgessgioqeYkttkktgwpdhvsgjjptmYruggawqXtsmi6kefleUozfnornnZlrgirdbejXsmmhmqiikxygVjkunftug' +
    'lYfXtdYhhiaZZTjctUXYZiXYhvxghqqhZmmgmhcXqxelgekYjfjkayzgspogrgggqlgYluogmokfVhxggggghuidXqczftlnfh' +
    'YttjgaoitmWzrgpykrWordkphppthhlmfTisklkvvglukieqpYiwjsjthcygiilujdelsgeWjdcfVkllbaYUnVnUZVppvWrnxg' +
    'fmnyWoiikgkuvqinrvrgtqkxjgxgkmzihkmYjgiloaglpii2mkcknr0gnimplsrljgktkrqenspZiggYazvgqnuslyngnqrnhd' +
    'kbmqaksgmpiozgnonubholqgnt2rqkojoipllgcZxgqpuzisxizmqpqjh2xkmrxoewxxoggggggggggggggggggggggggggggg',
  0.1935,
);

function table(values: string, unit: number): Float64Array {
  return Float64Array.from(values, (value) => (DIGIT_VALUES.indexOf(value) - 32) * unit);
}
