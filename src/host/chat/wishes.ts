import * as vscode from 'vscode';
import { compactionInForce } from '../../core/conversation/model.ts';
import type { ExcerptPart } from '../../core/conversation/parts.ts';
import { decodeToHost, PROTOCOL_VERSION, type ToHost } from '../../core/protocol.ts';
import type { ExcerptView } from '../attaching/excerptView.ts';
import type { SelectionOffers } from '../attaching/selectionOffer.ts';
import type { Log } from '../log.ts';
import { goneSentence, type Mentions } from '../mentions/mentionParts.ts';
import { copy, insertAtCursor, openLink, openNewFile, openPart, runInTerminal } from '../pageActions.ts';
import { type Found, foundPart, NOTHING } from '../workspace/found.ts';
import type { ChatPage } from './chatPage.ts';
import type { PageShrinker } from './pageShrinker.ts';

/** What a wish needs besides the page that has it. */
export interface WishParts {
  readonly log: Log;
  readonly importKey: () => Promise<boolean>;
  readonly shrinker: PageShrinker;
  readonly sources: Sources;
  readonly offers: SelectionOffers;
  readonly excerpts: ExcerptView;
  /** Pins a file or folder to the workspace's context; gives the sentence that says so, or why it cannot be. */
  readonly pinAt: (uri: vscode.Uri) => Promise<string>;
}

/** Where things to attach come from. */
export interface Sources {
  /** A file from outside, which has no URI. */
  inBytes(name: string, bytes: Uint8Array): Promise<Found>;
  /** What was dropped, one URI a line. */
  at(uris: string): Promise<Found>;
  readonly mentions: Pick<Mentions, 'find' | 'findLate' | 'take' | 'uriOf'>;
}

/** Listens to a page: what is no wish is dropped and logged, what fails is told and logged. */
export function grantWishes(webview: vscode.Webview, page: ChatPage, parts: WishParts): vscode.Disposable {
  return webview.onDidReceiveMessage((message: unknown) => {
    const wish = decodeToHost(message);
    if (!wish) return parts.log.warn('The page sent a message that is no wish; it was dropped.');
    grant(wish, page, parts).catch((error: unknown) => {
      parts.log.warn(
        `The wish "${wish.type}" failed: ${error instanceof Error ? error.message : 'unknown reason'}`,
      );
      page.tell(vscode.l10n.t('That did not work. The log of Parley says more.'));
    });
  });
}

/** What is slow comes in a second answer: the page may be waiting with nothing to show. */
async function findMentions(query: string, page: ChatPage, { mentions }: Sources): Promise<void> {
  const late = mentions.findLate(query);
  const found = await mentions.find(query);
  page.post({ type: 'mentionsFound', query, mentions: found });
  const all = await late;
  if (all) page.post({ type: 'mentionsFound', query, mentions: all });
}

