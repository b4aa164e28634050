import { blankSource } from './blanked-source.js';

/**
 * Judges whether a module may be preloaded into flash: its top level is run once, on the computer that builds, and
 * what it leaves cannot change on the board. Reads TypeScript as the formatter leaves it: a statement begins in the
 * first column. What it does not understand it refuses.
 * @returns one sentence for each statement that is not safe
 */
export function preloadProblems(path: string, text: string): readonly string[] {
  return statementsOf(blankSource(text)).flatMap(({ line, code }) => {
    const problem = statementProblem(code);
    return problem === undefined ? [] : [`${path}:${line} ${problem}`];
  });
}

interface Statement {
  readonly line: number;
  readonly code: string;
}

/** Calls whose result depends on their arguments alone, and changes nothing. */
const PURE_CALLS: readonly string[] = Object.freeze([
  'Object.freeze',
  'Object.keys',
  'Object.values',
  'Object.entries',
  'BigInt',
  'Number',
]);

function statementsOf(code: string): readonly Statement[] {
  const statements: { line: number; code: string }[] = [];
  for (const [index, text] of code.split('\n').entries()) {
    const last = statements.at(-1);
    if (/^[^\s})\]>]/.test(text)) statements.push({ line: index + 1, code: text });
    else if (last !== undefined) last.code += `\n${text}`;
    else if (text.trim() !== '') statements.push({ line: index + 1, code: text });
  }
  return statements;
}

function statementProblem(code: string): string | undefined {
  if (/^import\s*'/.test(code)) return 'imports a module for its side effects';
  if (
    /^(?:import\b|export\s+(?:type|interface|declare)\b|export\s*[{*]|type\b|interface\b|declare\b)/.test(
      code,
    )
  )
    return undefined;
  if (/^(?:export\s+)?(?:default\s+)?function\b/.test(code)) return undefined;
  if (/^(?:export\s+)?(?:default\s+)?(?:abstract\s+)?class\b/.test(code)) return classProblem(code);
  if (/^(?:export\s+)?(?:let|var)\b/.test(code)) return 'keeps state that changes in the module';
  const constant = /^(?:export\s+)?const\s+[\w$]+\s*(?::[\s\S]*?)?\s=\s(?<value>[\s\S]*?);?\s*$/.exec(code);
  const value = constant?.groups?.['value'];
  if (value === undefined) return 'does something at the top level';
  return valueProblem(value);
}

function classProblem(code: string): string | undefined {
  for (const [, rest] of code.matchAll(/\n {2}static\s+([^\n]*)/g)) {
    if (/^\{/.test(rest ?? '')) return 'runs a static block';
    const value = /^(?:readonly\s+)?[#\w$]+\s*(?::[^=]*)?=\s*(?<value>[^\n]*?);?$/.exec(rest ?? '')?.groups?.[
      'value'
    ];
    const problem = value === undefined ? undefined : valueProblem(value);
    if (problem !== undefined) return `has a static field that ${problem}`;
    if (value !== undefined && !/^readonly\b/.test(rest ?? '')) return 'has a static field that changes';
  }
  return undefined;
}

/** Walks the tokens of an initialiser; functions inside it are not run, so their bodies are skipped. */
function valueProblem(value: string): string | undefined {
  if (/^(?:async\s+)?(?:function\b|\([^)]*\)\s*(?::[^={]*)?=>|[\w$]+\s*=>)/.test(value)) return undefined;
  const tokens = value.match(/=>|\.\.\.|\?\.|[\w$]+(?:\s*\.\s*[\w$]+)*|'[^']*'|[^\s]/g) ?? [];
  const frozen: boolean[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as string;
    // XS makes bytes in flash read-only; inside a frozen table nobody means to write to them.
    if (token === 'new' && /^Uint8Array$/.test(tokens[i + 1] ?? '') && (frozen.at(-1) ?? false)) {
      i = closing(tokens, i + 2);
      continue;
    }
    if (token === 'new') return `makes ${tokens[i + 1] ?? 'something'}, which can change`;
    if (['await', 'yield', 'delete', 'import', 'native'].includes(token))
      return `has ${token} at the top level`;
    if (/^(?:\+\+|--)$/.test(token + (tokens[i + 1] ?? ''))) return 'changes something at the top level';
    if (token === '=>') {
      i = tokens[i + 1] === '{' ? closing(tokens, i + 1) : i;
    } else if (/^[A-Za-z_$]/.test(token) && tokens[i + 1] === '(') {
      const end = closing(tokens, i + 1);
      const body = bodyAfter(tokens, end);
      if (body !== undefined) {
        i = closing(tokens, body);
        continue;
      }
      if (!PURE_CALLS.includes(token.replace(/\s/g, ''))) return `calls ${token}`;
      frozen.push(token.replace(/\s/g, '') === 'Object.freeze');
      i++;
    } else if (token === '(') frozen.push(frozen.at(-1) ?? false);
    else if (token === '[' || token === '{') {
      if (!(frozen.at(-1) ?? false)) return 'holds an object that is not frozen';
      frozen.push(true);
    } else if ([')', ']', '}'].includes(token)) frozen.pop();
  }
  return undefined;
}

/** The index of the brace that opens a method's body, where the parameters that end here are a method's. */
function bodyAfter(tokens: readonly string[], end: number): number | undefined {
  if (tokens[end + 1] === '{') return end + 1;
  if (tokens[end + 1] !== ':') return undefined;
  const brace = tokens.indexOf('{', end + 1);
  const between = tokens.slice(end + 2, brace);
  return brace > 0 && between.every((token) => /^[\w$.<>|[\]]+$/.test(token)) ? brace : undefined;
}

function closing(tokens: readonly string[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    if (['(', '[', '{'].includes(tokens[i] as string)) depth++;
    else if ([')', ']', '}'].includes(tokens[i] as string) && --depth === 0) return i;
  }
  return tokens.length;
}
