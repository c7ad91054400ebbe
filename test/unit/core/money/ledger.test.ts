import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyConversation } from '../../../../src/core/conversation/events.ts';
import type { AssistantTurn, Conversation, Usage } from '../../../../src/core/conversation/model.ts';
import { createCacheEntries } from '../../../../src/core/money/cacheEntries.ts';
import { createCacheLedger, outlineOf, pointsOf } from '../../../../src/core/money/ledger.ts';
import type { MessageRequest } from '../../../../src/core/request/messageRequest.ts';
import { createSimulatedApi } from './simulatedApi.ts';
import { answer, ask, image, prose, requestOf, type Talk, talk, text } from './talk.ts';

const MINUTE = 60_000;
const SYSTEM = [prose(2000, 'system')];

/** An API, a ledger that knows nothing yet, and a way to send a talk's request and take its bill down. */
function lab() {
  const api = createSimulatedApi();
  const ledger = createCacheLedger();
  const turns: AssistantTurn[] = [];
  const predict = (talking: Talk) => {
    const request = requestOf(talking);
    return ledger.predict(outlineOf(request), api.count(request), api.now);
  };
  const send = (talking: Talk, reply?: Parameters<typeof api.send>[1]) => {
    const request = requestOf(talking);
    const { usage, content } = api.send(request, reply);
    ledger.note(outlineOf(request), usage, api.now);
    turns.push(turnOf(request, usage, api.now, turns.length));
    answer(talking, content);
    return usage;
  };
  const state = (talking: Talk) => ledger.stateOf(outlineOf(requestOf(talking)), api.now);
  return { api, ledger, turns, predict, send, state };
}

function turnOf(request: MessageRequest, usage: Usage, at: number, index: number): AssistantTurn {
  const points = pointsOf(outlineOf(request));
  return {
    role: 'assistant',
    id: `a${index}`,
    parent: null,
    at,
    model: { id: request.model, name: request.model },
    state: 'done',
    blocks: [],
    usage,
    sent: { at, points },
  };
}

function conversationWith(turns: readonly AssistantTurn[]): Conversation {
  return { ...emptyConversation('c1', 1), turns };
}

test('the first request writes, and the second reads what the first wrote', () => {
  const { predict, send } = lab();
  const talking = talk({ system: SYSTEM });
  ask(talking, text('What is a monad?'));
  const first = predict(talking);
  assert.equal(first.split.read, 0);
  assert.equal(first.expires, undefined);
  const written = send(talking).cacheWrite;
  assert.equal(first.split.write5m, written);
  ask(talking, text('And a functor?'));
  assert.equal(predict(talking).split.read, written);
  assert.equal(send(talking).cacheRead, written);
});

test('an entry is readable until its time is over, and a read begins it anew', () => {
  const { api, predict, send, state } = lab();
  const talking = talk({ system: SYSTEM });
  ask(talking, text('One?'));
  const start = api.now;
  const written = send(talking).cacheWrite;
  ask(talking, text('Two?'));
  assert.equal(predict(talking).expires, start + 5 * MINUTE);
  api.now = start + 5 * MINUTE - 1;
  assert.equal(predict(talking).split.read, written);
  send(talking);
  ask(talking, text('Three?'));
  api.now += 5 * MINUTE - 1;
  assert.ok(predict(talking).split.read > written);
  assert.equal(state(talking).state, 'warm');
  api.now += 1;
  assert.equal(predict(talking).split.read, 0);
  assert.deepEqual(state(talking), { state: 'cold', tokens: 0 });
});

test('an hour of lifetime is quoted as such and lasts an hour', () => {
  const { api, predict, send } = lab();
  const talking = talk({ system: SYSTEM, ttl: '1h' });
  ask(talking, text('One?'));
  assert.equal(predict(talking).split.write5m, 0);
  const { cacheWrite1h } = send(talking);
  ask(talking, text('Two?'));
  api.now += 59 * MINUTE;
  assert.equal(predict(talking).split.read, cacheWrite1h);
});

test('what a long answer of many blocks has behind it is still found', () => {
  const { predict, send } = lab();
  const talking = talk({ system: SYSTEM });
  ask(talking, text('Go on at length.'));
  const blocks = Array.from({ length: 45 }, (_, at) => ({ type: 'text', text: `Part ${at}.` }));
  const { cacheWrite } = send(talking, { blocks });
  ask(talking, text('And then?'));
  assert.equal(predict(talking).split.read, cacheWrite);
});

