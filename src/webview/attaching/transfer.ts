/** What a paste or a drop brings, told apart by what can be done with it. Pure but for the reading. */
export interface Brought {
  readonly pictures: readonly File[];
  readonly files: readonly File[];
  /** One URI a line; empty when there are none. */
  readonly uris: string;
  readonly text: string;
}

/** The part of a `DataTransfer` that matters here. */
export type Transfer = Pick<DataTransfer, 'types' | 'getData'> & { readonly files: Iterable<File> };

/** What stands on the clipboard. Text that an office program copied is text, though it brings a picture of itself along. */
export function pasted(transfer: Transfer): Brought {
  const text = transfer.getData('text/plain');
  const files = [...transfer.files];
  const isOffice =
    text.trim() !== '' &&
    files.every(claimsPicture) &&
    FORMATTED.some((type) => transfer.types.includes(type));
  return isOffice || files.length === 0 ? { ...NOTHING, text } : sorted(files);
}

/** What was dropped. What comes from VS Code goes before files, and those before what a browser says of them. */
export function dropped(transfer: Transfer): Brought {
  const own = vscodeUris(transfer);
  if (own !== '') return { ...NOTHING, uris: own };
  const files = [...transfer.files];
  if (files.length > 0) return sorted(files);
  const links = lines(transfer.getData('text/uri-list'));
  const isImage = /<img\b/i.test(transfer.getData('text/html'));
  const uris = lines(
    links
      .split('\n')
      .filter((uri) => isImage || leadsToFile(uri))
      .join('\n'),
  );
  return uris === '' ? { ...NOTHING, text: transfer.getData('text/plain') || links } : { ...NOTHING, uris };
}

/** Whether something is dragged that can be attached; its content is not readable yet. */
export function canAttach({ types }: Pick<DataTransfer, 'types'>): boolean {
  return [...types].some((type) => ATTACHABLE.has(type.toLowerCase()));
}

/** By what the browser says of it a picture that the page can try to read. SVG is text, and better read as such. */
export function claimsPicture({ type }: Pick<File, 'type'>): boolean {
  return type.startsWith('image/') && type !== 'image/svg+xml';
}

/** More lines than `most`, counted no further. */
export function hasMoreLines(text: string, most: number): boolean {
  let at = -1;
  for (let line = 0; line < most; line += 1) {
    at = text.indexOf('\n', at + 1);
    if (at < 0) return false;
  }
  // A break at the very end starts no line that anybody sees.
  return text.slice(at + 1) !== '';
}

const NOTHING: Brought = { pictures: [], files: [], uris: '', text: '' };
const FORMATTED = ['text/html', 'text/rtf'];
const ATTACHABLE = new Set([
  'files',
  'application/vnd.code.uri-list',
  'text/uri-list',
  'resourceurls',
  'codeeditors',
]);

function sorted(files: readonly File[]): Brought {
  return {
    ...NOTHING,
    pictures: files.filter(claimsPicture),
    files: files.filter((file) => !claimsPicture(file)),
  };
}

/** Whether there is something to attach at an address. On the web that is a picture; other links are words. */
function leadsToFile(uri: string): boolean {
  return !/^https?:/i.test(uri) || /^[^?#]*\.(png|jpe?g|gif|webp)([?#]|$)/i.test(uri);
}

/** The Explorer, tabs and search results each have their own form; types are lower case once dropped. */
function vscodeUris(transfer: Transfer): string {
  return (
    lines(transfer.getData('application/vnd.code.uri-list')) ||
    resourceUrls(transfer.getData('resourceurls')) ||
    editorUris(transfer.getData('codeeditors'))
  );
}

/** A list of URIs may have comments (RFC 2483, 5). */
function lines(list: string): string {
  return list
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join('\n');
}

function resourceUrls(json: string): string {
  return lines(listIn(json).filter(isText).join('\n'));
}

function editorUris(json: string): string {
  return lines(
    listIn(json)
      .map((editor) => uriOf(isRecord(editor) ? editor.resource : undefined))
      .join('\n'),
  );
}

/** A URI as VS Code writes it into JSON: a text, or its components. */
function uriOf(resource: unknown): string {
  if (isText(resource)) return resource;
  if (!isRecord(resource)) return '';
  const { external, scheme, authority, path } = resource;
  if (isText(external)) return external;
  if (!isText(scheme) || !isText(path)) return '';
  return `${scheme}://${isText(authority) ? authority : ''}${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`;
}

function listIn(json: string): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(json || '[]');
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
