import { mutateBytes } from './byte-mutator.js';
import type { Random } from './random.js';

const ODD_VALUES: readonly unknown[] = Object.freeze([
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  '',
  '0x',
  '0x0',
  '0x00',
  '0x1',
  '0xg',
  '0X1',
  `0x${'f'.repeat(64)}`,
  `0x${'0'.repeat(66)}`,
  `0x${'f'.repeat(16)}`,
  `0x1${'0'.repeat(16)}`,
  `0x${'ab'.repeat(20)}`,
  `0x${'00'.repeat(3_300)}`,
  '\u0000\ud83d\ude00',
  [],
  {},
  [[[[[[[[[[[[[0]]]]]]]]]]]]],
]);
const NAMES = Object.freeze([
  '__proto__',
  'constructor',
  'toString',
  'id',
  'error',
  'result',
  'type',
  'to',
  'input',
  'data',
  'v',
  'yParity',
  'hash',
]);
const SPACES = Object.freeze(['', ' ', '\n', '\t\r ']);

type Container = Record<string, unknown> | unknown[];

/** Changes one member of a JSON value, or the way in which it is written; what is no JSON, byte by byte. */
export function mutateJson(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const value = random.oneIn(6) ? undefined : parse(bytes);
  if (value === undefined) return mutateBytes(bytes, other, random);
  const text = JSON.stringify(mutateJsonValue(value, random)) ?? 'null';
  switch (random.below(12)) {
    case 0:
      return encode(`${random.pick(SPACES)}${text}${random.pick(SPACES)}`);
    case 1:
      return encode(text.replaceAll(':', ' :\n'));
    case 2:
      // A member twice: the parser keeps the last.
      return encode(
        text.replace('{', `{"${random.pick(NAMES)}":${JSON.stringify(random.pick(ODD_VALUES))},`),
      );
    case 3:
      return encode(
        text.replace(/"([a-z])/, (_, letter: string) => `"\\u00${letter.charCodeAt(0).toString(16)}`),
      );
    default:
      return encode(text);
  }
}

/** Changes one value somewhere in a JSON value. @returns a new value; parts of the old one may be in it */
export function mutateJsonValue(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null) return mutateLeaf(value, random);
  const copy: Container = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  const keys = Object.keys(copy);
  const key = keys.length === 0 ? undefined : random.pick(keys);
  const members = copy as Record<string, unknown>;
  switch (random.below(10)) {
    case 0:
      return random.pick(ODD_VALUES);
    case 1:
      if (Array.isArray(copy)) copy.push(...copy.slice(random.below(copy.length)));
      else define(copy, random.pick(NAMES), random.pick(ODD_VALUES));
      return copy;
    case 2:
      if (Array.isArray(copy)) copy.splice(random.below(copy.length), 1);
      else if (key !== undefined) delete copy[key];
      return copy;
    case 3:
      if (key !== undefined) define(members, random.pick(keys), members[key]);
      return copy;
    case 4:
      return [copy];
    default:
      if (key !== undefined) define(members, key, mutateJsonValue(members[key], random));
      return copy;
  }
}

/** Assigning `__proto__` would set another prototype; `JSON.parse` makes a member of it. */
function define(container: Container, key: string, value: unknown): void {
  Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
}

function mutateLeaf(value: unknown, random: Random): unknown {
  if (typeof value === 'number')
    return random.pick([value + 1, value - 1, -value, value * 2 ** 31, String(value)]);
  if (typeof value !== 'string' || random.oneIn(4)) return random.pick(ODD_VALUES);
  const at = random.below(value.length);
  switch (random.below(7)) {
    case 0:
      return value.slice(0, at);
    case 1:
      return value.slice(0, at) + random.pick([...'0123456789abcdefxG \u00e9']) + value.slice(at + 1);
    case 2:
      return value.slice(0, at) + value.slice(at + 1);
    case 3:
      return value + value.slice(at);
    case 4:
      return value.toUpperCase();
    case 5:
      return value.replace('0x', '0x0');
    default:
      return value.replace(
        /[0-9a-f]$/,
        (digit) => '0123456789abcdef'['fedcba9876543210'.indexOf(digit)] ?? '0',
      );
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

/** Writes U+FFFD for half of a pair. */
function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
