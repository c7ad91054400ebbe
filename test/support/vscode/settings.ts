/** Settings by their full names. */
export type Settings = Readonly<Record<string, unknown>>;

/** A start without welcome pages, update checks, experiments and recommendations. */
export const quietStart: Settings = {
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'update.mode': 'none',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'window.confirmBeforeClose': 'never',
  'git.openRepositoryInParentFolders': 'never',
  // Ports of servers that extensions start are not to be announced.
  'remote.autoForwardPorts': false,
};

/** Switches off VS Code's own chat: 100 MB and a process less; leave it out to test beside it. */
export const withoutBuiltInChat: Settings = { 'chat.disableAIFeatures': true };
