/**
 * Puts a text into a text box in place of what stands between two places (UTF-16 units), as if it had been typed: the
 * page hears of it, and it can be undone where the browser allows that.
 */
export function typeInto(box: HTMLTextAreaElement, start: number, end: number, text: string): void {
  const { ownerDocument: document } = box;
  box.focus();
  box.setSelectionRange(start, end);
  if (start === end && text === '') return;
  // The only way that keeps the undo history of a text box.
  const command = text === '' ? 'delete' : 'insertText';
  if (document.execCommand?.(command, false, text)) return;
  box.setRangeText(text, start, end, 'end');
  const { Event: InputEvent = Event } = document.defaultView ?? {};
  box.dispatchEvent(new InputEvent('input', { bubbles: true }));
}