test('an entry more than 20 positions before every point is out of reach', () => {
  const { ledger, api, send } = lab();
  const talking = talk();
  ask(talking, text(prose(900)));
  send(talking);
  const [question, reply] = talking.messages;
  const more = Array.from({ length: 20 }, (_, at) => text(`${at}`));
  const [last = text(''), ...rest] = more.toReversed();
  const marked = [...rest.toReversed(), { ...last, cache_control: { type: 'ephemeral' as const } }];
  const reach = (count: number) => {
    const blocks = marked.slice(-count);
    const request = {
      ...requestOf(talking),
      messages: [
        {
          role: 'user' as const,
          content: [...(question?.role === 'user' ? question.content : []), ...blocks],
        },
      ],
    };
    const { split } = ledger.predict(outlineOf(request), 3000, api.now);
    return split.read;
  };
  assert.ok(reply);
  assert.ok(reach(19) > 0);
  assert.equal(reach(20), 0);
});

test('what another model, effort, thinking or system makes unreadable is named with its tokens', () => {
  const changes: readonly [string, Partial<Talk>][] = [
    ['modelChanged', { model: 'claude-haiku-5-5' }],
    ['settingsChanged', { effort: 'low' }],
    ['settingsChanged', { thinking: { type: 'between_tools' } }],
    ['systemChanged', { system: [prose(2000, 'other')] }],
  ];
  for (const [cause, change] of changes) {
    const { predict, send } = lab();
    const talking = talk({ system: SYSTEM });
    ask(talking, text(prose(300)));
    send(talking, { text: 'So it is.' });
    ask(talking, text('And now?'));
    assert.equal(predict(talking).lost, undefined);
    const whole = predict(talking).split.read;
    Object.assign(talking, change);
    const { lost, split } = predict(talking);
    assert.equal(lost?.cause, cause);
    const error = Math.abs(lost.tokens + split.read - whole);
    assert.ok(error <= whole * 0.03, `${JSON.stringify(change)} ${lost.tokens} ${split.read} ${whole}`);
  }
});

test('an image that joins a conversation costs the message cache and is named', () => {
  const { predict, send } = lab();
  const talking = talk({ system: SYSTEM });
  ask(talking, text(prose(300)));
  send(talking);
  ask(talking, image(500, 500), text('What is this?'));
  assert.equal(predict(talking).lost?.cause, 'settingsChanged');
});

test('a setting that equals the default of the model is the same as none', () => {
  const { predict, send } = lab();
  const talking = talk({ effort: 'high' });
  ask(talking, text(prose(900)));
  const { cacheWrite } = send(talking);
  talking.effort = undefined;
  ask(talking, text('Same?'));
  assert.equal(predict(talking).split.read, cacheWrite);
});

test('a new window knows from the journals what is warm, and what it holds', () => {
  const { api, turns, send, predict } = lab();
  const talking = talk({ system: SYSTEM, ttl: '1h' });
  for (const question of ['One?', prose(700), 'Three?']) {
    ask(talking, text(question));
    send(talking, { text: 'Yes.' });
    api.now += 20 * MINUTE;
  }
  ask(talking, text('Four?'));
  const known = predict(talking);
  const fresh = createCacheLedger();
  fresh.seed(conversationWith(turns));
  const request = requestOf(talking);
  const seeded = fresh.predict(outlineOf(request), api.count(request), api.now);
  assert.deepEqual(seeded, known);
  fresh.seed(conversationWith(turns));
  assert.deepEqual(fresh.predict(outlineOf(request), api.count(request), api.now), known);
  assert.deepEqual(createCacheLedger().predict(outlineOf(request), 100, api.now).split.read, 0);
});

test('an old journal does not make what was written since look older', () => {
  const { api, ledger, turns, predict, send } = lab();
  const talking = talk({ system: SYSTEM });
  ask(talking, text('One?'));
  send(talking);
  const [question] = talking.messages;
  talking.messages = question ? [question] : [];
  api.now += 10 * MINUTE;
  send(talking);
  ask(talking, text('Two?'));
  const known = predict(talking);
  assert.equal(known.expires, api.now + 5 * MINUTE);
  ledger.seed(conversationWith(turns.slice(0, 1)));
  assert.deepEqual(predict(talking), known);
});

