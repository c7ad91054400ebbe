import * as vscode from 'vscode';
import { emptyConversation } from '../../core/conversation/events.ts';
import type { ModelChoice } from '../../core/conversation/model.ts';
import type { Session } from '../../core/conversation/session.ts';
import { adviseOn } from '../../core/failure.ts';
import { estimateText } from '../../core/money/estimateText.ts';
import { tokenFactor } from '../../core/money/modelFacts.ts';
import type { Claude, Clock, Result } from '../../core/ports.ts';
import type { Draft } from '../../core/protocol.ts';
import type { Asking } from '../asking.ts';
import { nameOf } from '../workspace/folders.ts';
import { countFiles } from './countFiles.ts';
import { createRequestCounting, whileEstimated } from './countRequests.ts';
import { type CountedText, createCountTexts, type TextCounts } from './countTexts.ts';
import { bytesOf } from './gatherTexts.ts';
import { registerSelectionTokens } from './selectionTokens.ts';
import { createTokenDocuments } from './tokenDocuments.ts';
import { comparison, figure } from './tokenTable.ts';

/** The commands that count tokens, the view of their figures, and the status bar's figure for the selection. */
export interface TokenCounting extends vscode.Disposable {
  /**
   * Counts what the arguments name: `(uri?, uris?)` as the Explorer, an editor's menu or code pass them. Nothing, and
   * the active editor's own URI without a list, stand for its selection where there is one, else its whole text.
   * Resolves with the tokens, exact where the API could be asked, else an estimate; 0 when there is nothing to count,
   * which is told.
   */
  countTokens(...args: readonly unknown[]): Promise<number>;
  /** Tokens of the conversation shown, as they would go along with a further question. */
  countConversationTokens(): Promise<number>;
  /** Tokens of the prompt that asking what stands in the composer would send. */
  countDraftTokens(): Promise<number>;
}

export interface TokenCountingParts {
  readonly asking: Pick<Asking, 'contextNow' | 'modelOf' | 'counter'>;
  readonly claude: () => Promise<Result<Claude>>;
  readonly clock: Pick<Clock, 'newId' | 'now'>;
  /** The conversation of the page used last; undefined when none is open. */
  readonly session: () => Session | undefined;
  /** What stands in the composer of that page. */
  readonly draft: () => Promise<Draft>;
  /** Shows a sentence; VS Code's information message when not given. */
  readonly tell?: (sentence: string) => void;
}

export function createTokenCounting(parts: TokenCountingParts): TokenCounting {
  const { asking, session } = parts;
  const tell = parts.tell ?? ((sentence) => void vscode.window.showInformationMessage(sentence));
  const countTexts = createCountTexts(parts.claude);
  const requests = createRequestCounting({ ...parts, tell });
  const model = (): ModelChoice => asking.modelOf(session()?.conversation ?? emptyConversation('', 0));
  // They cost nothing before they are needed.
  let made: ReturnType<typeof createTokenDocuments> | undefined;
  const documents = () => {
    made ??= createTokenDocuments();
    return made;
  };
  const status = registerSelectionTokens(() => tokenFactor(model().id));

  /** An estimate at once, with a way to call the count off; the exact figure in a message as soon as it is there. */
  async function countOne(name: string, text: string): Promise<number> {
    const { id, name: modelName } = model();
    const one = textOf(text, tokenFactor(id));
    const counts = await whileEstimated(name, one.estimate, (onCancelled) =>
      countTexts(id, [one], { onCancelled }),
    );
    tell(sentenceOf(name, modelName, one.estimate, counts));
    return counts.figures[0]?.tokens ?? one.estimate;
  }

  return {
    async countTokens(...args) {
      const target = targetOf(args);
      if (!target) {
        tell(vscode.l10n.t('Open a text file first, or choose files in the Explorer.'));
        return 0;
      }
      if ('text' in target) return countOne(target.name, target.text);
      return countFiles(target.uris, { model: model(), countTexts, documents: documents(), tell, countOne });
    },
    countConversationTokens: requests.conversation,
    countDraftTokens: requests.draft,
    dispose() {
      status.dispose();
      made?.dispose();
    },
  };
}

function textOf(text: string, factor: number): CountedText {
  return {
    estimate: Math.round(estimateText(text) * factor),
    bytes: bytesOf(text),
    text: async () => text,
  };
}

type Target = { readonly uris: readonly vscode.Uri[] } | { readonly name: string; readonly text: string };

/** An editor's menu passes the URI of its document alone, the Explorer a list as well. */
function targetOf([first, all]: readonly unknown[]): Target | undefined {
  const several = Array.isArray(all) ? all.filter((each) => each instanceof vscode.Uri) : [];
  if (several.length > 0) return { uris: several };
  const editor = vscode.window.activeTextEditor;
  if (first instanceof vscode.Uri && first.toString() !== editor?.document.uri.toString()) {
    return { uris: [first] };
  }
  return editor && inEditor(editor);
}

function inEditor({ document, selections }: vscode.TextEditor): Target {
  const name = nameOf(document.uri);
  const selected = selections.filter(({ isEmpty }) => !isEmpty);
  if (selected.length === 0) return { name, text: document.getText() };
  const text = selected.map((selection) => document.getText(selection)).join('\n');
  return { name: vscode.l10n.t('The selection in {0}', name), text };
}

function sentenceOf(name: string, model: string, estimate: number, { figures, failure }: TextCounts): string {
  const [counted] = figures;
  if (!counted || counted.exactness === 'estimated') {
    const about = vscode.l10n.t('{0}: about {1} tokens for {2}.', name, figure(estimate), model);
    return failure ? `${about} ${adviseOn(failure, vscode.l10n.t).sentence}` : about;
  }
  return vscode.l10n.t(
    '{0}: {1} tokens for {2} ({3}).',
    name,
    figure(counted.tokens),
    model,
    comparison(estimate, counted.tokens, vscode.l10n.t),
  );
}
