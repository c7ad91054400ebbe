import { html, nothing, svg, type TemplateResult } from 'lit-html';
import {
  beginDrawing,
  changeViewing,
  chooseTool,
  closeViewer,
  drawTo,
  endDrawing,
  isArea,
  type Mark,
  nudge,
  type Point,
  type Rect,
  setMark,
  stepOf,
  undoMark,
  type Viewing,
  withMoved,
} from '../attaching/viewing.ts';
import type { PageState } from '../state.ts';
import { icon } from './parts.ts';
import type { Tools } from './tools.ts';

/** A picture at large, in a dialog of its own; one of the draft can be cropped and blacked out. */
export function viewer({ viewing }: PageState, tools: Tools): TemplateResult | typeof nothing {
  if (!viewing) return nothing;
  const { t, change } = tools;
  // The browser tells late of a dialog that was closed; meanwhile another may be open.
  const closed = ({ currentTarget }: Event): void => {
    if ((currentTarget as Element).isConnected) change(closeViewer);
  };
  return html`<dialog class="viewer" aria-label=${t('Picture: {0}', viewing.label)} @close=${closed}>
    <header class="viewer-header">
      <h2 class="title" title=${viewing.label}>${viewing.label}</h2>
      <p class="note">${viewing.facts}</p>
      ${sizeButton(viewing, tools)}${glyphButton('close', t('Close'), tools.viewer.close)}
    </header>
    ${picture(viewing, tools)}
    ${viewing.attachment === undefined ? nothing : toolbar(viewing, tools)}
    <p class="hint" role="status">${viewing.said}</p>
  </dialog>`;
}

function glyphButton(glyph: string, name: string, click: () => void): TemplateResult {
  return html`<button type="button" class="icon-button" title=${name} aria-label=${name} @click=${click}>${icon(glyph)}</button>`;
}

function sizeButton({ actualSize }: Viewing, tools: Tools): TemplateResult {
  const { t } = tools;
  const toggle = (): void => step(tools, (now) => ({ ...now, actualSize: !now.actualSize }));
  return actualSize
    ? glyphButton('screen-normal', t('Fit to Window'), toggle)
    : glyphButton('screen-full', t('Actual Size'), toggle);
}

function picture(viewing: Viewing, tools: Tools): TemplateResult {
  const { t } = tools;
  const { actualSize, label, url } = viewing;
  if (viewing.isBroken) return html`<p class="viewer-empty">${t('This picture cannot be shown here.')}</p>`;
  if (url === '') return html`<p class="viewer-empty">${t('This picture is not there any more.')}</p>`;
  if (url === undefined) return html`<p class="viewer-empty note">${t('Loading…')}</p>`;
  const loaded = ({ currentTarget }: Event): void => {
    const { naturalWidth: width, naturalHeight: height } = currentTarget as HTMLImageElement;
    if (width > 0 && height > 0) step(tools, (now) => ({ ...now, width, height, loaded: true }));
  };
  return html`<div class="viewer-scroll ${actualSize ? 'actual' : 'fit'}" tabindex="0" aria-label=${t('Picture')} role="region">
    <div class="viewer-stage">
      <img class="viewer-picture" src=${url} alt=${label} draggable="false" @load=${loaded}
        @error=${tools.viewer.failed}>
      ${viewing.attachment !== undefined && viewing.loaded ? marks(viewing, tools) : nothing}
    </div>
  </div>`;
}

/** Lies over the picture, in the picture's own px. SVG, because the page may set no styles. */
function marks(viewing: Viewing, tools: Tools): TemplateResult {
  const { t } = tools;
  const { tool, rect, width, height } = viewing;
  const name =
    tool === 'crop' ? t('Crop area: {0}', words(rect, t)) : t('Black-out area: {0}', words(rect, t));
  return html`<svg class="viewer-marks" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none"
    data-tool=${tool ?? nothing} tabindex=${tool ? '0' : '-1'} role=${tool ? 'application' : 'presentation'}
    aria-label=${tool ? name : nothing} aria-roledescription=${tool ? t('area of a picture') : nothing}
    @keydown=${(event: KeyboardEvent) => pressed(event, tools)}
    @pointerdown=${(event: PointerEvent) => down(event, viewing, tools)}
    @pointermove=${(event: PointerEvent) => viewing.from && step(tools, (now) => drawTo(now, pointOf(event, viewing)))}
    @pointerup=${(event: PointerEvent) => up(event, viewing, tools)}
    @pointercancel=${() => step(tools, endDrawing)}
  >${viewing.marks.map((mark) => shape(mark, viewing))}${rect && tool ? outline(rect) : nothing}</svg>`;
}

function shape({ kind, rect }: Mark, { width, height }: Viewing): TemplateResult {
  if (kind === 'blackOut')
    return svg`<rect class="black" x=${rect.x} y=${rect.y} width=${rect.width} height=${rect.height}></rect>`;
  const { x, y } = rect;
  const hole = `M0 0H${width}V${height}H0ZM${x} ${y}V${y + rect.height}H${x + rect.width}V${y}Z`;
  return svg`<path class="cut" fill-rule="evenodd" d=${hole}></path>`;
}

