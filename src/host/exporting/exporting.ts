import * as vscode from 'vscode';
import { type Conversation, thinkingOf } from '../../core/conversation/model.ts';
import { toMarkdown } from '../../core/exporting/markdown.ts';
import { fail, type Result, succeed } from '../../core/ports.ts';
import { writeBackup } from '../storage/backup.ts';
import { storageFailure } from '../storage/files.ts';
import { CANCELLED, type Imported, importExport, writeExport } from '../storage/jsonExport.ts';
import type { Location } from '../storage/location.ts';
import type { Merged } from '../storage/merging.ts';
import { isZip, type Restored, restoreBackup } from '../storage/restoring.ts';
import { tidy } from '../storage/tidying.ts';
import { usd } from '../usd.ts';
import type { ExportParts } from './exportCommands.ts';
import { offerCopy, offerMove, sayUnusable } from './locationTalk.ts';
import { valueOrTell, withNotification } from './longTask.ts';
import { askWhereTo, askWhichFile, fileNameOf, readFrom, writeAt } from './places.ts';

/** What lies in a file of its own, loaded when something goes out or comes in. See `exportCommands.ts` for what each takes and gives. */

/** Writes a conversation to read; what is attached lies in a folder beside the file. */
export async function exportMarkdown(
  parts: ExportParts,
  id: unknown,
  given: unknown,
): Promise<vscode.Uri | undefined> {
  const conversation = await conversationFor(parts, id);
  if (!conversation) return undefined;
  const withThinking = given instanceof vscode.Uri ? false : await askForThinking(conversation);
  if (withThinking === undefined) return undefined;
  const name = `${fileNameOf(conversation.title)}.md`;
  const title = vscode.l10n.t('Export Conversation as Markdown');
  const target = await askWhereTo(given, name, title, { Markdown: ['md'] });
  if (!target) return undefined;
  const written = await withNotification(title, (signal) =>
    writeMarkdown(parts, conversation, target, withThinking, signal),
  );
  const uri = valueOrTell(written, vscode.l10n.t('The conversation could not be exported: {0}.'), parts.log);
  if (uri) tellWritten(uri);
  return uri;
}

/** Writes a conversation with everything there is of it. */
export async function exportJson(
  parts: ExportParts,
  id: unknown,
  given: unknown,
): Promise<vscode.Uri | undefined> {
  const conversation = await conversationFor(parts, id);
  if (!conversation) return undefined;
  const title = vscode.l10n.t('Export Conversation as JSON');
  const name = `${fileNameOf(conversation.title)}.json`;
  const target = await askWhereTo(given, name, title, { JSON: ['json'] });
  if (!target) return undefined;
  const storage = { root: parts.folder.fsPath, attachments: parts.attachments };
  const written = await withNotification(title, (signal) =>
    writeAt(target, scratchOf(parts), (file) => writeExport(storage, conversation.id, file, signal)),
  );
  const uri = valueOrTell(written, vscode.l10n.t('The conversation could not be exported: {0}.'), parts.log);
  if (uri) tellWritten(uri);
  return uri;
}

/** Writes the whole history into one file. */
export async function backUp(parts: ExportParts, given: unknown): Promise<vscode.Uri | undefined> {
  const now = parts.clock.now();
  const title = vscode.l10n.t('Back Up History');
  const name = `parley-${new Date(now).toISOString().slice(0, 10)}.zip`;
  const target = await askWhereTo(given, name, title, { Zip: ['zip'] });
  if (!target) return undefined;
  await parts.flush();
  const written = await withNotification(title, (signal, report) =>
    writeAt(target, scratchOf(parts), (file) => writeBackup(parts.folder.fsPath, file, now, report, signal)),
  );
  const uri = valueOrTell(written, vscode.l10n.t('The history could not be backed up: {0}.'), parts.log);
  if (uri) tellWritten(uri);
  return uri;
}

/** Brings in an export or a backup, whichever the file is. */
export async function importFile(parts: ExportParts, given: unknown): Promise<string | undefined> {
  const source = await askWhichFile(given);
  if (!source) return undefined;
  await parts.flush();
  const read = await withNotification(vscode.l10n.t('Importing'), (signal, report) =>
    readFrom<Imported | Restored>(source, scratchOf(parts), async (file) =>
      (await isZip(file))
        ? restoreBackup(parts.folder.fsPath, file, report, signal)
        : importExport({ root: parts.folder.fsPath, attachments: parts.attachments }, file, signal),
    ),
  );
  const come = valueOrTell(read, vscode.l10n.t('The file could not be imported: {0}.'), parts.log);
  if (!come) return undefined;
  if (come.kind === 'placed') return showPlaced(parts, come);
  if (come.kind === 'merged') tellMerged(come);
  else void vscode.window.showErrorMessage(refusalOf(come.kind));
  return undefined;
}

/** See `sayUnusable`. */
export function tellUnusable(location: Location): Promise<void> {
  return sayUnusable(location);
}

/** See `offerCopy`. */
export function offerWhatWentAside(
  from: vscode.Uri,
  to: vscode.Uri,
  flush: () => Promise<void>,
): Promise<boolean> {
  return offerCopy(from, to, flush);
}

/** See `offerMove`. */
export function offerReload(from: vscode.Uri, to: vscode.Uri, flush: () => Promise<void>): Promise<void> {
  return offerMove(from, to, flush);
}

