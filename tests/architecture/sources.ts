import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The tree that is tested: the sources, not what was built from them. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Folders that hold what others made, or what a build made. */
const SKIPPED: readonly string[] = ['node_modules', 'dist', 'out', 'cache'];

export interface SourceFile {
  /** Relative to ROOT, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Lists the files of the tree whose names end in one of these, hidden ones left out. */
export function listFiles(...endings: readonly string[]): readonly string[] {
  const found: string[] = [];
  const visit = (folder: string) => {
    for (const entry of entriesOf(folder)) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.name.startsWith('.') || SKIPPED.includes(entry.name)) continue;
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile() && endings.some((ending) => entry.name.endsWith(ending))) found.push(path);
    }
  };
  visit('');
  return found.sort();
}

export function readSource(path: string): SourceFile {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

/**
 * Blanks out comments, and with `strings` also what stands in quotes, keeping every line where it was.
 * Code inside `${}` of a template stays code. A slash that may start a regular expression is told from a
 * division by what stands before it.
 */
export function blankOut(text: string, what: 'comments' | 'comments and strings'): string {
  let out = '';
  let at = 0;
  // One entry for each `${` that is open: the depth of braces inside it.
  const templates: number[] = [];
  const keep = (piece: string) => {
    out += piece;
    at += piece.length;
  };
  const blank = (piece: string) => {
    out += piece.replace(/[^\n]/g, ' ');
    at += piece.length;
  };
  const quoted = (piece: string) => (what === 'comments' ? keep(piece) : blank(piece));
  const template = () => {
    const piece = /^(?:\\[\s\S]|\$(?!\{)|[^\\`$])*(?:`|\$\{|$)/.exec(text.slice(at))?.[0] ?? '';
    quoted(piece);
    if (piece.endsWith('${')) templates.push(0);
  };
  while (at < text.length) {
    const rest = text.slice(at, at + 2);
    const inside = templates.length - 1;
    const braces = templates[inside];
    if (rest === '//') blank(match(/^[^\n]*/, text, at));
    else if (rest === '/*') blank(match(/^\/\*[\s\S]*?(?:\*\/|$)/, text, at));
    else if (rest[0] === "'" || rest[0] === '"')
      quoted(match(/^(['"])(?:\\[\s\S]|(?!\1)[^\\\n])*\1?/, text, at));
    else if (rest[0] === '/' && startsRegExp(out)) {
      quoted(match(/^\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/?/, text, at) || '/');
    } else if (rest[0] === '`') {
      quoted('`');
      template();
    } else if (rest[0] === '}' && braces === 0) {
      templates.pop();
      quoted('}');
      template();
    } else {
      if (braces !== undefined && rest[0] === '{') templates[inside] = braces + 1;
      if (braces !== undefined && rest[0] === '}') templates[inside] = braces - 1;
      keep(text[at] as string);
    }
  }
  return out;
}

function match(pattern: RegExp, text: string, at: number): string {
  return pattern.exec(text.slice(at))?.[0] ?? '';
}

function startsRegExp(before: string): boolean {
  const last = before.trimEnd();
  return last === '' || /[(,=:[!&|?{};+\-*%~^<>]$|\b(?:return|typeof|case|of|in|throw)$/.test(last);
}

function entriesOf(folder: string): readonly Dirent[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true });
}
