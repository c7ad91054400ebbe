import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ToUsageHost, USAGE_PROTOCOL_VERSION, type UsageFacts } from '../../src/core/usageProtocol.ts';
import { columnsOf, sumOf } from '../../src/webview/usage/columns.ts';
import { decodeToUsagePage } from '../../src/webview/usage/decode.ts';
import { startUsage } from '../../src/webview/usage/page.ts';
import { scaleFor } from '../../src/webview/usage/scale.ts';
import { createRandom } from '../support/random.ts';
import { row, someFacts, sum, unpriced } from '../support/usageFacts.ts';
import { dom } from './dom.ts';

interface UsagePage {
  readonly root: HTMLElement;
  readonly wishes: ToUsageHost[];
  kept(): unknown;
  tell(facts: UsageFacts, version?: number): void;
  deliver(data: unknown): void;
  text(selector: string): string;
  /** The cells of a row of the table with this name, counted from 0; the heading is row 0. */
  cells(name: string, index: number): readonly string[];
  button(name: string): HTMLElement;
  close(): void;
}

/** A page that draws at once, and the host as it sees it. */
function openUsage(given: { facts?: UsageFacts; kept?: unknown; l10n?: string } = {}): UsagePage {
  const root = dom.document.createElement('div');
  if (given.l10n !== undefined) root.dataset.l10n = given.l10n;
  dom.document.body.replaceChildren(root);
  const wishes: ToUsageHost[] = [];
  let kept = given.kept;
  const draw = dom.requestAnimationFrame;
  dom.requestAnimationFrame = (callback) => {
    callback(0);
    return 0;
  };
  const api = {
    postMessage: (wish: ToUsageHost) => void wishes.push(wish),
    getState: () => kept,
    setState: (state: unknown) => {
      kept = state;
    },
  };
  const end = startUsage({ root, api, window: dom });
  const deliver = (data: unknown): void =>
    void dom.dispatchEvent(new dom.MessageEvent('message', { data: structuredClone(data) }));
  const tell = (facts: UsageFacts, version = USAGE_PROTOCOL_VERSION): void =>
    deliver({ type: 'usageChanged', version, facts });
  if (given.facts) tell(given.facts);
  const all = (selector: string): HTMLElement[] => [...root.querySelectorAll<HTMLElement>(selector)];
  return {
    root,
    wishes,
    kept: () => kept,
    tell,
    deliver,
    text: (selector) => all(selector).map(textOf).join(' | '),
    cells(name, index) {
      const line = all(`[role="region"][aria-label="${name}"] tr`)[index];
      assert.ok(line, `there is no row ${index} of "${name}"`);
      return [...line.children].map(textOf);
    },
    button(name) {
      const found = all('button').find((button) => textOf(button) === name);
      assert.ok(found, `there is no button "${name}"`);
      return found;
    },
    close() {
      end();
      dom.requestAnimationFrame = draw;
    },
  };
}

function textOf(element: Element): string {
  return (element.textContent ?? '').replace(/\s+/g, ' ').trim();
}

test('the page says that it is ready and draws what it is told, again and again', () => {
  const page = openUsage();
  assert.deepEqual(page.wishes, [{ type: 'ready', version: USAGE_PROTOCOL_VERSION }]);
  page.tell(someFacts());
  assert.match(page.text('.total'), /^Today \$0\.088/);
  page.tell(someFacts({ totals: { today: sum(2), month: sum(0), all: sum(2) } }));
  assert.match(page.text('.total'), /^Today \$0\.18/);
  page.close();
});

test('totals show cost, tokens, the share read from the cache and what that saved', () => {
  const page = openUsage({ facts: someFacts() });
  const [, , all] = page.root.querySelectorAll('.total');
  assert.ok(all);
  assert.equal(
    textOf(all),
    'All Time $3.52 4,000,000 tokens in, 200,000 out 88% of the input read from the cache $6.40 saved by the cache',
  );
  page.close();
});

