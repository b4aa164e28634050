import assert from 'node:assert/strict';
import { formatHex, formatQuantity } from '../../../firmware/protocol/hex.js';
import { HTTP_TIMEOUT_MS, ROUND_MS_MAX } from '../../../firmware/protocol/limits.js';
import { TOPIC } from '../../../firmware/protocol/lock-registry.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { answerPost, logOf, type NodeFault, type Post } from './fake-node.js';
import { LockWorld, settingsWith } from './fixture.js';
import { GUEST, type Mined, OWNER, STRANGER, URL } from './signer.js';

const [LIAR, HONEST, OTHER] = ['http://liar.example/', 'http://honest.example/', 'http://other.example/'];

/** A lock whose guest may come and go. */
function withGuest(endpoints: readonly string[] = [URL]): LockWorld {
  const world = new LockWorld().boot().pair(OWNER, endpoints);
  world.head = 1_000;
  world.grant(OWNER, 0, GUEST, {});
  world.pass(3_000);
  return world;
}

function openingsOfGuest(world: LockWorld): readonly string[] {
  world.driven.length = 0;
  world.order(GUEST, 50, { action: ACTION.unlock });
  world.pass(5_000);
  return [...world.driven];
}

/** Blocks come, `atOnce` with each second, while the lock polls. */
function blocksPass(world: LockWorld, seconds: number, atOnce = 1): void {
  for (let i = 0; i < seconds; i++) {
    world.head += atOnce;
    world.pass(1_000);
  }
}

/** A node that answers an error in place of logs. */
function withoutLogs(world: LockWorld): (post: Post) => NodeFault {
  return (post) => {
    const answer = JSON.parse(answerPost(world, post, undefined)) as unknown;
    const one = (call: { id: number; result: unknown }) =>
      Array.isArray(call.result)
        ? { jsonrpc: '2.0', id: call.id, error: { code: -32005, message: 'busy' } }
        : call;
    return {
      status: 200,
      body: JSON.stringify(Array.isArray(answer) ? answer.map(one) : one(answer as never)),
    };
  };
}

