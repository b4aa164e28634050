import { COUNTERS_NAME } from './step-counter.js';

export interface CountedSource {
  readonly source: string;
  /** Places that were given a counter. */
  readonly places: number;
}

/**
 * Puts counters into a module as `tsc` writes it, one statement a line: at the start of every function, branch and
 * turn of a loop. What stands on one line as an expression (an arrow function without braces) is not counted.
 * Lines keep their numbers.
 * @param firstPlace - the first counter's
 */
export function countSteps(source: string, firstPlace: number): CountedSource {
  const lines = source.split('\n');
  let place = firstPlace;
  const counter = () => `${LOCAL}[${place++}]++`;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string;
    if (isComment(line)) continue;
    if (opensBlock(line) || isCase(line)) {
      lines[i] = `${line} ${counter()};`;
      continue;
    }
    const next = lines[i + 1];
    const header = headerOf(line);
    if (header === undefined || next === undefined) continue;
    if (isWholeStatement(next)) lines[i + 1] = `{ ${counter()}; ${next} }`;
    else if (header === 'for') lines[i] = withCountedTurn(line, counter);
  }
  const [first = '', ...rest] = lines;
  return {
    source: [`const ${LOCAL} = globalThis.${COUNTERS_NAME}; ${first}`, ...rest].join('\n'),
    places: place - firstPlace,
  };
}

const LOCAL = '__latchkeySteps';

function isComment(line: string): boolean {
  return /^\s*(?:\*|\/\/|\/\*)/.test(line);
}

/** Functions, methods, branches and loops; not `switch`, classes or object literals. */
function opensBlock(line: string): boolean {
  return /(?:\)|=>|\belse|\btry|\bdo|\bfinally) \{$/.test(line) && !/^\s*(?:\w+: )?switch \(/.test(line);
}

function isCase(line: string): boolean {
  return /^\s*(?:case .*|default):(?: \{)?$/.test(line);
}

/** The keyword of a branch or loop without braces, whose statement is on the next line. */
function headerOf(line: string): 'for' | 'other' | undefined {
  if (/^\s*else$/.test(line)) return 'other';
  const found = /^\s*(?:else )?(if|for|while) \(.*\)$/.exec(line);
  if (found === null || !isBalanced(line)) return undefined;
  return found[1] === 'for' ? 'for' : 'other';
}

function isWholeStatement(line: string): boolean {
  return line.endsWith(';') && isBalanced(line) && !/^\s*(?:if|for|while|do|switch|else)\b/.test(line);
}

/** Parentheses alone; in what the firmware writes, none stands in a string without its other half. */
function isBalanced(line: string): boolean {
  let depth = 0;
  for (const character of line) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** `for (…; …; step)` over a statement of several lines: the turn is counted with the step. */
function withCountedTurn(line: string, counter: () => string): string {
  const found = /^(\s*for \(.*;.*; ?)([^;]*)\)$/.exec(line);
  if (found === null) return line;
  const [, head = '', step = ''] = found;
  return `${head}${counter()}${step === '' ? '' : `, ${step}`})`;
}
