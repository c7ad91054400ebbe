import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_LOAD } from '../../../src/host/attaching/situation.ts';
import { createWeigh } from '../../../src/host/attaching/weighing.ts';
import { code, image } from '../../support/conversations.ts';

const CHOICE = { id: 'claude-sonnet-5-5', name: 'Claude' };

test('a text is weighed once for a model, an image each time: what goes beside it counts', () => {
  const weigh = createWeigh();
  const part = code('let a');
  const model = { choice: CHOICE, info: undefined };
  const first = weigh(part, model, NO_LOAD);
  assert.equal(weigh(part, { ...model }, { ...NO_LOAD, images: 50 }), first);
  assert.ok(first.tokens > 0 && first.verdict.verdict === 'ok');
  const other = weigh(part, { choice: { ...CHOICE, id: 'claude-haiku-3' }, info: undefined }, NO_LOAD);
  assert.notEqual(other, first);
  const shot = image('a'.repeat(64));
  assert.notEqual(
    weigh(shot, model, { ...NO_LOAD, images: 3000 }).verdict.verdict,
    weigh(shot, model, NO_LOAD).verdict.verdict,
  );
});
