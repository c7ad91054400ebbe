import type { ToHost } from '../core/protocol.ts';

/** The page's only connection to the outside: what `acquireVsCodeApi()` gives, typed by the protocol. */
export interface PageApi {
  postMessage(wish: ToHost): void;
  /** What the page kept when it was last shown; undefined the first time. */
  getState(): unknown;
  setState(state: unknown): void;
}
