import * as vscode from 'vscode';
import type { Part } from '../../core/conversation/parts.ts';
import { type Found, foundNothing } from './found.ts';
import { withoutAnsi } from './plainText.ts';
import { shownPath } from './shownPath.ts';
import { symbolParts } from './symbols.ts';

/**
 * A failed test: its name, message, expected and actual values, and the code of the test. `args` are what VS Code gives to
 * commands in the menus `testing/message/context` and `testing/message/content` (`{ test, message }`) and
 * `testing/item/result` (the test alone, also where its only message stands in its row, or the id of a run). A sentence says how to use it when there is no test among them. Never throws.
 */
export async function testFailure(args: readonly unknown[]): Promise<Found> {
  const given = args.find(isFields);
  const test = given && (isFields(given.test) ? given.test : 'label' in given ? given : undefined);
  if (!given || !test) {
    return foundNothing(
      vscode.l10n.t('Choose a failure in the view Test Results and take this command from its menu.'),
    );
  }
  const message = isFields(given.message) ? given.message : undefined;
  const text = failureText(test, message);
  const name = namesOf(test).at(-1) ?? '';
  const code = await codeOf(test, message);
  if (message === undefined && text === undefined) {
    const sentence = vscode.l10n.t(
      'VS Code gives no message for {0} here; use the button beside the message instead.',
      name,
    );
    return { parts: code, pictures: [], sentences: [sentence] };
  }
  const label = vscode.l10n.t('Failed test: {0}', name);
  const failure: Part = {
    kind: 'excerpt',
    origin: 'testFailure',
    label,
    languageId: 'plaintext',
    text: text ?? '',
    ...(test.uri instanceof vscode.Uri ? { uri: test.uri.toString() } : {}),
  };
  return { parts: [...code, failure], pictures: [], sentences: [] };
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

/** Undefined when nothing is known but the name. */
function failureText(test: Fields, message: Fields | undefined): string | undefined {
  const said = textOf(message?.message ?? test.error);
  if (said === '') return undefined;
  const place = locationOf(message?.location);
  const lines = [
    `${namesOf(test).join(' > ')}${place ? ` (${shownPath(place.uri)}:${place.range.start.line + 1})` : ''}`,
    '',
    said,
    ...section('Expected', message?.expectedOutput),
    ...section('Actual', message?.actualOutput),
    ...stackOf(message?.stackTrace),
  ];
  return `${withoutAnsi(lines.join('\n')).trimEnd()}\n`;
}

/** The test after the suites it is in. */
function namesOf(test: Fields): readonly string[] {
  const outer = isFields(test.parent) ? namesOf(test.parent) : [];
  return typeof test.label === 'string' ? [...outer, test.label] : outer;
}

/** Messages are texts or Markdown. */
function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  return isFields(message) && typeof message.value === 'string' ? message.value : '';
}

function section(title: string, text: unknown): readonly string[] {
  return typeof text === 'string' ? ['', `${title}:`, text] : [];
}

function stackOf(frames: unknown): readonly string[] {
  if (!Array.isArray(frames) || frames.length === 0) return [];
  const lines = frames.filter(isFields).map(({ label, uri, position }) => {
    const line = position instanceof vscode.Position ? `:${position.line + 1}:${position.character + 1}` : '';
    return `  at ${label}${uri instanceof vscode.Uri ? ` (${shownPath(uri)}${line})` : ''}`;
  });
  return ['', ...lines];
}

function locationOf(location: unknown): vscode.Location | undefined {
  if (!isFields(location)) return undefined;
  const { uri, range } = location;
  const isLocation = uri instanceof vscode.Uri && range instanceof vscode.Range;
  return isLocation ? new vscode.Location(uri, range) : undefined;
}

/** The code of the test itself, else what is around the failure. */
async function codeOf({ uri, range }: Fields, message: Fields | undefined): Promise<readonly Part[]> {
  const known = uri instanceof vscode.Uri && range instanceof vscode.Range;
  const place = known ? new vscode.Location(uri, range) : locationOf(message?.location);
  return place ? (await symbolParts(place)).parts : [];
}
