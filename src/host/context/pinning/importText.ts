/** A file that a text imports: the paths at which it may lie, the likeliest first. */
export interface ImportTarget {
  readonly paths: readonly string[];
  /** `document`: only from the document's folder. `above`: from that, then from each folder above it. */
  readonly from: 'document' | 'above';
}

/** What a text in a language (VS Code's id) imports, its file having that `name`; none for languages that are not known. Never throws. */
export function importTargets(languageId: string, text: string, name: string): readonly ImportTarget[] {
  return LANGUAGES[languageId]?.(text, name) ?? [];
}

type Reader = (text: string, name: string) => readonly ImportTarget[];

const LANGUAGES: Readonly<Record<string, Reader>> = {
  javascript: scripts,
  javascriptreact: scripts,
  typescript: scripts,
  typescriptreact: scripts,
  vue: scripts,
  svelte: scripts,
  astro: scripts,
  css: styles,
  scss: styles,
  sass: styles,
  less: styles,
  python: pythonModules,
  c: includes,
  cpp: includes,
  'objective-c': includes,
  'objective-cpp': includes,
  'cuda-cpp': includes,
  rust: rustModules,
};

/** What stands in quotes after one of three words. Packages, which are no relative paths, stay out. */
const SCRIPT = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(["'])(\.{1,2}\/[^"'\n]{1,300}|\.{1,2})\1/g;

function scripts(text: string): readonly ImportTarget[] {
  return matches(SCRIPT, text).map(([, , path = '']) => document(scriptPaths(path.replace(/[?#].*$/, ''))));
}

const EXTENSIONS = [
  'ts',
  'tsx',
  'd.ts',
  'js',
  'jsx',
  'mjs',
  'cjs',
  'mts',
  'cts',
  'json',
  'vue',
  'svelte',
  'css',
];

/** TypeScript is imported under the name of what it is compiled to. */
const WRITTEN_AS: Readonly<Record<string, readonly string[]>> = {
  js: ['ts', 'tsx', 'd.ts'],
  jsx: ['tsx'],
  mjs: ['mts'],
  cjs: ['cts'],
};

function scriptPaths(path: string): readonly string[] {
  const [, stem = path, extension = ''] = /^(.*[^/.])\.([a-z]+)$/.exec(path) ?? [];
  const sources = (WRITTEN_AS[extension] ?? []).map((each) => `${stem}.${each}`);
  return [
    ...(extension === '' ? [] : [path]),
    ...sources,
    ...EXTENSIONS.map((each) => `${path}.${each}`),
    ...EXTENSIONS.map((each) => `${path}/index.${each}`),
  ];
}

const STYLE = /@(?:import|use|forward)\s+(?:\([^)]*\)\s*)?(?:url\(\s*)?["']?([^"')\s;]{1,300})/g;

function styles(text: string): readonly ImportTarget[] {
  return matches(STYLE, text)
    .map(([, path = '']) => path.replace(/[?#].*$/, ''))
    .filter((path) => path !== '' && !/^([a-z]+:|\/|~)/.test(path))
    .map((path) => document(stylePaths(path)));
}

/** Sass leaves out the extension and the underscore of partial files. */
function stylePaths(path: string): readonly string[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const name = path.slice(folder.length);
  const names = [name, ...['scss', 'sass', 'css', 'less'].map((extension) => `${name}.${extension}`)];
  return [...names.flatMap((each) => [`${folder}${each}`, `${folder}_${each}`]), `${path}/_index.scss`];
}

const FROM = /^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(?:\(([^)]*)\)|([^\n#]*))/gm;
const IMPORT =
  /^[ \t]*import[ \t]+([\w.]+(?:[ \t]+as[ \t]+\w+)?(?:[ \t]*,[ \t]*[\w.]+(?:[ \t]+as[ \t]+\w+)?)*)/gm;

/** Modules of the workspace: relative ones, and absolute ones wherever their packages lie above the document. */
function pythonModules(text: string): readonly ImportTarget[] {
  const whole = matches(IMPORT, text).flatMap(([, list = '']) =>
    namesIn(list).map((name): ImportTarget => ({ paths: modulePaths(name.split('.')), from: 'above' })),
  );
  const parts = matches(FROM, text).flatMap(([, dots = '', module = '', inBraces, plain = '']) => {
    const names = module === '' ? [] : module.split('.');
    const up = Array.from({ length: Math.max(0, dots.length - 1) }, () => '..');
    const from = dots === '' ? 'above' : 'document';
    // What is imported may be a module of its own, or a name in the module.
    return namesIn(inBraces ?? plain).map(
      (name): ImportTarget => ({
        paths: [...modulePaths([...up, ...names, name]), ...modulePaths([...up, ...names])],
        from,
      }),
    );
  });
  return [...whole, ...parts];
}

function namesIn(list: string): readonly string[] {
  return list
    .replace(/#.*$/gm, '')
    .split(',')
    .map((name) => name.trim().split(/\s/)[0] ?? '')
    .filter((name) => name !== '');
}

function modulePaths(names: readonly string[]): readonly string[] {
  const path = names.join('/');
  if (path === '') return ['__init__.py'];
  return path.endsWith('..') ? [`${path}/__init__.py`] : [`${path}.py`, `${path}/__init__.py`, `${path}.pyi`];
}

const INCLUDE = /^[ \t]*#[ \t]*(?:include|import)[ \t]+"([^"\n]{1,300})"/gm;

/** Those in quotes: from the document's folder, else from a folder above it or its `include`. */
function includes(text: string): readonly ImportTarget[] {
  return matches(INCLUDE, text).map(([, path = '']) => ({
    paths: [path, `include/${path}`, `src/${path}`],
    from: 'above',
  }));
}

const MODULE = /^[ \t]*(?:pub(?:\([^)]*\))?[ \t]+)?mod[ \t]+(\w+)[ \t]*;/gm;

/** They lie beside the roots of crates and `mod.rs`, else in a folder of the file's own name. */
function rustModules(text: string, file: string): readonly ImportTarget[] {
  const folder = /^(?:main|lib|mod)\.rs$/.test(file) ? '' : `${file.replace(/\.rs$/, '')}/`;
  return matches(MODULE, text).map(([, name = '']) =>
    document([`${folder}${name}.rs`, `${folder}${name}/mod.rs`]),
  );
}

function document(paths: readonly string[]): ImportTarget {
  return { paths, from: 'document' };
}

function matches(pattern: RegExp, text: string): readonly RegExpExecArray[] {
  return [...text.matchAll(pattern)];
}