function outline({ x, y, width, height }: Rect): TemplateResult {
  return svg`<rect class="halo" x=${x} y=${y} width=${width} height=${height}></rect><rect
    class="outline" x=${x} y=${y} width=${width} height=${height}></rect>`;
}

/** What cannot be done just now keeps the focus: a disabled button would lose it. */
function toolbar(viewing: Viewing, tools: Tools): TemplateResult {
  const { t, viewer: control } = tools;
  const { busy, loaded, marks: set, tool } = viewing;
  return html`<div class="viewer-tools" role="toolbar" aria-label=${t('Change the picture')}>
    ${toolButton('crop', t('Crop'), viewing, tools)}${toolButton('blackOut', t('Black Out'), viewing, tools)}
    <button type="button" class="button secondary" aria-disabled=${busy || set.length === 0 ? 'true' : 'false'}
      @click=${() => step(tools, undone(tools))}>${t('Undo')}</button>
    <button type="button" class="button" aria-disabled=${busy || !loaded || withMoved(viewing).marks.length === 0 ? 'true' : 'false'}
      @click=${() => loaded && control.apply()}>${t('Apply')}</button>
    <button type="button" class="button secondary" @click=${control.close}>${t('Cancel')}</button>
    ${tool ? html`<p class="note">${t('Draw with the mouse, or use the arrow keys: with Shift they resize. Enter sets the area, Delete takes the last one away.')}</p>` : nothing}
  </div>`;
}

function toolButton(kind: Mark['kind'], name: string, viewing: Viewing, tools: Tools): TemplateResult {
  const { busy, loaded, tool } = viewing;
  const choose = ({ currentTarget }: Event): void => {
    if (busy || !loaded) return;
    step(tools, (now) => chooseTool(now, kind));
    // At once: the next key may come before the next frame.
    const stage = (currentTarget as Element).closest('dialog')?.querySelector<SVGElement>('.viewer-marks');
    if (tool !== kind) stage?.focus();
  };
  return html`<button type="button" class="button secondary" aria-pressed=${tool === kind ? 'true' : 'false'}
    aria-disabled=${busy || !loaded ? 'true' : 'false'} @click=${choose}>${name}</button>`;
}

function pressed(event: KeyboardEvent, tools: Tools): void {
  if (event.isComposing) return;
  const direction = ARROWS[event.key];
  if (direction) move(direction, event, tools);
  else if (event.key === 'Enter') step(tools, set(tools));
  else if (event.key === 'Delete' || event.key === 'Backspace') step(tools, undone(tools));
  else return;
  event.preventDefault();
}

/** Ctrl goes by single px. */
function move({ x, y }: Point, { shiftKey, ctrlKey, metaKey }: KeyboardEvent, tools: Tools): void {
  step(tools, (now) => {
    const by = ctrlKey || metaKey ? 1 : stepOf(now);
    const next = nudge(now, { x: x * by, y: y * by }, shiftKey);
    return next === now ? now : { ...next, said: words(next.rect, tools.t) };
  });
}

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

function set({ t }: Tools): (viewing: Viewing) => Viewing {
  return (viewing) => {
    const next = setMark(viewing);
    if (next === viewing) return viewing;
    const where = words(viewing.rect, t);
    return {
      ...next,
      said: viewing.tool === 'crop' ? t('Cropped to {0}', where) : t('Blacked out: {0}', where),
    };
  };
}

function undone({ t }: Tools): (viewing: Viewing) => Viewing {
  return (viewing) => {
    const next = undoMark(viewing);
    return next === viewing ? viewing : { ...next, said: t('Undone. Areas left: {0}', next.marks.length) };
  };
}

function down(event: PointerEvent, viewing: Viewing, tools: Tools): void {
  if (event.button !== 0) return;
  const stage = event.currentTarget as SVGElement;
  event.preventDefault();
  stage.focus();
  stage.setPointerCapture?.(event.pointerId);
  step(tools, (now) => beginDrawing(now, pointOf(event, viewing)));
}

/** What was drawn is set; a click alone is no area. */
function up(event: PointerEvent, viewing: Viewing, tools: Tools): void {
  const to = pointOf(event, viewing);
  step(tools, (now) => {
    const { from } = now;
    if (!from) return now;
    return endDrawing(isArea(from, to) ? set(tools)(drawTo(now, to)) : now);
  });
}

function pointOf({ clientX, clientY, currentTarget }: PointerEvent, viewing: Viewing): Point {
  const { left, top, width, height } = (currentTarget as Element).getBoundingClientRect();
  return {
    x: ((clientX - left) / (width || 1)) * viewing.width,
    y: ((clientY - top) / (height || 1)) * viewing.height,
  };
}

/** While marks are being applied they stay as they are. */
function step({ change }: Tools, how: (viewing: Viewing) => Viewing): void {
  change((now) => changeViewing(now, (viewing) => (viewing.busy ? viewing : how(viewing))));
}

function words(rect: Rect | undefined, t: Tools['t']): string {
  if (!rect) return '';
  const { x, y, width, height } = rect;
  return t('{0} by {1} px, {2} from the left, {3} from the top', width, height, x, y);
}
