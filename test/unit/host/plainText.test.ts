import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksBinary, shortened, withoutAnsi } from '../../../src/host/workspace/plainText.ts';

test('colors, cursor moves, titles and links leave the text of a terminal', () => {
  const colored = '\u001b[1;31merror\u001b[0m \u001b[38;5;208mTS1\u001b[39m';
  assert.equal(withoutAnsi(colored), 'error TS1');
  assert.equal(withoutAnsi('\u001b]0;a title\u0007\u001b[2K\u001b[1Gdone\u001b(B'), 'done');
  assert.equal(withoutAnsi('\u001b]8;;https://x.example\u001b\\link\u001b]8;;\u001b\\!'), 'link!');
  assert.equal(withoutAnsi('\u009b31mred\u009b0m'), 'red');
});

test('brackets and what looks like codes without an escape stay', () => {
  assert.equal(withoutAnsi('a[0m [31m] ]8;;'), 'a[0m [31m] ]8;;');
});

test('a text up to the bound stays whole', () => {
  assert.equal(shortened('x'.repeat(100), 100), 'x'.repeat(100));
});

test('a longer text keeps start and end, and the line between tells exactly what is missing', () => {
  const text = `${'s'.repeat(5_000)}${'e'.repeat(1_000)}`;
  const short = shortened(text, 1_000);
  const [, head = '', figure = '', tail = ''] =
    /^(s+)\n\[… ([\d,]+) characters left out …\]\n(e+)$/.exec(short) ?? [];
  assert.equal(tail.length, 200);
  assert.equal(head.length, 800);
  assert.equal(Number(figure.replaceAll(',', '')), text.length - head.length - tail.length);
});

test('cutting tears no character in two', () => {
  for (const shift of ['', 'a']) {
    assert.ok(shortened(`${shift}${'😀'.repeat(500)}`, 101).isWellFormed());
  }
});

test('zeros and much that is no character are binary; other scripts and colored output are text', () => {
  assert.equal(looksBinary('a\0b'), true);
  assert.equal(looksBinary('\ufffd\u0001\ufffd\u0002ab'.repeat(50)), true);
  assert.equal(looksBinary('Stra\ufffde und \ufffdrger'), false);
  assert.equal(looksBinary('日本語のテキスト\t\r\n\f'), false);
  assert.equal(looksBinary('\u001b[31m\u001b[0m'.repeat(9)), false);
});
