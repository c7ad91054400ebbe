// What `npm start` and `npm test` run. Plain JavaScript for any Node from 18 on, because it runs before anything is
// installed; all else runs on the Node that the package `node` brings in.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const repository = resolve(fileURLToPath(import.meta.url), '../../..');
const windows = process.platform === 'win32';
const parent = process.ppid;

/** The order is from fast to slow. The tests within `check` are run again by `rules`, and counted there. */
const testSteps = [
  { title: 'Types, style and source rules', script: 'check' },
  { title: 'Unit tests', script: 'test:unit', tests: true },
  { title: 'Page tests', script: 'test:view', tests: true },
  { title: 'Build and package', script: 'package' },
  { title: 'Manifest and bundle rules', script: 'test:rules', tests: true },
  { title: 'Tests inside the extension host', script: 'test:host', tests: true },
  { title: 'Tests in a real VS Code', script: 'test:e2e', tests: true },
];

async function main(command) {
  if (command !== 'start' && command !== 'test') {
    console.error('Usage: node test/support/run.mjs start|test');
    return 2;
  }
  if (!(await install())) return 1;
  return command === 'start' ? start() : test();
}

/** `npm ci`, unless node_modules was made from the package-lock.json that is there now. */
async function install() {
  const stamp = join(repository, 'node_modules/.parley-lock');
  const lock = createHash('sha256')
    .update(readFileSync(join(repository, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return true;
  heading('Install packages (npm ci)');
  const { code } = await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code === 0) writeFileSync(stamp, lock);
  return code === 0;
}

async function start() {
  heading('Build and package');
  const built = await npm(['run', '--silent', 'package']);
  if (built.code !== 0) return built.code;
  const program = join(repository, 'node_modules/node/bin', windows ? 'node.exe' : 'node');
  const script = join(repository, 'test/support/vscode/start.ts');
  return (await run(program, [script, ...process.argv.slice(3)], { stdio: 'inherit' })).code;
}

async function test() {
  const done = [];
  for (const step of testSteps) {
    heading(step.title);
    const started = Date.now();
    const { code, output } = await npm(['run', '--silent', step.script]);
    const counts = step.tests ? countTests(output) : { passed: 0, failed: 0, skipped: 0 };
    const empty = step.tests && counts.passed + counts.failed === 0;
    if (empty) console.error('No test has run.');
    const ok = code === 0 && counts.failed === 0 && !empty;
    // A step that fails without a failing test (a type error, a crash) counts as one failure.
    if (!ok) counts.failed = Math.max(1, counts.failed);
    done.push({ ...step, ...counts, ok, seconds: (Date.now() - started) / 1000 });
    if (!ok) break;
  }
  return summarize(done);
}

function summarize(done) {
  heading('Summary');
  for (const step of done) {
    const tests = step.tests ? `, ${step.passed} passed` : '';
    console.log(`${step.ok ? 'ok    ' : 'FAILED'}  ${step.title} (${step.seconds.toFixed(1)} s${tests})`);
  }
  for (const step of testSteps.slice(done.length)) console.log(`not run ${step.title}`);
  const sum = (name) => done.reduce((total, step) => total + step[name], 0);
  const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped}`);
  return done.length === testSteps.length && sum('failed') === 0 ? 0 : 1;
}

/** Adds up the totals that node:test prints at the end of each run, as `ℹ pass 3` or `# pass 3`. */
function countTests(output) {
  const plain = stripVTControlCharacters(output);
  const sum = (name) =>
    [...plain.matchAll(new RegExp(`^(?:ℹ|#) ${name} (\\d+)$`, 'gm'))].reduce(
      (total, match) => total + Number(match[1]),
      0,
    );
  return {
    passed: sum('pass'),
    failed: sum('fail') + sum('cancelled'),
    skipped: sum('skipped') + sum('todo'),
  };
}

function npm(args) {
  const own = process.env.npm_execpath;
  if (own && basename(own) === 'npm-cli.js') return run(process.execPath, [own, ...args]);
  return run('npm', args, { shell: windows });
}

/** Runs a program, shows what it prints and collects it; its end is the result, whatever it is. */
function run(program, args, options = {}) {
  const env = { ...process.env };
  // Would make node:test report to a parent process instead of the terminal.
  delete env.NODE_TEST_CONTEXT;
  return new Promise((finish) => {
    const child = spawn(program, args, {
      cwd: repository,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      ...options,
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text;
      process.stdout.write(text);
    });
    const forward = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    const orphaned = setInterval(() => isOrphaned() && child.kill('SIGTERM'), 1_000);
    const end = (code) => {
      clearInterval(orphaned);
      for (const signal of signals) process.off(signal, forward);
      finish({ code, output });
    };
    child.once('error', (error) => {
      console.error(`${program}: ${error.message}`);
      end(1);
    });
    child.once('close', (code) => end(code ?? 1));
  });
}

/** When npm is ended by a signal, so is the shell between npm and this program, but nobody tells this program. */
function isOrphaned() {
  return process.env.npm_lifecycle_event !== undefined && process.ppid !== parent;
}

function heading(title) {
  console.log(`\n── ${title} ──`);
}

process.exitCode = await main(process.argv[2]);
