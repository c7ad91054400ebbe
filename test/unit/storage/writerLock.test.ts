import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { askWindow } from '../../../src/host/storage/windowSocket.ts';
import { createWriterLock, type WriterLock } from '../../../src/host/storage/writerLock.ts';

const folders: string[] = [];
const locks: WriterLock[] = [];
after(async () => {
  await Promise.all(locks.map((lock) => lock.close()));
  await Promise.all(folders.map((folder) => fs.rm(folder, { recursive: true, force: true })));
});

async function newFolder(): Promise<string> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-lock-'));
  folders.push(folder);
  return folder;
}

function windowOn(folder: string, options: Parameters<typeof createWriterLock>[1] = {}): WriterLock {
  const lock = createWriterLock(folder, options);
  locks.push(lock);
  return lock;
}

const HAMMER = path.join(import.meta.dirname, '../../support/windows/hammer.ts');

function hammer(folder: string, rounds: number): ChildProcess {
  return spawn(process.execPath, [HAMMER, folder, String(rounds)], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** A process that has the conversation and does nothing any more. */
async function holder(folder: string, id: string): Promise<ChildProcess> {
  const source = `
    import { createWriterLock } from ${JSON.stringify(path.join(import.meta.dirname, '../../../src/host/storage/writerLock.ts'))};
    await createWriterLock(${JSON.stringify(folder)}).take(${JSON.stringify(id)});
    console.log('taken');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout ?? child, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Asks again and again, as a window that reads along does. */
async function takenInTheEnd(lock: WriterLock, id: string): Promise<void> {
  while (!(await lock.take(id))) await wait(5);
}

test('one window has a conversation; the next one gets it when it is given up', async () => {
  const folder = await newFolder();
  const [one, other] = [windowOn(folder), windowOn(folder)];
  assert.ok(await one.take('c'));
  assert.ok(await one.take('c'), 'asking again changes nothing');
  assert.ok(!(await other.take('c')));
  assert.ok(await one.isOurs('c'));
  await one.release('c');
  assert.ok(!(await one.isOurs('c')));
  assert.ok(await other.take('c'));
  assert.ok(!(await one.take('c')));
});

test('no lock survives its process: what a killed window had is taken at once', async () => {
  const folder = await newFolder();
  const child = await holder(folder, 'c');
  const lock = windowOn(folder);
  assert.ok(!(await lock.take('c')));
  await kill(child);
  assert.ok(await lock.take('c'));
});

test('a window that is held up still lives', async () => {
  const folder = await newFolder();
  const child = await holder(folder, 'c');
  child.kill('SIGSTOP');
  const taken = windowOn(folder).take('c');
  assert.ok(!(await taken));
  await kill(child);
});

test('a closed window leaves nothing behind that holds', async () => {
  const folder = await newFolder();
  const one = createWriterLock(folder);
  assert.ok(await one.take('c'));
  await one.close();
  assert.ok(await windowOn(folder).take('c'));
});

test('of windows that want what nobody has at the same time exactly one gets it', async () => {
  const folder = await newFolder();
  const windows = Array.from({ length: 6 }, () => windowOn(folder));
  for (let round = 0; round < 30; round++) {
    const id = `c${round}`;
    const got = await Promise.all(windows.map((window) => window.take(id)));
    assert.equal(got.filter((one) => one).length, 1);
    const ours = await Promise.all(windows.map((window) => window.isOurs(id)));
    assert.deepEqual(ours, got);
  }
});

test('a window that takes again what it is just giving up has it, and nobody else does', async () => {
  const folder = await newFolder();
  const [one, other] = [windowOn(folder), windowOn(folder)];
  for (let round = 0; round < 20; round++) {
    await one.take('c');
    const left = one.release('c');
    assert.ok(await one.take('c'));
    await left;
    assert.ok(!(await other.take('c')));
    assert.ok(await one.isOurs('c'));
  }
});

test('a window that can have no socket takes conversations all the same, and its sign of life counts', async () => {
  const folder = await newFolder();
  const before = process.env.TMPDIR;
  process.env.TMPDIR = path.join(folder, 'none');
  try {
    const one = windowOn(folder, { beat: 10 });
    assert.ok(await one.take('c'));
    const other = windowOn(folder, { beat: 30 });
    assert.ok(!(await other.take('c')));
    assert.equal(await other.askFor('c', 'continue'), 'silent');
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
});

test('a window that ends does not wait for one that asks and never finishes its question', async () => {
  const folder = await newFolder();
  const one = createWriterLock(folder);
  await one.take('c');
  const { socket } = JSON.parse(await fs.readFile(path.join(folder, 'locks', 'c', '1'), 'utf8'));
  const connection = net.connect(socket).on('error', () => undefined);
  const talking = setInterval(() => connection.write('{'), 50);
  try {
    await once(connection, 'connect');
    await Promise.all([one.close(), once(connection, 'close')]);
  } finally {
    clearInterval(talking);
    connection.destroy();
  }
});

test('an idle window hands over to the one that asks, and to nobody else', async () => {
  const folder = await newFolder();
  const [one, other, third] = [windowOn(folder), windowOn(folder), windowOn(folder)];
  await one.take('c');
  assert.equal(await other.askFor('c', 'continue'), 'given');
  assert.ok(await other.isOurs('c'));
  assert.ok(!(await one.isOurs('c')));
  assert.ok(!(await one.take('c')));
  assert.ok(!(await third.take('c')));
});

test('what is handed over is locked for the one that asked before it is told so', async () => {
  const folder = await newFolder();
  const one = windowOn(folder);
  await one.take('c');
  const locks = path.join(folder, 'locks', 'c');
  const { token, socket } = JSON.parse(await fs.readFile(path.join(locks, '1'), 'utf8'));
  const from = { token: 'asker', socket: '' };
  const holds = (to: string): Promise<unknown> => askWindow(socket, { to, wish: 'holds', id: 'c', from });
  assert.deepEqual(await Promise.all(['another', token].map(holds)), [{ word: 'no' }, { word: 'yes' }]);
  assert.deepEqual(await askWindow(socket, { to: token, wish: 'continue', id: 'c', from }), {
    word: 'given',
  });
  assert.equal(JSON.parse(await fs.readFile(path.join(locks, '2'), 'utf8')).token, 'asker');
});

test('a busy window keeps its conversation, and one that shows it says so', async () => {
  const folder = await newFolder();
  const [one, other] = [windowOn(folder), windowOn(folder)];
  await one.take('c');
  one.serve(async (_, wish) => (wish === 'open' ? 'shown' : 'given'));
  await one.setBusy('c', true);
  assert.equal(await other.askFor('c', 'continue'), 'busy');
  await one.setBusy('c', false);
  assert.equal(await other.askFor('c', 'open'), 'shown');
  assert.ok(await one.isOurs('c'));
  assert.equal(await other.askFor('c', 'continue'), 'given');
});

test('what nobody has is given to whoever asks for it', async () => {
  const folder = await newFolder();
  const [one, other] = [windowOn(folder), windowOn(folder)];
  await one.take('c');
  await one.release('c');
  assert.equal(await other.askFor('c', 'open'), 'given');
  assert.ok(await other.isOurs('c'));
});

test('on another machine a window lives as long as its lock file changes', async () => {
  const folder = await newFolder();
  const far = createWriterLock(folder, { host: 'far', beat: 10 });
  await far.take('c');
  const near = windowOn(folder, { host: 'near', beat: 40 });
  for (let look = 0; look < 12; look++) {
    assert.ok(!(await near.take('c')), 'it shows that it lives');
    await wait(20);
  }
  assert.equal(await near.askFor('c', 'continue'), 'silent');
  await far.close();
  await takenInTheEnd(near, 'c');
});

test('on another machine a killed window is found dead by its silence, whatever the clocks say', async () => {
  const folder = await newFolder();
  const child = await holder(folder, 'c');
  await kill(child);
  const file = path.join(folder, 'locks', 'c', '1');
  const tomorrow = new Date(Date.now() + 86_400_000);
  await fs.utimes(file, tomorrow, tomorrow);
  const near = windowOn(folder, { host: 'near', beat: 20 });
  assert.ok(!(await near.take('c')));
  await takenInTheEnd(near, 'c');
});

test('a window whose socket is gone is judged by its sign of life', async () => {
  const folder = await newFolder();
  const one = windowOn(folder, { beat: 10 });
  await one.take('c');
  const file = path.join(folder, 'locks', 'c', '1');
  const { socket, ...holder } = JSON.parse(await fs.readFile(file, 'utf8'));
  await fs.writeFile(file, JSON.stringify({ ...holder, socket: `${socket}.gone` }));
  const other = windowOn(folder, { beat: 30 });
  for (let look = 0; look < 8; look++) {
    assert.ok(!(await other.take('c')));
    await wait(20);
  }
});

test('after the machine was started anew a lock from before holds nobody for long', async () => {
  const folder = await newFolder();
  const one = windowOn(folder, { boot: 'before' });
  await one.take('c');
  const file = path.join(folder, 'locks', 'c', '1');
  const { socket, ...holder } = JSON.parse(await fs.readFile(file, 'utf8'));
  await fs.writeFile(file, JSON.stringify({ ...holder, socket: `${socket}.gone` }));
  const other = windowOn(folder, { boot: 'after', beat: 20 });
  assert.ok(!(await other.take('c')));
  await wait(25);
  assert.ok(await other.take('c'), 'the second look is enough');
});

test('a window that ends while an answer arrives keeps it as long as its process lives', async () => {
  const folder = await newFolder();
  const one = windowOn(folder);
  await one.take('busy');
  await one.take('idle');
  await one.setBusy('busy', true);
  await one.close();
  const other = windowOn(folder);
  assert.ok(await other.take('idle'));
  assert.ok(!(await other.take('busy')));
  assert.ok(await one.isOurs('busy'));
  await one.setBusy('busy', false);
});

test('a lock that was being written as its window died holds nobody for long', async () => {
  const folder = await newFolder();
  await fs.mkdir(path.join(folder, 'locks', 'c'), { recursive: true });
  await fs.writeFile(path.join(folder, 'locks', 'c', '1'), '{"tok');
  const lock = windowOn(folder, { beat: 5 });
  assert.ok(!(await lock.take('c')));
  await takenInTheEnd(lock, 'c');
});

test('locks of old generations go, the newest ones stay', async () => {
  const folder = await newFolder();
  const [one, other] = [windowOn(folder), windowOn(folder)];
  for (let turn = 0; turn < 6; turn++) {
    assert.ok(await one.take('c'));
    await one.release('c');
    assert.ok(await other.take('c'));
    await other.release('c');
  }
  let names: string[];
  do names = await fs.readdir(path.join(folder, 'locks', 'c'));
  while (names.length > 3);
  assert.deepEqual(names.toSorted(), ['10', '11', '12']);
});

test('processes that take, hand over and are killed never have a conversation at the same time', async () => {
  const folder = await newFolder();
  let said = '';
  const listen = (child: ChildProcess): ChildProcess => {
    child.stdout?.on('data', (data: Buffer) => {
      said += data.toString();
    });
    return child;
  };
  const steady = [1, 2].map(() => listen(hammer(folder, 150)));
  const ends = steady.map((child) => once(child, 'exit'));
  for (let victim = 0; victim < 4; victim++) {
    const child = listen(hammer(folder, 1_000_000));
    await once(child.stdout ?? child, 'data');
    await kill(child);
  }
  for (const [code] of await Promise.all(ends)) assert.equal(code, 0);
  assert.doesNotMatch(said, /two/);
  assert.ok(said.split('held').length > 50, 'they had it often enough to meet');
});