test('once a place was read its tokens are known exactly', () => {
  const { predict, send } = lab();
  const start = (topic: string) => {
    const talking = talk({ system: [SYSTEM[0] ?? '', '漢字'.repeat(300)] });
    ask(talking, text(prose(2500, topic)));
    return talking;
  };
  send(start('first'));
  const { cacheRead } = send(start('the second'));
  assert.ok(cacheRead > 0);
  assert.equal(predict(start('a third one')).split.read, cacheRead);
});

test('what is known of one place helps to reckon the places behind it', () => {
  const { predict, send } = lab();
  const system = ['漢字'.repeat(900)];
  const talks = ['first', 'the second'].map((topic) => {
    const talking = talk({ system });
    ask(talking, text(prose(2000, topic)));
    return talking;
  });
  for (const talking of talks) send(talking, { text: 'Yes.' });
  const [talking = talk()] = talks;
  ask(talking, text(prose(2000, 'more')));
  const whole = predict(talking).split.read;
  talking.effort = 'low';
  const { lost, split } = predict(talking);
  assert.ok(lost && split.read > 0);
  const error = Math.abs(lost.tokens + split.read - whole);
  assert.ok(error <= whole * 0.01, `${lost.tokens} + ${split.read} for ${whole}`);
});

test('a place that turns out too short to be cached is not expected again', () => {
  const { api, predict, send } = lab();
  const system = [prose(330, 'system')];
  const asked = ['one', 'the other', 'a third question', 'and a fourth one'].map((topic) => {
    const talking = talk({ system });
    ask(talking, text(`${'é'.repeat(1000)} ${topic}`));
    const { read } = predict(talking).split;
    api.now += 1000;
    return [read, send(talking).cacheRead];
  });
  assert.ok(asked[1]?.[0] !== 0, 'the first belief is wrong, or this shows nothing');
  assert.deepEqual(asked.slice(2), [
    [0, 0],
    [0, 0],
  ]);
});

test('what a read renews lives as long as it was written for, whatever the reader asks for', () => {
  const { api, predict, send } = lab();
  const talking = talk({ system: SYSTEM, ttl: '5m' });
  ask(talking, text('One?'));
  send(talking);
  talking.ttl = '1h';
  talking.messages = talking.messages.slice(0, 1);
  api.now += 3 * MINUTE;
  send(talking);
  ask(talking, text('Two?'));
  assert.equal(predict(talking).expires, api.now + 5 * MINUTE);
});

test('after an hour and more a new window takes nothing for warm', () => {
  const { api, turns, send } = lab();
  const talking = talk({ system: SYSTEM, ttl: '1h' });
  ask(talking, text('One?'));
  send(talking);
  ask(talking, text('Two?'));
  const fresh = createCacheLedger();
  fresh.seed(conversationWith(turns));
  assert.equal(fresh.stateOf(outlineOf(requestOf(talking)), api.now + 59 * MINUTE).state, 'warm');
  assert.equal(fresh.stateOf(outlineOf(requestOf(talking)), api.now + 60 * MINUTE).state, 'cold');
});

test('a conversation that nothing was cached for has no state', () => {
  const { send, state } = lab();
  const talking = talk();
  ask(talking, text('Hello?'));
  assert.deepEqual(state(talking), { state: 'none', tokens: 0 });
  send(talking);
  assert.deepEqual(state(talking), { state: 'none', tokens: 0 }, 'too short to be cached');
});

test('a request that reached the server and failed before its answer leaves no trace', () => {
  const { predict } = lab();
  const talking = talk({ system: SYSTEM });
  ask(talking, text('One?'));
  assert.equal(predict(talking).split.read, 0);
  assert.equal(predict(talking).split.read, 0);
});

test('a miss that was predicted is none, and a small one is not worth a word', () => {
  const { ledger, api } = lab();
  const talking = talk({ system: SYSTEM });
  ask(talking, text('One?'));
  const outline = outlineOf(requestOf(talking));
  const expected = { fresh: 0, read: 10_000, write5m: 100, write1h: 0 };
  const usage = (cacheRead: number): Usage => ({
    input: 0,
    cacheRead,
    cacheWrite: 10_100 - cacheRead,
    cacheWrite1h: 0,
    output: 5,
  });
  const explain = (cacheRead: number) =>
    ledger.explainMiss(outline, expected, usage(cacheRead), undefined, api.now);
  assert.equal(explain(10_000), undefined);
  assert.equal(explain(9_900), undefined);
  assert.deepEqual(explain(9_899), { cause: 'unknown', tokens: 101 });
});

