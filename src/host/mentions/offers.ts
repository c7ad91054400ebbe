import * as vscode from 'vscode';
import type { Offer } from './candidate.ts';
import type { MentionParts } from './mentionParts.ts';

/** What the editor holds at this moment besides files, the likeliest first; only what there is. */
export function offersNow(parts: MentionParts): readonly Offer[] {
  return [...selectionOffer(parts), ...problemOffers(parts), ...changeOffers(parts), ...terminalOffer(parts)];
}

function selectionOffer({ selection }: MentionParts): readonly Offer[] {
  const editor = vscode.window.activeTextEditor;
  const selected = editor?.selections.filter(({ isEmpty }) => !isEmpty) ?? [];
  const [first] = selected;
  if (!editor || !first) return [];
  const name = editor.document.uri.path.split('/').at(-1) ?? '';
  const lines = first.isSingleLine
    ? `${first.start.line + 1}`
    : `${first.start.line + 1}-${first.end.line + 1}`;
  const more = selected.length - 1;
  return [
    {
      kind: 'selection',
      label: `${name}:${lines}`,
      detail: more > 0 ? vscode.l10n.t('Selection, {0} more', more) : vscode.l10n.t('Selection'),
      words: ['selection'],
      find: selection,
    },
  ];
}

function problemOffers({ fileProblems, workspaceProblems }: MentionParts): readonly Offer[] {
  const active = vscode.window.activeTextEditor?.document.uri;
  const here = active ? vscode.languages.getDiagnostics(active).length : 0;
  const everywhere = vscode.languages.getDiagnostics().reduce((sum, [, found]) => sum + found.length, 0);
  const words = ['problems', 'errors', 'warnings', 'diagnostics'];
  const file: Offer | undefined = active && {
    kind: 'problems',
    label: vscode.l10n.t('problems'),
    detail: vscode.l10n.t('{0} in {1}', here, active.path.split('/').at(-1) ?? ''),
    words,
    find: () => fileProblems(active),
  };
  const all: Offer = {
    kind: 'problems',
    label: vscode.l10n.t('workspace problems'),
    detail: vscode.l10n.t('{0} in the workspace', everywhere),
    words,
    find: workspaceProblems,
  };
  return [...(file && here > 0 ? [file] : []), ...(everywhere > 0 ? [all] : [])];
}

function changeOffers({ changes }: MentionParts): readonly Offer[] {
  const { staged, unstaged } = changedFiles();
  const offer = (which: 'staged' | 'unstaged', label: string, files: number): readonly Offer[] =>
    files === 0
      ? []
      : [
          {
            kind: 'changes',
            label,
            detail: files === 1 ? vscode.l10n.t('1 file') : vscode.l10n.t('{0} files', files),
            words: ['changes', 'diff', 'git', which],
            find: () => changes(which),
          },
        ];
  return [
    ...offer('staged', vscode.l10n.t('staged changes'), staged),
    ...offer('unstaged', vscode.l10n.t('changes'), unstaged),
  ];
}

function terminalOffer({ terminalSelection }: MentionParts): readonly Offer[] {
  const terminal = vscode.window.activeTerminal;
  if (!terminal) return [];
  return [
    {
      kind: 'terminal',
      label: vscode.l10n.t('terminal'),
      detail: vscode.l10n.t('Selection in {0}', terminal.name),
      words: ['terminal', 'console', 'shell'],
      find: terminalSelection,
    },
  ];
}

/** Changed files in all repositories, as VS Code's own git knows them; none while it is not running. */
function changedFiles(): { readonly staged: number; readonly unstaged: number } {
  const git = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (!git?.isActive || !git.exports.enabled) return { staged: 0, unstaged: 0 };
  const states = git.exports.getAPI(1).repositories.map(({ state }) => state);
  const sum = (count: (state: GitState) => number): number =>
    states.reduce((total, state) => total + count(state), 0);
  return {
    staged: sum(({ indexChanges }) => indexChanges.length),
    unstaged: sum(
      ({ workingTreeChanges, untrackedChanges = [] }) => workingTreeChanges.length + untrackedChanges.length,
    ),
  };
}

/** The part of the git extension's API, version 1, that is needed here. */
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): { readonly repositories: readonly { readonly state: GitState }[] };
}

interface GitState {
  readonly indexChanges: readonly unknown[];
  readonly workingTreeChanges: readonly unknown[];
  readonly untrackedChanges?: readonly unknown[];
}