/** See `tidy`. */
export function tidyDaily(parts: ExportParts): Promise<void> {
  const { folder, workspace, clock, log } = parts;
  return tidy({ root: folder.fsPath, workspace: workspace?.fsPath, now: clock.now(), log });
}

/** The conversation of this id, else the shown one; undefined once the user has been told that there is none. */
async function conversationFor(parts: ExportParts, given: unknown): Promise<Conversation | undefined> {
  await parts.flush();
  const id = typeof given === 'string' ? given : await parts.shown();
  const read = id === undefined ? undefined : await parts.store.read(id);
  if (read?.ok) return read.value;
  const isMissing = read === undefined || read.failure.message === 'ENOENT';
  if (isMissing) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('There is nothing to export yet: this conversation is empty.'),
    );
    return undefined;
  }
  return valueOrTell(read, vscode.l10n.t('The conversation could not be read: {0}.'), parts.log);
}

/** Asked only where there is any. Undefined when cancelled. */
async function askForThinking(conversation: Conversation): Promise<boolean | undefined> {
  const hasThinking = conversation.turns.some(
    (turn) => turn.role === 'assistant' && turn.blocks.some(({ content }) => thinkingOf(content) !== ''),
  );
  if (!hasThinking) return false;
  const items = [
    { label: vscode.l10n.t('Without Thinking'), value: false },
    { label: vscode.l10n.t('With Thinking'), value: true },
  ];
  const title = vscode.l10n.t('Export Conversation as Markdown');
  return (await vscode.window.showQuickPick(items, { title }))?.value;
}

/** The files first: a text whose pictures are missing would look whole. */
async function writeMarkdown(
  parts: ExportParts,
  conversation: Conversation,
  target: vscode.Uri,
  withThinking: boolean,
  signal: AbortSignal,
): Promise<Result<vscode.Uri>> {
  const folder = `${(target.path.split('/').at(-1) ?? '').replace(/\.[^.]+$/, '')}.files`;
  const { text, files } = toMarkdown(conversation, {
    t: vscode.l10n.t,
    prices: parts.prices(),
    withThinking,
    folder,
    date: (at) =>
      new Date(at).toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' }),
    usd,
  });
  try {
    for (const { name, sha256 } of files) {
      signal.throwIfAborted();
      const read = await parts.attachments.base64(sha256);
      if (!read.ok) parts.log(`An attachment is missing in the export: ${name}`);
      const place = vscode.Uri.joinPath(target, '..', folder, name);
      if (read.ok) await vscode.workspace.fs.writeFile(place, Buffer.from(read.value, 'base64'));
    }
    await vscode.workspace.fs.writeFile(target, Buffer.from(text, 'utf8'));
    return succeed(target);
  } catch (error) {
    return fail(signal.aborted ? { kind: 'storage', message: CANCELLED } : storageFailure(error));
  }
}

function scratchOf({ folder, clock }: ExportParts): vscode.Uri {
  return vscode.Uri.joinPath(folder, `${clock.newId()}.tmp`);
}

function tellWritten(uri: vscode.Uri): void {
  const open = vscode.l10n.t('Show File');
  const sentence = vscode.l10n.t('Written to {0}', uri.scheme === 'file' ? uri.fsPath : uri.path);
  void vscode.window.showInformationMessage(sentence, open).then((answer) => {
    if (answer !== open) return;
    const command = uri.path.endsWith('.md') ? 'vscode.open' : 'revealFileInOS';
    void vscode.commands.executeCommand(command, uri);
  });
}

async function showPlaced(
  parts: ExportParts,
  { outcome, id }: Extract<Imported, { kind: 'placed' }>,
): Promise<string> {
  if (outcome === 'inTrash') {
    const restored = await parts.store.restore(id);
    const what = vscode.l10n.t('The conversation could not be restored: {0}.');
    if (!restored.ok) {
      valueOrTell(restored, what, parts.log);
      return id;
    }
  }
  await parts.show(id);
  const sentences = {
    added: vscode.l10n.t('The conversation was imported.'),
    copied: vscode.l10n.t(
      'There is another version of this conversation here already. The imported one was added as a copy.',
    ),
    there: vscode.l10n.t('This conversation is here already.'),
    inTrash: vscode.l10n.t('This conversation was in the trash and is restored.'),
  };
  void vscode.window.showInformationMessage(sentences[outcome]);
  return id;
}

function tellMerged({ conversations, copies, leftOut }: Merged): void {
  const sentences = [
    vscode.l10n.t('{0} conversations came back; what was here has stayed.', conversations),
    ...(copies === 0
      ? []
      : [vscode.l10n.t('{0} of them are copies, because there is another version here.', copies)]),
    ...(leftOut === 0 ? [] : [vscode.l10n.t('{0} files were damaged and left out.', leftOut)]),
  ];
  const tell = leftOut === 0 ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  void tell(sentences.join(' '));
}

function refusalOf(kind: 'foreign' | 'newer' | 'damaged'): string {
  switch (kind) {
    case 'foreign':
      return vscode.l10n.t('This file is neither an export nor a backup of Parley. Nothing was changed.');
    case 'newer':
      return vscode.l10n.t('This file was written by a newer Parley. Update Parley to import it.');
    case 'damaged':
      return vscode.l10n.t('This file is damaged. Nothing was changed.');
  }
}