describe('Device and nodes that fail or lie', () => {
  it('finds a revocation behind 40 minutes of nothing but errors for logs', () => {
    const world = withGuest();
    const revocation = world.grant(OWNER, 1, GUEST, { rights: 0, serial: world.nowSeconds + 5 });
    world.fault = withoutLogs(world);
    blocksPass(world, 600, 3);
    const { hash } = revocation;
    assert.ok(!world.notices.some((n) => n.event === 'seen' && formatHex(n.tx) === formatHex(hash)));
    world.fault = undefined;
    blocksPass(world, 60, 3);
    assert.deepEqual(openingsOfGuest(world), []);
  });

  for (const then of ['goes on', 'loses its power'] as const) {
    it(`reads a new endpoint from the start where a liar was read before, and then ${then}`, () => {
      const world = withGuest([LIAR]);
      const revocation = world.grant(OWNER, 1, GUEST, { rights: 0, serial: world.nowSeconds });
      world.answer = (method) =>
        method === 'eth_getLogs'
          ? world.chain.filter((mined) => mined !== revocation).map((mined) => logOf(mined, world.lock))
          : undefined;
      blocksPass(world, 20, 10);
      world.order(OWNER, 2, { action: ACTION.lock });
      world.pass(3_000);
      world.press();
      world.openPairing();
      const settings = settingsWith({ endpoints: [HONEST] });
      assert.deepEqual(world.ask({ kind: 'configure', settings }), { kind: 'configured' });
      world.answer = undefined;
      const next = then === 'goes on' ? world : world.reboot();
      next.pass(20_000);
      assert.deepEqual(openingsOfGuest(next), []);
    });
  }

  it('knows of a revocation after a few polls however many orders a guest puts into each block', () => {
    const world = withGuest();
    const { json } = world.signOrder(STRANGER, 0, { action: ACTION.unlock });
    const flood = (): void => {
      world.head++;
      for (let i = 0; i < 20; i++) world.chain.push(flooding(world, json));
    };
    for (let i = 0; i < 60; i++) {
      flood();
      world.pass(500, 500);
    }
    const { hash } = world.grant(OWNER, 1, GUEST, { rights: 0, serial: world.nowSeconds });
    flood();
    const isKnown = () =>
      world.notices.some((n) => n.event === 'verified' && formatHex(n.tx) === formatHex(hash));
    let polls = 0;
    for (; !isKnown() && polls < 100; polls++) {
      flood();
      world.pass(1_000);
    }
    assert.ok(polls <= FLOODED_POLLS_MAX, `${polls} polls`);
    assert.deepEqual(openingsOfGuest(world), []);
  });

  it('asks the honest nodes again soon, however slowly a liar answers and however much it tells of', () => {
    const world = new LockWorld().boot().pair(OWNER, [LIAR, HONEST, OTHER]);
    const { json } = world.signOrder(STRANGER, 0, { action: ACTION.unlock });
    let told = 0;
    world.answer = (method, _, url) => {
      if (url !== LIAR) return undefined;
      if (method === 'eth_getTransactionByHash') return json;
      if (method !== 'eth_getLogs') return undefined;
      return Array.from({ length: 12 }, () => logOf(numbered(++told, json, world.head), world.lock));
    };
    world.fault = ({ url }) => (url === LIAR ? 'hangs' : undefined);
    const late = HTTP_TIMEOUT_MS - 100;
    const asked: number[] = [];
    let answered = 0;
    for (let count = world.posts.length; world.uptimeMs < 600_000; count = world.posts.length) {
      world.pass(100, 100);
      const post = world.posts.at(-1);
      if (world.posts.length > count) {
        if (post?.url !== LIAR) asked.push(world.uptimeMs);
        else answered = world.uptimeMs + late;
      }
      if (post?.url !== LIAR || world.uptimeMs !== answered) continue;
      const body = new TextEncoder().encode(answerPost(world, post, world.answer));
      world.give({ kind: 'http-done', id: post.id, status: 200, body });
      if (world.posts.at(-1) !== post) answered = world.uptimeMs + late;
    }
    const gaps = asked.slice(1).map((at, i) => at - (asked[i] ?? 0));
    assert.ok(told >= 12 * 5, `the liar told of ${told} transactions`);
    assert.ok(Math.max(...gaps) <= ROUND_MS_MAX + HTTP_TIMEOUT_MS + 2_000, `${Math.max(...gaps)} ms`);
  });

  it('wears out no flash over the owner’s expired past, shown again and again', () => {
    const world = withGuest();
    const past = Array.from({ length: 24 }, (_, i) =>
      world.order(OWNER, i + 1, { action: ACTION.unlock, notAfterSeconds: world.nowSeconds - 1_000 }),
    );
    const { json } = world.signOrder(STRANGER, 0, { action: ACTION.unlock });
    let round = 0;
    let noise = 0;
    // In between hashes of nothing, so that the lock forgets which of them it has judged.
    world.answer = (method, params) => {
      if (method === 'eth_getTransactionByHash') {
        return past.find(({ hash }) => formatHex(hash) === params[0])?.json ?? json;
      }
      if (method !== 'eth_getLogs') return undefined;
      const turn = round++ % 40;
      const shown =
        turn < 2
          ? past.slice(12 * turn, 12 * turn + 12)
          : Array.from({ length: 12 }, () => numbered(++noise, json, world.head));
      return shown.map((mined) => logOf({ ...mined, block: world.head }, world.lock));
    };
    const before = world.writes;
    world.pass(600_000);
    const shownAgain = world.refusals().filter((reason) => reason === 'expired').length;
    assert.ok(shownAgain > 2 * past.length, `${shownAgain} refusals`);
    assert.ok(world.writes - before <= 2, `${world.writes - before} writes`);
  });
});

/** Polls after which a revocation is known, in the midst of a flood. */
const FLOODED_POLLS_MAX = 4;

/** A log in the newest block of a transaction that commands nothing here. */
function flooding(world: LockWorld, json: Mined['json']): Mined {
  return numbered(world.chain.length, json, world.head);
}

function numbered(number: number, json: Mined['json'], block: number): Mined {
  const hash = new Uint8Array(32).fill(0xf0);
  new DataView(hash.buffer).setUint32(0, number);
  return { hash, json: { ...json, nonce: formatQuantity(number) }, block, topic: TOPIC.commanded };
}
