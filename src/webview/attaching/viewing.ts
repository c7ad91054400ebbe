import type { ImageType, StoredImage } from '../../core/conversation/parts.ts';
import type { PageState } from '../state.ts';

/** A part of a picture, in whole px of it. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is to be done to a part of a picture: keep nothing but it, or paint it black. */
export interface Mark {
  readonly kind: 'crop' | 'blackOut';
  readonly rect: Rect;
}

/** The picture in the viewer. */
export interface Viewing {
  readonly label: string;
  /** The stored picture: the one shown, unless the page has the one it was made from. */
  readonly sha256: string;
  readonly mediaType: ImageType;
  /** Facts of what is attached, as sentences in short. */
  readonly facts: string;
  /** Id of the attachment; absent for a picture that was sent, which is only looked at. */
  readonly attachment?: string;
  /** Address of the picture within the page; absent until its bytes are there, empty when they are gone. */
  readonly url?: string;
  /** True when its bytes are there and no browser can show them. */
  readonly isBroken?: boolean;
  /** True when it is drawn and `width` and `height` are its own. */
  readonly loaded: boolean;
  /** Px of what is shown. */
  readonly width: number;
  readonly height: number;
  readonly actualSize: boolean;
  readonly tool?: Mark['kind'];
  /** The rectangle that is being placed. */
  readonly rect?: Rect;
  /** True when the rectangle was moved or drawn since it was last set: it is meant, too. */
  readonly moved?: boolean;
  readonly marks: readonly Mark[];
  /** Where the pointer went down, while it draws. */
  readonly from?: Point;
  /** True while the marks are being applied. */
  readonly busy: boolean;
  /** What a screen reader is told, and why applying failed. */
  readonly said: string;
}

/** A picture is opened; the viewer is empty until `showPicture`. */
export function openViewer(
  state: PageState,
  opened: Pick<Viewing, 'label' | 'facts' | 'attachment'>,
  source: StoredImage,
  marks: readonly Mark[] = [],
): PageState {
  const { sha256, mediaType, width, height } = source;
  const viewing: Viewing = {
    ...opened,
    sha256,
    mediaType,
    width,
    height,
    marks,
    loaded: false,
    actualSize: false,
    busy: false,
    said: '',
  };
  return { ...state, viewing };
}

/** The bytes of a picture are there, under an address within the page; empty when they are gone. */
export function showPicture(state: PageState, sha256: string, url: string): PageState {
  return changeViewing(state, (viewing) => (viewing.sha256 === sha256 ? { ...viewing, url } : viewing));
}

export function closeViewer(state: PageState): PageState {
  return state.viewing ? { ...state, viewing: undefined } : state;
}

export function changeViewing(state: PageState, step: (viewing: Viewing) => Viewing): PageState {
  if (!state.viewing) return state;
  const viewing = step(state.viewing);
  return viewing === state.viewing ? state : { ...state, viewing };
}

/** Takes a tool into the hand, with a rectangle in the middle, or puts it away. */
export function chooseTool(viewing: Viewing, kind: Mark['kind']): Viewing {
  const { tool: before, rect: _, from: __, moved: ___, ...rest } = viewing;
  if (before === kind) return rest;
  const { width, height } = viewing;
  const rect = within(viewing, { x: width / 4, y: height / 4, width: width / 2, height: height / 2 });
  return { ...rest, tool: kind, rect, said: '' };
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The pointer begins to draw, at a point in px of the picture. */
export function beginDrawing(viewing: Viewing, from: Point): Viewing {
  return viewing.tool && !viewing.busy ? { ...viewing, from } : viewing;
}

/** The pointer has moved: the rectangle reaches from where it went down to here. */
export function drawTo(viewing: Viewing, to: Point): Viewing {
  const { from } = viewing;
  if (!from) return viewing;
  const rect = {
    x: Math.min(from.x, to.x),
    y: Math.min(from.y, to.y),
    width: Math.abs(to.x - from.x),
    height: Math.abs(to.y - from.y),
  };
  return { ...viewing, rect: within(viewing, rect), moved: isArea(from, to) };
}

/** Whether a pointer that went from here to there has drawn something; a click has not. */
export function isArea(from: Point, to: Point): boolean {
  return Math.abs(to.x - from.x) >= 2 && Math.abs(to.y - from.y) >= 2;
}

/** The pointer was let go, and has drawn nothing more. */
export function endDrawing(viewing: Viewing): Viewing {
  if (!viewing.from) return viewing;
  const { from: _, ...rest } = viewing;
  return rest;
}

/** Moves the rectangle, or with `resize` its far corner; by px of the picture. */
export function nudge(viewing: Viewing, by: Point, resize: boolean): Viewing {
  const { rect } = viewing;
  if (!rect) return viewing;
  const next = resize
    ? {
        ...rect,
        width: clamp(rect.width + by.x, 1, viewing.width - rect.x),
        height: clamp(rect.height + by.y, 1, viewing.height - rect.y),
      }
    : {
        ...rect,
        x: clamp(rect.x + by.x, 0, viewing.width - rect.width),
        y: clamp(rect.y + by.y, 0, viewing.height - rect.height),
      };
  return { ...viewing, rect: next, moved: true };
}

/** One press of an arrow key, in px: a hundredth of the longer side. */
export function stepOf({ width, height }: Viewing): number {
  return Math.max(1, Math.round(Math.max(width, height) / 100));
}

/** Sets the rectangle. There is one crop at most: a new one takes its place. */
export function setMark(viewing: Viewing): Viewing {
  const { tool, rect, marks } = viewing;
  if (!tool || !rect) return viewing;
  const others = tool === 'crop' ? marks.filter(({ kind }) => kind !== 'crop') : marks;
  return { ...viewing, moved: false, marks: [...others, { kind: tool, rect }] };
}

/** With the rectangle set that was moved and not set: what can be seen to be covered will be. */
export function withMoved(viewing: Viewing): Viewing {
  return viewing.moved ? setMark(viewing) : viewing;
}

/** Takes the newest mark away. */
export function undoMark(viewing: Viewing): Viewing {
  return viewing.marks.length === 0 ? viewing : { ...viewing, marks: viewing.marks.slice(0, -1) };
}

/** What the pipeline is asked for. */
export function editOf({ marks }: Pick<Viewing, 'marks'>): {
  readonly crop?: Rect;
  readonly blackOut: readonly Rect[];
} {
  const crop = marks.find(({ kind }) => kind === 'crop')?.rect;
  const blackOut = marks.filter(({ kind }) => kind === 'blackOut').map(({ rect }) => rect);
  return { ...(crop ? { crop } : {}), blackOut };
}

/** The part of a rectangle that lies within the picture, in whole px and never empty. */
function within({ width, height }: Pick<Viewing, 'width' | 'height'>, rect: Rect): Rect {
  const x = clamp(Math.floor(rect.x), 0, width - 1);
  const y = clamp(Math.floor(rect.y), 0, height - 1);
  return {
    x,
    y,
    width: clamp(Math.ceil(rect.x + rect.width) - x, 1, width - x),
    height: clamp(Math.ceil(rect.y + rect.height) - y, 1, height - y),
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
