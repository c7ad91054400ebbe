/** What keys are called on the keyboard in front of the reader. */
export function pasteKeys({ navigator }: Window): { readonly paste: string; readonly pastePlainly: string } {
  return isMac(navigator)
    ? { paste: '⌘V', pastePlainly: '⇧⌘V' }
    : { paste: 'Ctrl+V', pastePlainly: 'Ctrl+Shift+V' };
}

/** The keys that pin what `@` offers. */
export function pinKeys(window: Window | undefined): string {
  return window && isMac(window.navigator) ? '⌥Enter' : 'Alt+Enter';
}

function isMac({ platform }: Navigator): boolean {
  return /^Mac/.test(platform);
}
