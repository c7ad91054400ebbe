import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScreenshot, type ScreenshotParts } from '../../src/host/screenshot.ts';
import { until } from './folder.ts';

const TOOL = { name: 'a tool', steps: [] };

interface Heard {
  readonly context: Map<string, boolean>;
  readonly sentences: string[];
}

function withSystem(more: Partial<ScreenshotParts>): Heard & { readonly parts: ScreenshotParts } {
  const context = new Map<string, boolean>();
  const sentences: string[] = [];
  const parts: ScreenshotParts = {
    isHere: true,
    find: async () => TOOL,
    take: async () => ({ outcome: 'cancelled' }),
    setContext: (key, value) => void context.set(key, value),
    tell: (sentence) => void sentences.push(sentence),
    ...more,
  };
  return { context, sentences, parts };
}

test('where there is a tool the command is there, and gives the picture that was taken', async () => {
  const bytes = new Uint8Array([1, 2]);
  const { context, sentences, parts } = withSystem({ take: async () => ({ outcome: 'taken', bytes }) });
  const screenshot = createScreenshot(parts);
  assert.equal(screenshot.available, false);
  await until(() => context.get('parley.canTakeScreenshot') === true);
  assert.equal(screenshot.available, true);
  assert.deepEqual(await screenshot.take(), { label: 'screenshot.png', bytes });
  assert.deepEqual(sentences, []);
});

test('where the screen belongs to another machine, or no tool is there, the command is absent', async () => {
  const cases: readonly Partial<ScreenshotParts>[] = [
    { isHere: false, find: () => assert.fail('looked for a tool') },
    { find: async () => undefined },
  ];
  for (const more of cases) {
    const { context, sentences, parts } = withSystem(more);
    const screenshot = createScreenshot(parts);
    await until(() => context.get('parley.canTakeScreenshot') === false);
    assert.equal(screenshot.available, false);
    assert.equal(await screenshot.take(), undefined);
    assert.match(sentences.join(), /no tool for screenshots/);
  }
});

test('what the tool complains of is told; a change of mind is not', async () => {
  const failing = withSystem({ take: async () => ({ outcome: 'failed', complaint: 'no display' }) });
  assert.equal(await createScreenshot(failing.parts).take(), undefined);
  assert.deepEqual(failing.sentences, ['a tool could not take a screenshot: no display']);
  const cancelled = withSystem({});
  assert.equal(await createScreenshot(cancelled.parts).take(), undefined);
  assert.deepEqual(cancelled.sentences, []);
});