test('a cache that has cost more than it saved is not called a saving', () => {
  const totals = { today: { ...sum(1), savedUsd: -0.02 }, month: sum(1), all: sum(1) };
  const page = openUsage({ facts: someFacts({ totals }) });
  assert.match(page.text('.total'), /\$0\.02 spent on the cache, not yet earned back/);
  page.close();
});

test('where a price is unknown no dollars are invented, and a sum that is not all says so', () => {
  const totals = { today: unpriced(), month: { ...sum(1), partial: true, unpriced: 7 }, all: sum(1) };
  const { usd: _usd, savedUsd: _saved, ...bare } = row('local-model', 1, { modelName: '' });
  const models = [{ ...bare, ...unpriced() }];
  const page = openUsage({ facts: someFacts({ totals, models }) });
  const [today, month, all] = page.root.querySelectorAll('.total');
  assert.ok(today && month && all);
  assert.match(
    textOf(today),
    /^Today Unknown 100,000 tokens in.* 105,000 tokens of unknown price are not counted$/,
  );
  assert.doesNotMatch(textOf(today), /\$/);
  assert.match(textOf(month), /\$0\.088 and more.* 7 tokens of unknown price are not counted$/);
  assert.doesNotMatch(textOf(all), /unknown price/);
  assert.deepEqual(page.cells('By Model', 1), ['local-model', 'Unknown', '100,000', '88%', '5,000', '–']);
  page.close();
});

test('a day on which nothing was spent cost nothing', () => {
  const { usd: _usd, savedUsd: _saved, ...nothing } = sum(0);
  const page = openUsage({ facts: someFacts({ totals: { today: nothing, month: sum(1), all: sum(1) } }) });
  assert.match(page.text('.total'), /^Today \$0\.00 0 tokens in, 0 out 0% of the input/);
  page.close();
});

test('every table says what its figures are', () => {
  const page = openUsage({ facts: someFacts() });
  assert.deepEqual(page.cells('By Model', 0), [
    'Model',
    'Cost',
    'Input',
    'From Cache',
    'Output',
    'Saved by Cache',
  ]);
  assert.deepEqual(page.cells('By Model', 1).slice(0, 3), ['Claude Opus 5.5', '$2.64', '3,000,000']);
  assert.equal(page.cells('By Day', 1)[0], 'Sun, Nov 22, 2026');
  assert.equal(page.cells('By Month', 2)[0], 'Sep 2026');
  for (const table of page.root.querySelectorAll('table')) {
    assert.ok(table.closest('[role="region"][aria-label][tabindex="0"]'));
    for (const line of table.querySelectorAll('tbody tr')) {
      assert.equal(line.firstElementChild?.getAttribute('scope'), 'row');
    }
  }
  page.close();
});

test('a conversation opens with a click; one that is gone cannot be clicked', () => {
  const page = openUsage({ facts: someFacts() });
  page.button('Refactor the parser').click();
  page.button('New conversation').click();
  assert.deepEqual(page.wishes.slice(1), [
    { type: 'openConversation', conversation: 'c1' },
    { type: 'openConversation', conversation: 'c2' },
  ]);
  assert.equal(page.cells('By Conversation', 3)[0], 'Deleted conversation');
  page.close();
});

test('a title is text, whatever it says', () => {
  const page = openUsage({ facts: someFacts({ titles: { c1: '<img src=x onerror=alert(1)>' } }) });
  assert.equal(page.root.querySelector('img'), null);
  page.button('<img src=x onerror=alert(1)>').click();
  page.close();
});

test('each answer stands with what was quoted for it and how far off that was', () => {
  const page = openUsage({ facts: someFacts() });
  assert.deepEqual(page.cells('Newest Answers', 1).slice(1), [
    '$0.0088',
    '$0.0084',
    '+4.8%',
    '10,000',
    '88%',
    '500',
    'Refactor the parser',
    'Claude Sonnet 5.5',
  ]);
  page.tell(someFacts({ answers: [row('a', 1, { quotedUsd: 0.1, deviation: -0.12 })] }));
  assert.equal(page.cells('Newest Answers', 1)[3], '-12%');
  page.close();
});