test('a miss is explained by what changed here first, then by what the API told', () => {
  const { ledger, api, send, predict } = lab();
  const talking = talk({ system: SYSTEM });
  ask(talking, text(prose(500)));
  send(talking);
  const start = api.now;
  ask(talking, text('And?'));
  const { split } = predict(talking);
  const missed: Usage = { input: 0, cacheRead: 0, cacheWrite: split.read + 9, cacheWrite1h: 0, output: 1 };
  const causeOf = (over: Partial<Talk>, now = start + MINUTE) =>
    ledger.explainMiss(outlineOf(requestOf({ ...talking, ...over })), split, missed, 'toolsChanged', now)
      ?.cause;
  assert.equal(causeOf({}), 'toolsChanged');
  assert.equal(causeOf({ model: 'claude-opus-5-5' }), 'modelChanged');
  assert.equal(causeOf({ effort: 'max' }), 'settingsChanged');
  assert.equal(causeOf({ system: ['New.'] }), 'systemChanged');
  assert.equal(causeOf({}, start + 5 * MINUTE), 'expired');
  const other = talk();
  ask(other, text('Something else.'));
  assert.equal(causeOf({ messages: other.messages }), 'toolsChanged');
});

test('an edited question behind a common beginning is told apart from an expiry', () => {
  const { ledger, api, send } = lab();
  const talking = talk();
  ask(talking, text('Hello.'));
  send(talking);
  ask(talking, text(prose(900)));
  send(talking);
  const edited = { ...talking, messages: [...talking.messages.slice(0, 2)] };
  ask(edited, text('Another question.'));
  const expected = { fresh: 0, read: 900, write5m: 0, write1h: 0 };
  const usage: Usage = { input: 1200, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 1 };
  const outline = outlineOf(requestOf(edited));
  assert.equal(ledger.explainMiss(outline, expected, usage, undefined, api.now)?.cause, 'messagesChanged');
});

test('a surprise is believed: what the server did not have is not predicted again', () => {
  const { ledger, api, send, predict } = lab();
  const talking = talk({ system: SYSTEM });
  ask(talking, text('One?'));
  send(talking);
  ask(talking, text('Two?'));
  assert.ok(predict(talking).split.read > 0);
  const request = requestOf(talking);
  const outline = outlineOf(request);
  const total = api.count(request);
  api.now += 1;
  ledger.note(outline, { input: total, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 1 }, api.now);
  assert.equal(predict(talking).split.read, 0);
});

test('the minimum of a model is learned from its bills', () => {
  const { ledger, api } = lab();
  const talking = talk({ model: 'claude-unheard-of-9' });
  ask(talking, text(prose(500)));
  const request = requestOf(talking);
  const outline = outlineOf(request);
  const none = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 1 };
  assert.equal(ledger.predict(outline, 700, api.now).split.fresh, 700);
  ledger.note(outline, { ...none, cacheWrite: 700 }, api.now);
  const other = talk({ model: 'claude-unheard-of-9' });
  ask(other, text(prose(500, 'other')));
  assert.equal(ledger.predict(outlineOf(requestOf(other)), 710, api.now).split.write5m, 710);
  ledger.note(outlineOf(requestOf(other)), { ...none, input: 710 }, api.now);
  const third = talk({ model: 'claude-unheard-of-9' });
  ask(third, text(prose(500, 'third one')));
  assert.equal(ledger.predict(outlineOf(requestOf(third)), 705, api.now).split.write5m, 0);
});

test('a summary on demand reads and keeps alive what the conversation has cached', () => {
  const { ledger, api, send, predict } = lab();
  const talking = talk({ system: SYSTEM });
  ask(talking, text(prose(500)));
  send(talking);
  const request = {
    ...requestOf(talking),
    compaction: { type: 'summarize' as const },
    betas: ['compact-2026-09-04'],
  };
  api.now += 4 * MINUTE;
  const { usage } = api.send(request);
  assert.equal(usage.cacheRead + usage.cacheWrite, 0, 'the bill is in the iterations');
  ledger.note(outlineOf(request), usage, api.now);
  api.now += 4 * MINUTE;
  ask(talking, text('Next?'));
  const { read } = predict(talking).split;
  assert.ok(read > 2500);
  assert.equal(send(talking).cacheRead, read);
});