async function grant(wish: ToHost, page: ChatPage, parts: WishParts): Promise<void> {
  switch (wish.type) {
    case 'ready':
      if (wish.version !== PROTOCOL_VERSION) parts.log.warn(`The page speaks protocol ${wish.version}.`);
      return page.start();
    case 'ask':
      return page.ask(wish.text, wish.conversation);
    case 'stop':
      return page.session.stop();
    case 'retry':
      return page.retry();
    case 'retryNow':
      return page.session.retryNow();
    case 'continueAnswer':
      return page.continueAnswer();
    case 'edit':
      return page.edit(wish.turn, wish.text);
    case 'continueHere':
      return page.continueHere();
    case 'fork':
      return page.fork(wish.turn);
    case 'allowOnce':
      return page.allowOnce();
    case 'changeInstructions':
      return changeInstructions(page, wish);
    case 'compact':
      return page.compact(wish.instructions);
    case 'decideCompaction':
      return decideCompaction(page, wish);
    case 'imageShrunk':
      return parts.shrinker.take(wish);
    case 'showOlder':
      return page.showOlder(wish.before);
    case 'showNewer':
      return page.showNewer(wish.after);
    case 'changeDraft':
    case 'patchDraft':
      return page.changeDraft(wish);
    case 'changeUnfinished':
      return page.changeUnfinished(wish.conversation, {
        editing: wish.editing,
        instructions: wish.instructions,
      });
    case 'removeAttachment':
      return page.attachments.remove(wish);
    case 'keepPicture':
      return page.attachments.keepPicture(wish);
    case 'giveUpPicture':
      return page.attachments.giveUp(wish.id);
    case 'attachImage':
      return page.attachments.attachPicture(wish);
    case 'attachFile':
      return page.attachments.collect(wish, () => parts.sources.inBytes(wish.name, wish.bytes));
    case 'attachUris':
      return page.attachments.collect(wish, () => parts.sources.at(wish.uris));
    case 'attachText':
      return page.attachments.collect(wish, async () => foundPart(pasted(wish.text)));
    case 'refreshAttachment':
      return page.attachments.refresh(wish);
    case 'readImage':
      return page.attachments.read(wish);
    case 'findMentions':
      return findMentions(wish.query, page, parts.sources);
    case 'attachMention':
      return page.attachments.collect(wish, () => parts.sources.mentions.take(wish.mention));
    case 'pinMention': {
      const uri = parts.sources.mentions.uriOf(wish.mention);
      return page.tell(uri ? await parts.pinAt(uri) : goneSentence());
    }
    case 'acceptSelection':
      return page.attachments.collect(wish, async () => ({ ...NOTHING, parts: parts.offers.take() }));
    case 'declineSelections':
      return declineSelections(page, parts.offers);
    case 'openAttachment': {
      const { attachments } = await page.draft();
      return openPart(attachments.find((entry) => entry.id === wish.id)?.part, parts.excerpts);
    }
    case 'openPart': {
      const turn = page.session.conversation.turns.find((candidate) => candidate.id === wish.turn);
      return openPart(turn?.role === 'user' ? turn.parts[wish.part] : undefined, parts.excerpts);
    }
    case 'openLink':
      return openLink(wish.href);
    case 'copy':
      return copy(wish.text);
    case 'insertAtCursor':
      return insertAtCursor(wish.text);
    case 'openNewFile':
      return openNewFile(wish.text, wish.language);
    case 'runInTerminal':
      return runInTerminal(wish.text);
    case 'importKey':
      return retryIfKeyWasMissing(await parts.importKey(), page);
    case 'openSettings':
      return void (await vscode.commands.executeCommand('workbench.action.openSettings', wish.query));
    case 'run':
      return run(wish.command, page);
    case 'report':
      return parts.log.warn(`The page reports: ${wish.message.slice(0, 2000)}`);
  }
}

/** Text that was pasted and is too long to stand in the composer. */
function pasted(text: string): ExcerptPart {
  const lines = text.trimEnd().split('\n').length;
  const label = vscode.l10n.t('Pasted text, {0} lines', lines);
  return { kind: 'excerpt', origin: 'pasted', label, languageId: 'plaintext', text };
}

async function declineSelections(page: ChatPage, offers: SelectionOffers): Promise<void> {
  await offers.decline();
  page.tell(vscode.l10n.t('Selections are offered no more. The setting "Offer Selection" brings them back.'));
}

/**
 * They are part of the cached prefix, so they count only as long as nothing was sent. Of a conversation that is shown no
 * more they stay in the draft.
 */
function changeInstructions(
  { session }: ChatPage,
  { conversation, text }: Extract<ToHost, { type: 'changeInstructions' }>,
): void {
  const { id, system, instructions = '' } = session.conversation;
  if (conversation !== id) return;
  if (session.readOnly || system || instructions === text) return;
  session.record({ type: 'instructionsChanged', instructions: text });
}

/** A summary can be taken or discarded once, and the one in force can be undone. */
export function decideCompaction(
  { session }: Pick<ChatPage, 'session'>,
  { compaction: id, state }: Pick<Extract<ToHost, { type: 'decideCompaction' }>, 'compaction' | 'state'>,
): void {
  const { conversation } = session;
  const compaction = conversation.compactions.find((candidate) => candidate.id === id);
  const isInForce = compactionInForce(conversation)?.id === id;
  const fits = state === 'undone' ? isInForce : compaction?.state === 'offered';
  if (fits && !session.busy) session.record({ type: 'compactionDecided', compaction: id, state });
}

/** After a key or a model was chosen because of a failure, the failed question is asked again. */
async function run(command: Extract<ToHost, { type: 'run' }>['command'], page: ChatPage): Promise<void> {
  const done = await vscode.commands.executeCommand<unknown>(command);
  if (command === 'parley.setApiKey') await retryIfKeyWasMissing(done === true, page);
  if (command === 'parley.selectModel' && done !== undefined && failedBy(page, 'unknownModel', 'forbidden')) {
    await page.retry();
  }
}

async function retryIfKeyWasMissing(nowSet: boolean, page: ChatPage): Promise<void> {
  if (nowSet && failedBy(page, 'noKey', 'badKey')) await page.retry();
}

function failedBy(page: ChatPage, ...kinds: readonly string[]): boolean {
  const newest = page.session.conversation.turns.at(-1);
  return newest?.role === 'assistant' && newest.failure !== undefined && kinds.includes(newest.failure.kind);
}
