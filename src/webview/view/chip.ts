import type { ShownAttachment } from '../../core/attaching.ts';
import type { ImagePart, Part, StoredImage } from '../../core/conversation/parts.ts';
import type { ChatStatus } from '../../core/protocol.ts';
import type { Arriving } from '../attaching/arriving.ts';
import type { Collecting } from '../attaching/collecting.ts';
import { partGlyph, partLabel, partReckoning, partSize, partTitle } from './parts.ts';
import type { Tools } from './tools.ts';

/** A chip of the draft, the same for what is attached and what is on its way, so that nothing moves in between. */
export interface Chip {
  readonly id: string;
  readonly glyph: string;
  /** A template value that stands in place of the icon. */
  readonly picture?: unknown;
  readonly label: string;
  /** `1280×800`, `12 pages`; empty where there is nothing to say. */
  readonly size: string;
  readonly tokens: string;
  readonly title: string;
  readonly notes: readonly string[];
  readonly warning?: string;
  /** Why it cannot be attached. */
  readonly problem?: string;
  readonly state?: 'changed' | 'gone' | 'arriving' | 'refused';
  /** Shows what it is; absent while there is nothing to show. */
  readonly open?: () => void;
}

/** Chips in the order of the host's list; what takes an attachment's place stands there already. */
export function chipsOf(
  attached: readonly ShownAttachment[],
  arriving: readonly Arriving[],
  status: ChatStatus,
  tools: Tools,
): readonly Chip[] {
  const unread = status.images.possible ? undefined : tools.t('{0} cannot read images.', status.modelName);
  const ids = new Set(attached.map(({ id }) => id));
  return [
    ...attached.map((attachment) => {
      const chip = attachedChip(attachment, unread, tools);
      const isRemade = arriving.some(({ id, state }) => id === attachment.id && state !== 'refused');
      return isRemade ? { ...chip, state: 'arriving' as const } : chip;
    }),
    ...arriving.filter(({ id }) => !ids.has(id)).map((picture) => arrivingChip(picture, unread, tools)),
  ];
}

/** The same with what the host is about to attach at the end, and what it takes anew in its place. */
export function withCollecting(chips: readonly Chip[], collecting: readonly Collecting[]): readonly Chip[] {
  const anew = new Set(collecting.map(({ attachment }) => attachment));
  const fresh = collecting.filter(({ attachment }) => attachment === undefined);
  return [
    ...chips.map((chip) => (anew.has(chip.id) ? { ...chip, state: 'arriving' as const } : chip)),
    ...fresh.map(collectingChip),
  ];
}

function collectingChip({ id, label }: Collecting): Chip {
  return { id, glyph: 'attach', label, size: '', tokens: '', title: label, notes: [], state: 'arriving' };
}

/** A stored image's place in the viewer. */
export function openImage(
  part: ImagePart,
  source: StoredImage,
  more: readonly string[],
  attachment: string | undefined,
  { viewer, format, t }: Tools,
): void {
  const bytes = t('{0} KB', format.count(Math.ceil(source.bytes / 1024)));
  const facts = [`${source.width}×${source.height}`, bytes, ...more].join(' · ');
  viewer.open({ label: part.label, facts, source, ...(attachment === undefined ? {} : { attachment }) });
}

function attachedChip(attachment: ShownAttachment, unread: string | undefined, tools: Tools): Chip {
  const { id, part, notes = [], state } = attachment;
  const tokens = tokensOf(attachment, tools);
  const warning = attachment.warning ?? (part.kind === 'image' ? unread : undefined);
  const figures = [tokens, partReckoning(part, tools)];
  const lines = [partTitle(part, tools.t), ...figures, ...notes, ...(warning === undefined ? [] : [warning])];
  const source = storedImage(part);
  return {
    id,
    glyph: partGlyph(part),
    ...(source ? { picture: thumbnail(id, source, tools) } : {}),
    label: partLabel(part),
    size: partSize(part, tools.t),
    tokens,
    title: lines.filter((line) => line !== '').join('\n'),
    notes,
    ...(warning === undefined ? {} : { warning }),
    ...(state ? { state } : {}),
    open: () => {
      if (part.kind === 'image' && source) openImage(part, source, [tokens, ...notes], id, tools);
      else tools.send({ type: 'openAttachment', id });
    },
  };
}

function arrivingChip(picture: Arriving, unread: string | undefined, tools: Tools): Chip {
  const { id, label, facts, state } = picture;
  const { t } = tools;
  const isRefused = state === 'refused';
  const tokens = facts && !isRefused ? tokensOf(facts, tools) : '';
  const notes = facts?.note ? [facts.note] : [];
  return {
    id,
    glyph: 'file-media',
    picture: tools.thumbnails.ofBlob(id, tools.originals.get(id)?.picture),
    label: partLabel({ kind: 'image', label, source: { type: 'url', url: '' } }),
    size: facts ? `${facts.width}×${facts.height}` : '',
    tokens,
    title: [label, tokens, ...notes].filter((line) => line !== '').join('\n'),
    notes: isRefused ? [] : notes,
    ...(unread === undefined || isRefused ? {} : { warning: unread }),
    ...(isRefused ? { problem: picture.problem ?? t('It could not be attached.') } : {}),
    state: isRefused ? 'refused' : 'arriving',
  };
}

function storedImage(part: Part): StoredImage | undefined {
  return part.kind === 'image' && part.source.type === 'stored' ? part.source : undefined;
}

/** The page has what it was made from, unless something was painted over or the page was loaded anew. */
function thumbnail(id: string, source: StoredImage, { originals, thumbnails }: Tools): unknown {
  const original = originals.get(id);
  return original && original.marks.length === 0
    ? thumbnails.ofBlob(id, original.picture)
    : thumbnails.of(source);
}

function tokensOf(
  { tokens, exact }: { readonly tokens: number; readonly exact: boolean },
  { format, t }: Tools,
): string {
  return t('{0} tok', `${exact ? '' : '~'}${format.count(Math.round(tokens))}`);
}
