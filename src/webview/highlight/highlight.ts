import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import lua from 'highlight.js/lib/languages/lua';
import makefile from 'highlight.js/lib/languages/makefile';
import markdown from 'highlight.js/lib/languages/markdown';
import php from 'highlight.js/lib/languages/php';
import powershell from 'highlight.js/lib/languages/powershell';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import scss from 'highlight.js/lib/languages/scss';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

/** Gives the code as HTML with `hljs-` classes, or undefined where it is better left plain. */
export type Highlight = (code: string, language: string) => string | undefined;

/** Beyond this many characters coloring would hold up the page. */
const LONGEST = 100_000;

const LANGUAGES = {
  bash,
  cpp,
  csharp,
  css,
  diff,
  dockerfile,
  go,
  ini,
  java,
  json,
  kotlin,
  lua,
  makefile,
  markdown,
  php,
  powershell,
  python,
  ruby,
  rust,
  scss,
  sql,
  typescript,
  xml,
  yaml,
};

/** Knows the common languages and their usual short names. */
export function createHighlight(): Highlight {
  const engine = hljs.newInstance();
  for (const [name, language] of Object.entries(LANGUAGES)) engine.registerLanguage(name, language);
  // The wider grammar colors both languages (Less is near enough to SCSS); a second one would only weigh.
  engine.registerAliases(['js', 'jsx', 'mjs', 'cjs', 'javascript'], { languageName: 'typescript' });
  engine.registerAliases(['c', 'h'], { languageName: 'cpp' });
  engine.registerAliases(['less'], { languageName: 'scss' });
  engine.registerAliases(['fish', 'shell'], { languageName: 'bash' });
  return (code, language) => {
    if (code.length > LONGEST || !engine.getLanguage(language)) return undefined;
    return engine.highlight(code, { language, ignoreIllegals: true }).value;
  };
}
