import * as vscode from 'vscode';
import { createDebugOutput, type DebugOutput } from './debugOutput.ts';
import { type Found, foundNothing, foundPart } from './found.ts';

/** What programs being debugged have printed since Parley is active; the last million characters of each session. */
export interface DebugConsole extends vscode.Disposable {
  /** The output of the active session, or of the one that printed last; a sentence when there is none. */
  found(): Promise<Found>;
}

/** Sessions whose output is kept; those that have ended, too. */
const MOST_SESSIONS = 5;

/** Listens until it is disposed. */
export function createDebugConsole(): DebugConsole {
  /** The one that printed last comes last. */
  const sessions = new Map<string, Printed>();

  function track(session: vscode.DebugSession): vscode.DebugAdapterTracker {
    const output = createDebugOutput();
    return {
      onWillReceiveMessage: (message: unknown) => output.asked(message),
      onDidSendMessage(message: unknown) {
        if (!output.take(message)) return;
        sessions.delete(session.id);
        sessions.set(session.id, { name: session.name, output });
        for (const oldest of sessions.keys()) {
          if (sessions.size <= MOST_SESSIONS) break;
          sessions.delete(oldest);
        }
      },
    };
  }

  const listening = vscode.debug.registerDebugAdapterTrackerFactory('*', {
    createDebugAdapterTracker: track,
  });
  return {
    async found() {
      const active = sessions.get(vscode.debug.activeDebugSession?.id ?? '');
      return excerpt(active ?? [...sessions.values()].at(-1));
    },
    dispose: () => listening.dispose(),
  };
}

interface Printed {
  readonly name: string;
  readonly output: DebugOutput;
}

function excerpt(printed: Printed | undefined): Found {
  const text = printed?.output.text().trimEnd() ?? '';
  if (!printed || text === '') {
    return foundNothing(
      vscode.l10n.t('The Debug Console is empty, or was filled before Parley was started.'),
    );
  }
  return foundPart({
    kind: 'excerpt',
    origin: 'debugConsole',
    label: vscode.l10n.t('Debug Console: {0}', printed.name),
    languageId: 'plaintext',
    text: `${text}\n`,
  });
}