test('an answer without a quote, and a compaction, say so', () => {
  const page = openUsage({ facts: someFacts() });
  const cells = page.cells('Newest Answers', 2);
  assert.deepEqual(cells.slice(2, 4), ['–', '–']);
  assert.deepEqual(cells.slice(7), ['Deleted conversation', 'Claude Sonnet 5.5 (compaction)']);
  page.close();
});

test('when nothing has been spent, words say so, and limits and prices are still there', () => {
  const facts = someFacts({
    totals: { today: sum(0), month: sum(0), all: sum(0) },
    models: [],
    days: [],
    months: [],
    conversations: [],
    answers: [],
  });
  const page = openUsage({ facts });
  assert.match(page.text('main > p'), /Nothing has been spent yet/);
  assert.deepEqual(page.text('h2'), 'Rate Limits | Prices');
  assert.equal(page.root.querySelector('.chart, .button'), null);
  page.close();
});

test('rate limits show what the API told, its own name for a new one, and nothing that it did not tell', () => {
  const at = Date.UTC(2026, 10, 22, 15, 4, 5);
  const limits = [
    { name: 'requests', limit: 50, remaining: 49, resetsAt: at + 60_000 },
    { name: 'fast-lanes', remaining: 3 },
  ];
  const page = openUsage({ facts: someFacts({ rateLimits: { at, limits } }) });
  assert.deepEqual(page.cells('Rate Limits', 1).slice(0, 3), ['Requests', '49', '50']);
  assert.match(page.cells('Rate Limits', 1)[3] ?? '', /:05:05/);
  assert.deepEqual(page.cells('Rate Limits', 2), ['fast-lanes', '3', '–', '–']);
  page.tell(someFacts());
  assert.match(page.text('section'), /tells its limits with the next answer/);
  page.close();
});

test('prices show their day, whose they are, and what long prompts cost', () => {
  const page = openUsage({ facts: someFacts() });
  const source = (line: number): string | undefined => page.cells('Prices', line).at(-1);
  assert.match(page.text('.note'), /per million tokens, as of Sun, Nov 22, 2026/);
  assert.deepEqual(page.cells('Prices', 1).slice(0, 4), ['claude-sonnet-5-5', '$2.00', '$10.00', '$0.10']);
  assert.deepEqual([source(1), source(2), source(4)], ['Parley', 'Your setting', 'Unknown']);
  assert.equal(page.cells('Prices', 2)[1], '$0.125');
  assert.equal(page.cells('Prices', 3)[0], 'claude-haiku-5-5, prompts above 100,000 tokens');
  assert.equal(page.cells('Prices', 4)[1], '–');
  page.close();
});

test('the picture has a column for each day, the costly ones with their parts in the title', () => {
  const page = openUsage({ facts: someFacts() });
  const columns = [...page.root.querySelectorAll('.column')];
  assert.equal(columns.length, 30);
  const today = columns.at(-1);
  assert.equal(
    today?.querySelector('title')?.textContent,
    'Sun, Nov 22, 2026: $0.088\nOutput: $0.05\nCache read: $0.009\nCache write: $0.025\nFresh input: $0.004',
  );
  assert.equal(columns.at(-2)?.querySelector('title')?.textContent, 'Sat, Nov 21, 2026: $0.00');
  page.close();
});

test('columns stand on each other and never rise above the axis', () => {
  const page = openUsage({ facts: someFacts() });
  for (const column of page.root.querySelectorAll('.column')) {
    const bars = [...column.querySelectorAll('.bar')].map((element) => ({
      y: Number(element.getAttribute('y')),
      height: Number(element.getAttribute('height')),
    }));
    const ground = column.querySelector('.column-ground');
    const top = Number(ground?.getAttribute('y'));
    let bottom = top + Number(ground?.getAttribute('height'));
    for (const { y, height } of bars) {
      assert.ok(height >= 0 && Math.abs(y + height - bottom) < 1e-6);
      bottom = y;
    }
    assert.ok(bottom >= top - 1e-6);
  }
  page.close();
});

