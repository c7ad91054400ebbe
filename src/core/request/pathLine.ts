/** A path as Claude reads it, on one line: control characters in a name are written as JSON writes them. */
export function pathLine(path: string): string {
  return CONTROL.test(path) ? JSON.stringify(path).slice(1, -1) : path;
}

const CONTROL = /\p{Cc}/u;