test('markers and null fields make no difference to a key, everything else does', () => {
  const one = talk({ system: ['You help.'] });
  ask(one, text('Hello?'));
  const key = (change: (request: MessageRequest) => MessageRequest) => outlineOf(change(requestOf(one))).key;
  const same = key((request) => request);
  const content = [{ type: 'text' as const, text: 'Hello?' }];
  assert.equal(
    key((request) => ({ ...request, messages: [{ role: 'user', content }] })),
    same,
  );
  assert.equal(
    key((request) => ({ ...request, max_tokens: 1 })),
    same,
  );
  const others = [
    key((request) => ({ ...request, model: 'claude-opus-5-5' })),
    key((request) => ({ ...request, output_config: { effort: 'low' } })),
    key((request) => ({ ...request, system: [] })),
    key((request) => ({ ...request, messages: [{ role: 'assistant', content: [...content] }] })),
    key((request) => ({ ...request, messages: [{ role: 'user', content: [text('Hello!')] }] })),
    key((request) => ({ ...request, messages: [{ role: 'user', content: [text('Hel'), text('lo?')] }] })),
  ];
  assert.equal(new Set([same, ...others]).size, others.length + 1);
});

test('points say where they are, for how long, and about how many tokens they hold', () => {
  const talking = talk({ system: SYSTEM, ttl: '1h' });
  ask(talking, text('Hello?'));
  const points = pointsOf(outlineOf(requestOf(talking)));
  assert.deepEqual(
    points.map(({ ttl }) => ttl),
    ['1h', '1h'],
  );
  assert.ok((points[0]?.tokens ?? 0) > 1000);
  assert.ok((points[1]?.tokens ?? 0) > (points[0]?.tokens ?? 0));
  assert.equal(points[1]?.key, outlineOf(requestOf(talking)).key);
});

test('thinking and empty texts carry no point', () => {
  const cache_control = { type: 'ephemeral' } as const;
  const request: MessageRequest = {
    model: 'claude-sonnet-5-5',
    max_tokens: 10,
    messages: [
      { role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm.', signature: 's', cache_control }] },
      { role: 'user', content: [{ type: 'text', text: '', cache_control }] },
    ],
  };
  assert.deepEqual(outlineOf(request).points, []);
});

test('the book forgets what is long gone, and the oldest of too many', () => {
  const entries = createCacheEntries();
  const place = { part: 'messages', model: 'm', settings: '', system: '', root: '', content: '' } as const;
  const entry = { place, lifetime: 1, writtenAt: 0, expires: 0, tokens: 1, slack: 0 };
  entries.put('gone', entry);
  entries.put('late', { ...entry, expires: 2 });
  entries.prune(60 * MINUTE + 1);
  assert.equal(entries.get('gone'), undefined);
  assert.ok(entries.get('late'));
  for (let at = 0; at < 10_000; at++) entries.put(`${at}`, { ...entry, expires: 90 * MINUTE });
  entries.put('0', { ...entry, expires: 90 * MINUTE });
  entries.prune(60 * MINUTE);
  assert.ok([...entries.all()].length <= 4000);
  assert.ok(entries.get('0') && entries.get('9999'));
  assert.equal(entries.get('1'), undefined);
});

test('a thousand conversations and more leave the ledger small and right', () => {
  const { ledger, api } = lab();
  const usage: Usage = { input: 0, cacheRead: 0, cacheWrite: 3000, cacheWrite1h: 0, output: 1 };
  const talking = talk();
  for (let at = 0; at < 9000; at++) {
    const points = [{ key: `m|claude-sonnet-5-5|s|y|r${at}|c${at}`, ttl: '1h' as const, tokens: 2000 }];
    ledger.note(points, { ...usage, cacheWrite1h: 3000 }, api.now);
  }
  ask(talking, text(prose(900)));
  const outline = outlineOf(requestOf(talking));
  ledger.note(outline, usage, api.now);
  const started = performance.now();
  for (let at = 0; at < 100; at++) ledger.predict(outline, 3000, api.now);
  assert.equal(ledger.predict(outline, 3000, api.now).split.read, 3000);
  assert.ok((performance.now() - started) / 100 < 20, 'each prediction looks at a bounded number of entries');
});
