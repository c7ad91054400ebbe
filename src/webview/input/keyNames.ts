/** What keys are called on the keyboard in front of the reader. */
export function pasteKeys({ navigator }: Window): { readonly paste: string; readonly pastePlainly: string } {
  return /^Mac/.test(navigator.platform)
    ? { paste: '⌘V', pastePlainly: '⇧⌘V' }
    : { paste: 'Ctrl+V', pastePlainly: 'Ctrl+Shift+V' };
}
