import * as vscode from 'vscode';
import { type Conversation, thinkingOf } from '../../core/conversation/model.ts';
import type { Result } from '../../core/ports.ts';
import { writeBackup } from '../storage/backup.ts';
import { type Imported, importExport, writeExport } from '../storage/jsonExport.ts';
import type { Merged } from '../storage/merging.ts';
import { isZip, type Restored, restoreBackup } from '../storage/restoring.ts';
import { tidy } from '../storage/tidying.ts';
import type { ExportParts } from './exportCommands.ts';
import { offerCopy, offerMove, sayUnusable } from './locationTalk.ts';
import { type Report, valueOrTell, withNotification } from './longTask.ts';
import { askWhereTo, askWhichFile, fileNameOf, readFrom, type Written, writeAt } from './places.ts';
import { writeMarkdown } from './writeMarkdown.ts';

/** What lies in a file of its own, loaded when something goes out or comes in. See `exportCommands.ts` for what each takes and gives. */

/** It copies histories as well, so it lies in the same bundle. */
export const locationTalk = { offerCopy, offerMove, sayUnusable };

/** Writes a conversation to read; what is attached lies in a folder beside the file. */
export async function exportMarkdown(
  parts: ExportParts,
  id: unknown,
  given: unknown,
): Promise<vscode.Uri | undefined> {
  const conversation = await conversationFor(parts, id);
  if (!conversation) return undefined;
  const title = vscode.l10n.t('Export Conversation as Markdown');
  const withThinking = given instanceof vscode.Uri ? false : await askForThinking(conversation, title);
  if (withThinking === undefined) return undefined;
  const name = `${fileNameOf(conversation.title)}.md`;
  return writeOut(parts, given, { name, title, filters: { Markdown: ['md'] } }, (target, signal, report) =>
    writeMarkdown(parts, conversation, { target, withThinking, signal, onFile: report.files }),
  );
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
  const storage = { root: parts.folder.fsPath, attachments: parts.attachments };
  return writeOut(parts, given, { name, title, filters: { JSON: ['json'] } }, (target, signal, { files }) =>
    writeAt(target, scratchOf(parts), (file) => writeExport(storage, conversation.id, file, signal, files)),
  );
}

/** Writes the whole history into one file. */
export async function backUp(parts: ExportParts, given: unknown): Promise<vscode.Uri | undefined> {
  const now = parts.clock.now();
  const title = vscode.l10n.t('Back Up History');
  const name = `parley-${new Date(now).toISOString().slice(0, 10)}.zip`;
  return writeOut(
    parts,
    given,
    { name, title, filters: { Zip: ['zip'] } },
    async (target, signal, { files }) => {
      await parts.flush();
      return writeAt(target, scratchOf(parts), (file) =>
        writeBackup(parts.folder.fsPath, file, now, files, signal),
      );
    },
  );
}

/** Brings in an export or a backup, whichever the file is. */
export async function importFile(parts: ExportParts, given: unknown): Promise<string | undefined> {
  const source = await askWhichFile(given);
  if (!source) return undefined;
  await parts.flush();
  const read = await withNotification(vscode.l10n.t('Importing'), (signal, report) =>
    readFrom<Imported | Restored>(source, scratchOf(parts), async (file) =>
      (await isZip(file))
        ? restoreBackup(parts.folder.fsPath, file, report.files, signal)
        : importExport(
            { root: parts.folder.fsPath, attachments: parts.attachments },
            file,
            signal,
            report.bytes,
          ),
    ),
  );
  const come = valueOrTell(read, vscode.l10n.t('The file could not be imported: {0}.'), parts.log);
  if (!come) return undefined;
  if (come.kind === 'placed') return showPlaced(parts, come);
  if (come.kind === 'merged') tellMerged(come);
  else void vscode.window.showErrorMessage(refusalOf(come.kind));
  return undefined;
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
async function askForThinking(conversation: Conversation, title: string): Promise<boolean | undefined> {
  const hasThinking = conversation.turns.some(
    (turn) => turn.role === 'assistant' && turn.blocks.some(({ content }) => thinkingOf(content) !== ''),
  );
  if (!hasThinking) return false;
  const items = [
    { label: vscode.l10n.t('Without Thinking'), value: false },
    { label: vscode.l10n.t('With Thinking'), value: true },
  ];
  return (await vscode.window.showQuickPick(items, { title }))?.value;
}

/** Asks for a place unless one is given, has something written there and tells the user what became of it. Gives the place. */
async function writeOut(
  parts: ExportParts,
  given: unknown,
  { name, title, filters }: Offered,
  write: (target: vscode.Uri, signal: AbortSignal, report: Report) => Promise<Result<Written>>,
): Promise<vscode.Uri | undefined> {
  const target = await askWhereTo(given, name, title, filters);
  if (!target) return undefined;
  const result = await withNotification(title, (signal, report) => write(target, signal, report));
  const written = valueOrTell(result, vscode.l10n.t('The file could not be written: {0}.'), parts.log);
  if (written) tellWritten(written);
  return written?.place;
}

/** The name and kind of file that are offered to the user. */
interface Offered {
  readonly name: string;
  readonly title: string;
  readonly filters: Readonly<Record<string, readonly string[]>>;
}

function scratchOf({ folder, clock }: ExportParts): vscode.Uri {
  return vscode.Uri.joinPath(folder, `${clock.newId()}.tmp`);
}

function tellWritten({ place, missing = 0 }: Written): void {
  const open = vscode.l10n.t('Show File');
  const sentences = [
    vscode.l10n.t('Written to {0}', place.scheme === 'file' ? place.fsPath : place.path),
    ...(missing === 0
      ? []
      : [vscode.l10n.t('{0} of its attachments are not on this disk any more.', missing)]),
  ];
  const tell = missing === 0 ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  void tell(sentences.join('. '), open).then((answer) => {
    if (answer !== open) return;
    const command = place.path.endsWith('.md') ? 'vscode.open' : 'revealFileInOS';
    void vscode.commands.executeCommand(command, place);
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
