import assert from 'node:assert/strict';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { HTTP_BODY_BYTES_MAX, TRANSACTIONS_PER_ROUND_MAX } from '../../firmware/protocol/limits.js';
import { TOPIC } from '../../firmware/protocol/lock-registry.js';
import { ACTION } from '../../firmware/protocol/order.js';
import { Prng } from '../../host-sim/world/prng.js';
import { answerPost, logOf, type NodeFault, type Post } from '../unit/lock/fake-node.js';
import { LockWorld } from '../unit/lock/fixture.js';
import { GUEST, OWNER, STRANGER } from '../unit/lock/signer.js';
import { drawnFor } from './drawn-for.js';
import { FAST } from './typed-signer.js';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Between the lock and an honest node: no answer is left as it was. */
class Meddler {
  readonly #prng: Prng;
  readonly #world: LockWorld;
  readonly #bodies: string[] = [];
  exchanges = 0;

  constructor(world: LockWorld, seed: number) {
    this.#world = world;
    this.#prng = new Prng(seed, 'proxy');
  }

  readonly answer = (post: Post): NodeFault => {
    this.exchanges++;
    const honest = answerPost(this.#world, post, undefined);
    this.#bodies.push(honest);
    return { status: 200, body: this.#bend(honest) };
  };

  #bend(honest: string): string {
    const prng = this.#prng;
    switch (prng.between(0, 5)) {
      case 0:
        return prng.pick(this.#bodies);
      case 1: {
        const answers = JSON.parse(honest) as Json;
        return JSON.stringify(Array.isArray(answers) ? [...answers].reverse() : [answers, answers]);
      }
      case 2:
        return honest.slice(0, prng.between(0, honest.length));
      default:
        return JSON.stringify(this.#rewritten(JSON.parse(honest) as Json));
    }
  }

  /** One leaf, or one member, is another. */
  #rewritten(value: Json): Json {
    const prng = this.#prng;
    if (Array.isArray(value)) {
      if (value.length === 0) return [this.#odd()];
      const at = prng.between(0, value.length - 1);
      if (prng.chance(0.2)) return [...value, value[at] as Json];
      return value.map((member, i) => (i === at ? this.#rewritten(member) : member));
    }
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value);
      const at = prng.between(0, entries.length - 1);
      if (prng.chance(0.1)) return Object.fromEntries(entries.filter((_, i) => i !== at));
      return Object.fromEntries(
        entries.map(([key, member], i) => [key, i === at ? this.#rewritten(member) : member]),
      );
    }
    if (typeof value !== 'string' || prng.chance(0.1)) return this.#odd();
    const at = prng.between(0, Math.max(0, value.length - 1));
    return `${value.slice(0, at)}${prng.pick(['0', '1', '7', 'f', ''])}${value.slice(at + 1)}`;
  }

  #odd(): Json {
    return this.#prng.pick<Json>([null, '0x', '0x0', -1, {}, [], 'f'.repeat(64), `0x${'0'.repeat(64)}`]);
  }
}

describe('a proxy that rewrites, reorders and repeats every answer', () => {
  it('opens by truly signed orders alone, each once, and cannot keep a lock from its owner once it is gone', () => {
    let exchanges = 0;
    let openings = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const world = new LockWorld({ device: { engine: FAST } }).boot().pair();
      world.grant(OWNER, 0, GUEST, {});
      world.pass(3_000);
      const proxy = new Meddler(world, seed);
      const signed = new Set<string>();
      for (let i = 0; i < 12; i++) {
        world.fault = i % 4 === 3 ? undefined : proxy.answer;
        const by = i % 3 === 2 ? GUEST : OWNER;
        const action = i % 2 === 0 ? ACTION.unlock : ACTION.lock;
        const { hash } = world.order(by, i + 1, { action, notAfterSeconds: world.nowSeconds + 600 });
        if (action === ACTION.unlock) signed.add(formatHex(hash));
        world.order(STRANGER, i, { action: ACTION.unlock });
        world.pass(40_000);
      }
      world.fault = undefined;
      world.order(OWNER, 99, { action: ACTION.lock });
      world.pass(200_000, 5_000);
      assert.equal(world.bolt, 'locked', `seed ${seed}`);
      const drawnBy = drawnFor(world);
      assert.equal(new Set(drawnBy).size, drawnBy.length, `seed ${seed}: one order drew the bolt twice`);
      for (const hash of drawnBy) assert.ok(signed.has(hash), `seed ${seed}: drawn for ${hash}`);
      exchanges += proxy.exchanges;
      openings += drawnBy.length;
    }
    assert.ok(exchanges > 500, `${exchanges} exchanges`);
    assert.ok(openings >= 10, `${openings} openings`);
  });
});

describe('a flood', () => {
  it('of 10,000 bad signatures costs one recovery each, 16 a round, no write, and no room', () => {
    const curve = { operations: 0 };
    const world = new LockWorld({ device: { engine: counting(curve) } }).boot().pair();
    world.pass(3_000);
    const [writes, seconds] = [world.writes, 700];
    const before = { operations: curve.operations, posts: world.posts.length };
    const real = world.signOrder(STRANGER, 0, { action: ACTION.unlock });
    let shown = 0;
    world.answer = (method, params) => {
      if (method === 'eth_getLogs') {
        return Array.from({ length: 16 }, () =>
          logOf(
            { hash: FAST.keccak256(numbered(shown++)), json: {}, block: world.head, topic: TOPIC.commanded },
            world.lock,
          ),
        );
      }
      if (method !== 'eth_getTransactionByHash') return undefined;
      // Well-formed, of low s, and by nobody that the lock knows.
      return {
        ...real.json,
        r: params[0],
        s: formatHex(FAST.sha256(numbered(shown))).replace(/^0x./, '0x1'),
      };
    };
    world.pass(seconds * 1_000);
    assert.ok(shown >= 10_000, `${shown} logs`);
    assert.equal(world.driven.length, 0);
    const rounds = world.posts.length - before.posts;
    assert.ok(rounds <= (seconds + 1) * (1 + TRANSACTIONS_PER_ROUND_MAX));
    assert.ok(curve.operations - before.operations <= rounds, `${curve.operations} operations`);
    assert.ok(world.writes - writes <= seconds / 60, `${world.writes - writes} writes`);
    world.answer = undefined;
    world.order(OWNER, 0, { action: ACTION.unlock });
    world.pass(300_000, 5_000);
    assert.deepEqual(world.driven, ['unlocked']);
  });

  it('of answers of a megabyte is cut at the limit, named, and passes', () => {
    const world = new LockWorld({ device: { engine: FAST } }).boot().pair();
    world.pass(3_000);
    const big = 'f'.repeat(1_048_576);
    for (const body of [
      big,
      `[${'[],'.repeat(349_525)}[]]`,
      JSON.stringify({ jsonrpc: '2.0', id: 1, result: big }),
    ]) {
      world.fault = () => ({ status: 200, body });
      world.pass(20_000);
    }
    assert.ok(world.posts.every(({ bodyBytesMax }) => bodyBytesMax <= HTTP_BODY_BYTES_MAX));
    assert.deepEqual(new Set(world.refusals()), new Set(['too-large']));
    world.fault = undefined;
    world.order(OWNER, 0, { action: ACTION.unlock });
    world.pass(120_000, 5_000);
    assert.deepEqual(world.driven, ['unlocked']);
  });
});

function counting(curve: { operations: number }): CryptoEngine {
  return {
    ...FAST,
    recover: (...args) => {
      curve.operations++;
      return FAST.recover(...args);
    },
  };
}

function numbered(number: number): Uint8Array {
  return Uint8Array.from([24, 16, 8, 0], (shift) => (number >> shift) & 0xff);
}
