import { parse } from '@babel/parser';
import { FLIPS_NAME } from './flips.js';

/** A place where a program decides: the condition of an `if` or `?:`, or the left side of `&&`, `||`, `??` or `??=`. */
export interface Branch {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}

export interface FlippableSource {
  readonly source: string;
  /** In the order of their numbers. */
  readonly branches: readonly Branch[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly loc: { readonly start: { readonly line: number } };
  readonly [field: string]: unknown;
}

interface Edit {
  readonly at: number;
  readonly text: string;
  /** Of edits at one place, an inner one comes nearer to the code. */
  readonly isEnd: boolean;
  readonly size: number;
}

/**
 * Puts a question into every branch of a module, so that any one of them can be inverted while the module runs.
 * Lines keep their numbers; until a branch is chosen the module does what it did.
 * @param source - JavaScript as the compiler writes it
 * @param firstNumber - the first branch's
 */
export function flippable(source: string, firstNumber: number): FlippableSource {
  const branches: Branch[] = [];
  const edits: Edit[] = [];
  const wrap = (node: Node, before: string, after: string) => {
    const size = node.end - node.start;
    edits.push({ at: node.start, text: before, isEnd: false, size });
    edits.push({ at: node.end, text: after, isEnd: true, size });
  };
  const numbered = (node: Node): number => {
    const text = source.slice(node.start, node.end).replace(/\s+/g, ' ');
    branches.push({ line: node.loc.start.line, text });
    return firstNumber + branches.length - 1;
  };
  const visit = (node: Node) => {
    if (node.type === 'IfStatement' || node.type === 'ConditionalExpression') {
      const test = node['test'] as Node;
      wrap(test, `${LOCAL}.decide(${numbered(test)}, `, ')');
    }
    if (node.type === 'LogicalExpression') {
      const left = node['left'] as Node;
      const right = node['right'] as Node;
      if (node['operator'] === '??') {
        wrap(node, '(', ')');
        wrap(left, `${LOCAL}.either(${numbered(left)}, `, ', () => (');
        // The operator itself goes: both sides become arguments.
        edits.push({ at: operatorAt(source, left.end, right.start), text: '/*', isEnd: false, size: 0 });
        edits.push({ at: operatorAt(source, left.end, right.start) + 2, text: '*/', isEnd: true, size: 0 });
        wrap(right, '', '))');
      } else wrap(left, `${LOCAL}.decide(${numbered(left)}, `, ')');
    }
    if (node.type === 'AssignmentExpression' && node['operator'] === '??=') {
      const left = node['left'] as Node;
      const text = source.slice(left.start, left.end);
      const number = numbered(left);
      wrap(node, `(${LOCAL}.decide(${number}, ${text} == null) ? `, ` : ${text})`);
      const at = operatorAt(source, left.end, (node['right'] as Node).start);
      edits.push({ at, text: '/*', isEnd: false, size: 0 });
      edits.push({ at: at + 2, text: '*/', isEnd: true, size: 0 });
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(
    parse(source, { sourceType: 'module', createParenthesizedExpressions: true }).program as unknown as Node,
  );
  return { source: `const ${LOCAL} = globalThis.${FLIPS_NAME}; ${applied(source, edits)}`, branches };
}

const LOCAL = '__latchkeyFlips';

function childrenOf(node: Node): readonly Node[] {
  return Object.entries(node).flatMap(([field, value]) => {
    if (field === 'loc' || field === 'leadingComments' || field === 'trailingComments') return [];
    return (Array.isArray(value) ? value : [value]).filter(isNode);
  });
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value && 'loc' in value;
}

/** Of `??` or the `??` of `??=`, which in what the compiler writes stands in no comment between its sides. */
function operatorAt(source: string, from: number, to: number): number {
  const at = source.slice(from, to).indexOf('??');
  if (at < 0) throw new RangeError(`no operator in ${source.slice(from, to)}`);
  return from + at;
}

/** An edit that begins an outer expression goes before that of an inner one, and one that ends it after. */
function applied(source: string, edits: readonly Edit[]): string {
  const sorted = edits
    .map((edit, order) => ({ ...edit, order }))
    .sort((a, b) => {
      if (a.at !== b.at) return a.at - b.at;
      if (a.isEnd !== b.isEnd) return a.isEnd ? -1 : 1;
      return a.isEnd ? a.size - b.size || b.order - a.order : b.size - a.size || a.order - b.order;
    });
  let out = '';
  let at = 0;
  for (const edit of sorted) {
    out += source.slice(at, edit.at) + edit.text;
    at = edit.at;
  }
  return out + source.slice(at);
}
