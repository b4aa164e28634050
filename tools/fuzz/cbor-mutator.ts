import { mutateBytes } from './byte-mutator.js';
import { type CborNode, copyOf, itemsOf, leaf, parseCborTree, writeCborTree } from './cbor-tree.js';
import type { Random } from './random.js';

/** Numbers at the ends of what fields and lengths hold. */
const EDGES: readonly bigint[] = Object.freeze([
  0n,
  1n,
  23n,
  24n,
  255n,
  256n,
  65_535n,
  65_536n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 40n - 1n,
  2n ** 48n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
]);
/** Deeper than any decoder goes. */
const NESTING = 12;

/** Changes one item of a CBOR tree, at times one inside a byte string; bytes that are no CBOR, byte by byte. */
export function mutateCbor(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const tree = random.oneIn(5) ? undefined : parseCborTree(bytes);
  if (tree === undefined) return mutateBytes(bytes, other, random);
  const items = itemsOf(tree);
  const item = random.pick(items);
  if (item.major === 2 && item.content.length > 0 && random.oneIn(2)) {
    setContent(item, mutateCbor(item.content, other, random));
    return writeCborTree(tree);
  }
  mutateItem(item, items, random);
  return writeCborTree(tree);
}

function mutateItem(item: CborNode, items: readonly CborNode[], random: Random): void {
  const { children } = item;
  switch (random.below(10)) {
    case 0:
      item.width = random.pick([1, 2, 4, 8]);
      return;
    case 1:
      // A length that lies, or another number, tag or simple value.
      item.argument = random.oneIn(2) ? random.pick(EDGES) : item.argument + random.pick([-1n, 1n]);
      if (item.argument < 0n) item.argument = 0n;
      return;
    case 2:
      Object.assign(item, copyOf(random.pick(items)));
      return;
    case 3:
      Object.assign(item, oddItem(random));
      return;
    case 4:
      if (children.length > 0) children.splice(random.below(children.length), random.pick([1, 2]));
      recount(item, random);
      return;
    case 5:
      if (children.length > 0) {
        const from = random.below(children.length);
        children.splice(random.below(children.length), 0, ...children.slice(from, from + 2).map(copyOf));
      }
      recount(item, random);
      return;
    case 6:
      if (children.length > 1) children.reverse();
      return;
    case 7:
      item.major = random.below(8);
      return;
    case 8:
      for (let depth = random.size(NESTING); depth > 0; depth--) {
        const inner = { ...item, children: item.children };
        Object.assign(item, { ...leaf(random.pick([4, 6]), 1n), children: [inner] });
      }
      return;
    default:
      if (item.major === 2 || item.major === 3)
        setContent(item, mutateBytes(item.content, new Uint8Array(4), random));
      else item.argument ^= 1n << BigInt(random.below(16));
  }
}

function oddItem(random: Random): CborNode {
  const content = random.bytes(random.size(80));
  return random.pick([
    leaf(0, random.pick(EDGES)),
    leaf(1, random.pick(EDGES)),
    leaf(2, BigInt(content.length), content),
    leaf(3, BigInt(content.length), content),
    leaf(4, 0n),
    leaf(5, 0n),
    leaf(7, BigInt(20 + random.below(12))),
  ]);
}

function setContent(item: CborNode, content: Uint8Array): void {
  item.content = content;
  item.argument = BigInt(content.length);
}

/** Mostly true counts: a false one ends the decoder at once. */
function recount(item: CborNode, random: Random): void {
  if (random.oneIn(8)) return;
  if (item.major === 4) item.argument = BigInt(item.children.length);
  if (item.major === 5) item.argument = BigInt(item.children.length >> 1);
}
