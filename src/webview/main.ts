import { startChat } from './page.ts';
import type { PageApi } from './vscodeApi.ts';

declare function acquireVsCodeApi(): PageApi;

const root = document.getElementById('app');
if (root) startChat({ root, api: acquireVsCodeApi(), window });
