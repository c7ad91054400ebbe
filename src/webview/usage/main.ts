import { startUsage, type UsageGround } from './page.ts';

declare function acquireVsCodeApi(): UsageGround['api'];

const root = document.getElementById('app');
if (root) startUsage({ root, api: acquireVsCodeApi(), window });
