import { createHighlight } from './highlight.ts';

// Handed over through the element that the page has loaded this with, so that nothing becomes global.
document.currentScript?.dispatchEvent(new CustomEvent('highlight', { detail: createHighlight() }));