test('the picture says in words what it shows, and as a table for who cannot see it', () => {
  const page = openUsage({ facts: someFacts() });
  const image = page.root.querySelector('[role="img"]');
  assert.equal(
    image?.getAttribute('aria-label'),
    'Cost over time: $1.06 in all, most on Fri, Nov 20, 2026 with $0.97',
  );
  assert.deepEqual(page.cells('Cost over Time', 1), [
    'Sun, Nov 22, 2026',
    '$0.088',
    '$0.004',
    '$0.025',
    '$0.009',
    '$0.05',
  ]);
  page.close();
});

test('another period is drawn at once, told to screen readers, and remembered', () => {
  const page = openUsage({ facts: someFacts() });
  page.button('90 Days').click();
  assert.equal(page.root.querySelectorAll('.column').length, 90);
  assert.equal(page.button('90 Days').getAttribute('aria-pressed'), 'true');
  assert.equal(page.button('30 Days').getAttribute('aria-pressed'), 'false');
  page.button('Months').click();
  assert.equal(page.root.querySelectorAll('.column').length, 6);
  page.close();
  const again = openUsage({ facts: someFacts(), kept: page.kept() });
  assert.equal(again.button('Months').getAttribute('aria-pressed'), 'true');
  again.close();
  for (const kept of [null, 7, { period: 'decades' }, { period: 7 }]) {
    const fresh = openUsage({ facts: someFacts(), kept });
    assert.equal(fresh.button('30 Days').getAttribute('aria-pressed'), 'true');
    fresh.close();
  }
});

test('at every width there are dates on the axis, none over another, and the newest is among them', () => {
  const page = openUsage({ facts: someFacts() });
  for (const width of [120, 300, 600, 900, 2000]) {
    Object.defineProperty(page.root, 'clientWidth', { value: width, configurable: true });
    dom.dispatchEvent(new dom.Event('resize'));
    for (const period of ['30 Days', '90 Days', 'Months']) {
      page.button(period).click();
      const labels = [...page.root.querySelectorAll('.axis-label.date')];
      const places = labels.map((label) => Number(label.getAttribute('x')));
      assert.match(labels.at(-1)?.textContent ?? '', /Nov/);
      for (let n = 1; n < places.length; n++) {
        assert.ok((places[n] ?? 0) - (places[n - 1] ?? 0) >= 40, `${width} px, ${period}: ${places}`);
      }
    }
  }
  page.close();
});

test('the wish to export goes to the host', () => {
  const page = openUsage({ facts: someFacts() });
  page.button('Export CSV').click();
  assert.deepEqual(page.wishes.slice(1), [{ type: 'exportCsv' }]);
  page.close();
});

test('a host of another version is told to the user', () => {
  const page = openUsage();
  page.tell(someFacts(), USAGE_PROTOCOL_VERSION + 1);
  assert.match(page.text('[role="status"]'), /another version of Parley/);
  page.close();
});

test('the page speaks the user’s language', () => {
  const page = openUsage({
    facts: someFacts(),
    l10n: JSON.stringify({ Prices: 'Preise', 'Usage and Cost': 'Verbrauch' }),
  });
  assert.equal(page.text('h1'), 'Verbrauch');
  assert.match(page.text('h2'), /Preise$/);
  page.close();
});

