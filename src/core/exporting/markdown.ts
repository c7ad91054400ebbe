import {
  type AssistantTurn,
  answerText,
  type Conversation,
  type Turn,
  thinkingOf,
} from '../conversation/model.ts';
import type { StoredDocument, StoredImage } from '../conversation/parts.ts';
import { adviseOn, type Translate } from '../failure.ts';
import type { Prices, SpentUsage } from '../money/money.ts';
import { type Bill, costOfBills, turnBill } from '../money/prices.ts';
import { wellFormed } from '../request/wellFormed.ts';
import { closed, oneLine, quoted } from './markdownText.ts';
import { type AttachedFile, partMarkdown } from './partMarkdown.ts';

export interface MarkdownOptions {
  readonly t: Translate;
  readonly prices: Prices;
  readonly withThinking: boolean;
  /** Name of the folder beside the file that the pictures and documents lie in. */
  readonly folder: string;
  /** A time as a person reads it. */
  readonly date: (at: number) => string;
  /** An amount of USD as a person reads it. */
  readonly usd: (amount: number) => string;
}

export interface MarkdownExport {
  readonly text: string;
  /** What has to lie in the folder for the links to work. */
  readonly files: readonly AttachedFile[];
}

/**
 * A conversation to read, in Markdown. Questions are quotations with what was attached below them, answers stand as they came;
 * turns are told apart by a rule and a line in bold type, so that the headings of answers stay theirs. What an answer leaves open
 * (a fence, HTML) is closed behind it.
 */
export function toMarkdown(conversation: Conversation, options: MarkdownOptions): MarkdownExport {
  const { t, date } = options;
  const files = new Map<string, AttachedFile>();
  const { title, createdAt, turns, instructions = '' } = conversation;
  const models = new Set(turns.flatMap((turn) => (turn.role === 'assistant' ? [turn.model.name] : [])));
  const sections = [
    `# ${oneLine(title) || t('Untitled')}`,
    [date(createdAt), ...models].map(oneLine).join(' · '),
    ...(instructions === '' ? [] : [`**${t('Instructions')}**`, quoted(instructions)]),
    ...turns.flatMap((turn) => ['---', ...turnSections(turn, options, files)]),
    '---',
    footer(turns.filter(isAnswer), options),
  ];
  return { text: `${sections.join('\n\n')}\n`, files: [...files.values()] };
}

function turnSections(
  turn: Turn,
  options: MarkdownOptions,
  files: Map<string, AttachedFile>,
): readonly string[] {
  const { t, date, folder } = options;
  if (turn.role === 'assistant') return answerSections(turn, options);
  const link = (label: string, source: StoredImage | StoredDocument): string => {
    const file = files.get(source.sha256) ?? fileOf(label, source);
    files.set(source.sha256, file);
    return `${encodeURIComponent(wellFormed(folder))}/${encodeURIComponent(wellFormed(file.name))}`;
  };
  const heading = `**${t('You')}** · ${date(turn.at)}`;
  const continues = turn.continues === undefined ? [] : [`*${t('Asked to go on with the answer above.')}*`];
  const withdrawn = turn.withdrawn
    ? [`*${t('This question is no longer sent, because the API refused it.')}*`]
    : [];
  return [heading, ...continues, ...turn.parts.map((part) => partMarkdown(part, t, link)), ...withdrawn];
}

/**
 * The label says what it is, the hash tells two of one name apart. Label and type may come from a foreign file: nothing of them
 * leads to another folder.
 */
function fileOf(label: string, { sha256, mediaType }: StoredImage | StoredDocument): AttachedFile {
  const ending = /^[a-z]+\/([a-z0-9]{1,10})(?![^+;])/.exec(mediaType)?.[1] ?? 'bin';
  const stem = label.replace(/\.[a-z]{1,5}$/i, '').replace(/[^\p{L}\p{N}]+/gu, '-');
  const name = [...stem].slice(0, 40).join('').replace(/^-|-$/g, '') || 'file';
  return { name: `${name}-${sha256.slice(0, 8)}.${ending}`, sha256 };
}

function answerSections(turn: AssistantTurn, options: MarkdownOptions): readonly string[] {
  const { t, date, withThinking } = options;
  const thinking = withThinking
    ? turn.blocks
        .map(({ content }) => thinkingOf(content))
        .join('\n\n')
        .trim()
    : '';
  const answer = answerText(turn);
  return [
    `**${oneLine(turn.model.name)}** · ${date(turn.at)}`,
    ...(thinking === ''
      ? []
      : [`<details><summary>${t('Thinking')}</summary>`, quoted(thinking), '</details>']),
    ...(answer.trim() === '' ? [] : [closed(answer)]),
    ...stateSections(turn, t),
    ...usageSections(turnBill(turn), options),
  ];
}

function stateSections({ state, failure }: AssistantTurn, t: Translate): readonly string[] {
  switch (state) {
    case 'done':
      return [];
    case 'stopped':
      return [`*${t('This answer was stopped; it is not complete.')}*`];
    case 'streaming':
      return [`*${t('This answer was still arriving.')}*`];
    case 'interrupted':
      return [`*${t('This answer was interrupted; it is not complete.')}*`];
    case 'failed': {
      const why = failure ? adviseOn(failure, t).sentence : '';
      return [`*${oneLine(t('This answer failed. {0}', why))}*`];
    }
    default:
      return unknown(state);
  }
}

/** A state that only a newer Parley knows. */
function unknown(state: never): readonly string[] {
  return [`*${oneLine(String(state))}*`];
}

function isAnswer(turn: Turn): turn is AssistantTurn {
  return turn.role === 'assistant';
}

function usageSections(bills: readonly Bill[], options: MarkdownOptions): readonly string[] {
  return bills.length === 0 ? [] : [`<sub>${usageLine(bills, options)}</sub>`];
}

function footer(answers: readonly AssistantTurn[], options: MarkdownOptions): string {
  const bills = answers.flatMap(turnBill);
  return `<sub>${options.t('All answers together: {0}', usageLine(bills, options))}</sub>`;
}

/** Tokens in and out, the share that came from the cache, and what that costs by the prices of today. */
function usageLine(bills: readonly Bill[], { t, prices, usd }: MarkdownOptions): string {
  const sum = (pick: (usage: SpentUsage) => number): number =>
    bills.reduce((total, { usage }) => total + pick(usage), 0);
  const read = sum((usage) => usage.read);
  const input = sum(({ fresh, write5m, write1h }) => fresh + write5m + write1h) + read;
  const share = input === 0 ? 0 : Math.round((100 * read) / input);
  const cost = costOfBills(bills, prices);
  return [
    t('{0} tokens in ({1}% from the cache)', figure(input), share),
    t('{0} tokens out', figure(sum((usage) => usage.output))),
    ...(cost === undefined ? [] : [t('{0} by the prices of today', usd(cost))]),
  ].join(' · ');
}

function figure(value: number): string {
  return value.toLocaleString('en-US');
}
