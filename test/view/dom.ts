/**
 * Gives the process a DOM. To be imported before anything of the page: its libraries look for `document`
 * when they are loaded.
 */
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('<!DOCTYPE html><html lang="en-US"><body></body></html>', {
  pretendToBeVisual: true,
  url: 'https://page.test/',
});

Object.assign(globalThis, { window, document: window.document });

/** The window all tests of one file share. */
export const dom = window as unknown as Window & typeof globalThis;
