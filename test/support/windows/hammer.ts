import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createWriterLock } from '../../../src/host/storage/writerLock.ts';

/**
 * A window that takes, asks for, hands over and gives up a few conversations as fast as it can. While it has one it keeps a witness
 * file that can only be made where there is none; finding that of a process that lives it says `two`. Says `held` now and then.
 */
const [directory = '', rounds = '0'] = process.argv.slice(2);
const lock = createWriterLock(directory);
const using = new Set<string>();
lock.serve(async (id) => (using.has(id) ? 'busy' : 'given'));

function witness(id: string): boolean {
  const file = path.join(directory, `${id}.witness`);
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (!isAlive(Number(fs.readFileSync(file, 'utf8')))) {
      fs.rmSync(file);
      return witness(id);
    }
    return false;
  }
}

/** Only children of the test are asked for, so no process id is given again. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function round(at: number): Promise<void> {
  const id = `c${Math.floor(Math.random() * 2)}`;
  using.add(id);
  const got = (await lock.take(id)) || (await lock.askFor(id, 'continue')) === 'given';
  if (got && (await lock.isOurs(id))) {
    if (!witness(id)) process.stdout.write('two\n');
    await wait(Math.random() * 3);
    fs.rmSync(path.join(directory, `${id}.witness`), { force: true });
    process.stdout.write('held\n');
  }
  using.delete(id);
  if (got && at % 2 === 0) await lock.release(id);
}

for (let at = 0; at < Number(rounds); at++) await round(at);
await lock.close();
