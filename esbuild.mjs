import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { context } from 'esbuild';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

const common = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  metafile: true,
  logLevel: 'info',
  legalComments: 'none',
  define: { 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
};

/** Loaded on first use only: what imports these modules dynamically finds each in a file of its own. */
const APART = [
  { filter: /\/claude\/gateway\.ts$/, path: './claude.cjs' },
  { filter: /\/pdfPages\.ts$/, path: './pdf.cjs' },
  { filter: /\/looking\.ts$/, path: './looking.cjs' },
  { filter: /\/judging\.ts$/, path: './judging.cjs' },
  { filter: /\/secrets\.ts$/, path: './secrets.cjs' },
  { filter: /\/history\/history\.ts$/, path: './history.cjs' },
  { filter: /\/storage\/summaries\.ts$/, path: './summaries.cjs' },
  { filter: /\/exporting\.ts$/, path: './exporting.cjs' },
  { filter: /\/mentions\.ts$/, path: './mentions.cjs' },
  { filter: /\/pinPickers\.ts$/, path: './pinPickers.cjs' },
];

const apart = {
  name: 'apart',
  setup(build) {
    for (const { filter, path } of APART) {
      build.onResolve({ filter }, (args) =>
        args.kind === 'dynamic-import' ? { path, external: true } : undefined,
      );
    }
  },
};

const node = { ...common, platform: 'node', target: 'node22', format: 'cjs', external: ['vscode'] };
const page = { ...common, platform: 'browser', target: 'chrome128', format: 'esm' };

const bundles = [
  { ...node, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.cjs', plugins: [apart] },
  { ...node, entryPoints: ['src/claude/gateway.ts'], outfile: 'dist/claude.cjs' },
  { ...node, entryPoints: ['src/host/workspace/pdfPages.ts'], outfile: 'dist/pdf.cjs' },
  {
    ...node,
    entryPoints: ['src/host/context/pinning/looking.ts'],
    outfile: 'dist/looking.cjs',
    plugins: [apart],
  },
  { ...node, entryPoints: ['src/host/context/pinning/judging.ts'], outfile: 'dist/judging.cjs' },
  { ...node, entryPoints: ['src/host/context/pinning/secrets.ts'], outfile: 'dist/secrets.cjs' },
  // Started as a thread, not imported.
  {
    ...node,
    entryPoints: ['src/host/storage/readingThread.ts'],
    outfile: 'dist/reading.cjs',
    plugins: [apart],
  },
  {
    ...node,
    entryPoints: ['src/host/storage/searchThread.ts'],
    outfile: 'dist/searching.cjs',
    plugins: [apart],
  },
  { ...node, entryPoints: ['src/host/storage/summaries.ts'], outfile: 'dist/summaries.cjs' },
  { ...node, entryPoints: ['src/host/history/history.ts'], outfile: 'dist/history.cjs', plugins: [apart] },
  { ...node, entryPoints: ['src/host/exporting/exporting.ts'], outfile: 'dist/exporting.cjs' },
  { ...node, entryPoints: ['src/host/mentions/mentions.ts'], outfile: 'dist/mentions.cjs' },
  { ...node, entryPoints: ['src/host/context/pinPickers.ts'], outfile: 'dist/pinPickers.cjs' },
  { ...page, entryPoints: ['src/webview/main.ts'], outfile: 'dist/webview.js' },
  { ...page, entryPoints: ['src/webview/highlight/main.ts'], outfile: 'dist/highlight.js', format: 'iife' },
  { ...page, entryPoints: ['src/webview/usage/main.ts'], outfile: 'dist/usage.js' },
];

await rm('dist', { recursive: true, force: true });
await mkdir('dist');
// What went into each bundle, for the house rules; outside dist, so that it is never shipped.
await mkdir('out', { recursive: true });
for (const file of ['codicon.css', 'codicon.ttf']) {
  await copyFile(`node_modules/@vscode/codicons/dist/${file}`, `dist/${file}`);
}

const inputs = ['node_modules/@vscode/codicons/dist/codicon.css'];
for (const options of bundles) {
  const build = await context(options);
  const { metafile } = await build.rebuild();
  inputs.push(...Object.keys(metafile.inputs));
  const name = options.outfile.replace(/^dist\//, '').replace(/\.c?js$/, '');
  await writeFile(`out/${name}.meta.json`, JSON.stringify(metafile));
  if (watch) await build.watch();
  else await build.dispose();
}
// The line that the editor's watch task waits for: from here on every save is built.
if (watch) console.log('Watching for changes');
else await writeFile('dist/THIRD_PARTY_NOTICES.txt', await notices(inputs));

/** Name, version and license text of every package that a bundle holds a piece of. */
async function notices(files) {
  const names = files.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  const sections = [];
  for (const name of [...new Set(names)].sort()) {
    const folder = `node_modules/${name}`;
    const { version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
    const texts = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file)).sort();
    const text = await Promise.all(texts.map((file) => readFile(`${folder}/${file}`, 'utf8')));
    sections.push(`${name} ${version} (${license})\n\n${text.join('\n').trim()}\n`);
  }
  return sections.join(`\n${'-'.repeat(80)}\n\n`);
}