test('messages that cannot be shown are dropped and reported', () => {
  const page = openUsage({ facts: someFacts() });
  const before = page.root.innerHTML;
  const good = { type: 'usageChanged', version: 1, facts: someFacts() };
  const wrong = [
    null,
    'x',
    {},
    { ...good, type: 'snapshot' },
    { ...good, facts: { ...someFacts(), today: '2026-99-99' } },
    { ...good, facts: { ...someFacts(), days: [{ ...row('x'), key: '2026-1' }] } },
    { ...good, facts: { ...someFacts(), models: [{ ...row('a'), usdByKind: 7 }] } },
    { ...good, facts: { ...someFacts(), answers: [{ ...row('a'), tokens: { fresh: 1 } }] } },
    { ...good, facts: { ...someFacts(), titles: { c1: 7 } } },
    { ...good, facts: { ...someFacts(), prices: { asOf: 'x', models: [{ model: 'a' }] } } },
  ];
  for (const message of wrong) page.deliver(message);
  assert.equal(page.root.innerHTML, before);
  assert.deepEqual(
    page.wishes.slice(1),
    wrong.map(() => ({ type: 'report', message: 'A message from the host was not understood.' })),
  );
  page.close();
});

test('facts with any part missing or of another type never reach the page', () => {
  const random = createRandom(7);
  const facts = someFacts({ rateLimits: { at: 1, limits: [{ name: 'requests', limit: 1 }] } });
  for (let round = 0; round < 300; round++) {
    const message = structuredClone({ type: 'usageChanged', version: 1, facts });
    spoil(message.facts as unknown as Record<string, unknown>, random);
    const page = openUsage();
    page.deliver(message);
    const reports = page.wishes.filter(({ type }) => type === 'report');
    assert.equal(reports.length, decodeToUsagePage(message) ? 0 : 1, JSON.stringify(reports));
    page.close();
  }
});

/** Removes one value somewhere inside, or puts another in its place. */
function spoil(target: Record<string, unknown>, random: ReturnType<typeof createRandom>): void {
  const keys = Object.keys(target);
  const key = keys[random.below(keys.length)];
  if (key === undefined) return;
  const inner = target[key];
  if (typeof inner === 'object' && inner !== null && random.next() < 0.8) {
    spoil(inner as Record<string, unknown>, random);
  } else if (random.next() < 0.3) delete target[key];
  else target[key] = random.pick([null, -1, Number.NaN, 'x', [], {}, 1e300, true]);
}

test('months are counted over the turn of the year and end with this one', () => {
  const facts = someFacts({
    today: '2027-02-01',
    months: [row('2027-01'), row('2026-05', 2)],
  });
  const columns = columnsOf(facts, 'months');
  assert.deepEqual(
    columns.map(({ key }) => key),
    [
      '2026-05',
      '2026-06',
      '2026-07',
      '2026-08',
      '2026-09',
      '2026-10',
      '2026-11',
      '2026-12',
      '2027-01',
      '2027-02',
    ],
  );
  assert.equal(columns.filter(({ usd }) => sumOf(usd) > 0).length, 2);
  assert.equal(columnsOf(someFacts({ months: [row('2001-01')] }), 'months').length, 24);
});

test('the days of the picture go back over the end of a month and of daylight saving time', () => {
  const keys = columnsOf(someFacts({ today: '2026-11-03' }), '30days').map(({ key }) => key);
  assert.equal(keys.length, 30);
  assert.equal(new Set(keys).size, 30);
  assert.deepEqual([keys[0], keys.at(-4), keys.at(-1)], ['2026-10-05', '2026-10-31', '2026-11-03']);
});

test('an axis has few round steps and holds the largest value', () => {
  const random = createRandom(3);
  for (let round = 0; round < 2000; round++) {
    const most = 10 ** (random.next() * 10 - 6);
    const { ticks, top, digits } = scaleFor(most);
    assert.ok(top >= most * (1 - 1e-9) && top <= most * 1.63, `${most}: ${top}`);
    assert.ok(ticks.length >= 2 && ticks.length <= 6, `${most}: ${ticks}`);
    assert.equal(new Set(ticks.map((tick) => tick.toFixed(digits))).size, ticks.length);
  }
  assert.deepEqual(scaleFor(0), { ticks: [0], top: 1, digits: 0 });
  assert.deepEqual(scaleFor(1).ticks.length, 3);
});
