import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { context } from 'esbuild';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

const common = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  metafile: true,
  logLevel: 'info',
  define: { 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
};

/** The SDK is loaded on first use: what imports the room `claude` finds it in a file of its own. */
const claudeApart = {
  name: 'claude-apart',
  setup(build) {
    build.onResolve({ filter: /\/claude\/gateway\.ts$/ }, (args) =>
      args.kind === 'dynamic-import' ? { path: './claude.js', external: true } : undefined,
    );
  },
};

const node = { ...common, platform: 'node', target: 'node22', format: 'cjs', external: ['vscode'] };

const bundles = [
  { ...node, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.js', plugins: [claudeApart] },
  { ...node, entryPoints: ['src/claude/gateway.ts'], outfile: 'dist/claude.js' },
  {
    ...common,
    entryPoints: ['src/webview/main.ts'],
    outfile: 'dist/webview.js',
    platform: 'browser',
    target: 'chrome128',
    format: 'esm',
  },
];

await rm('dist', { recursive: true, force: true });
await mkdir('dist');
for (const file of ['codicon.css', 'codicon.ttf']) {
  await copyFile(`node_modules/@vscode/codicons/dist/${file}`, `dist/${file}`);
}

for (const options of bundles) {
  const build = await context(options);
  if (watch) {
    await build.watch();
    continue;
  }
  const { metafile } = await build.rebuild();
  const name = options.outfile.replace('dist/', '').replace('.js', '');
  // What went into each bundle, for the house rules; outside dist, so that it is never shipped.
  await mkdir('out', { recursive: true });
  await writeFile(`out/${name}.meta.json`, JSON.stringify(metafile));
  await build.dispose();
}
