import assert from 'node:assert/strict';
import { transactionHash } from '../../../firmware/crypto/sender.js';
import { formatHex, formatQuantity } from '../../../firmware/protocol/hex.js';
import { HTTP_TIMEOUT_MS, ROUND_MS_MAX } from '../../../firmware/protocol/limits.js';
import { TOPIC } from '../../../firmware/protocol/lock-registry.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { transactionFromRpc } from '../../../firmware/protocol/transaction.js';
import { answerPost, logOf, type NodeFault, type Post } from './fake-node.js';
import { LockWorld, settingsWith } from './fixture.js';
import { engine, GUEST, type Mined, OWNER, STRANGER, signCall, URL } from './signer.js';

const [LIAR, HONEST, OTHER] = ['http://liar.example/', 'http://honest.example/', 'http://other.example/'];

/** Polls after which a revocation is known, in the midst of a flood. */
const FLOODED_POLLS_MAX = 4;

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

  it('knows of a revocation after a few polls however many orders a guest sends', () => {
    const world = withGuest();
    // More than the lock can look at: it falls ever further behind.
    const flood = (): void => {
      for (let block = 0; block < 2; block++) {
        world.head++;
        for (let i = 0; i < 12; i++) world.chain.push(idle(world.chain.length, world.head));
      }
      world.pass(1_000);
    };
    for (let i = 0; i < 120; i++) flood();
    const { hash } = world.grant(OWNER, 1, GUEST, { rights: 0, serial: world.nowSeconds });
    const isKnown = () =>
      world.notices.some((n) => n.event === 'verified' && formatHex(n.tx) === formatHex(hash));
    let polls = 0;
    for (; !isKnown() && polls < 100; polls++) flood();
    assert.ok(polls <= FLOODED_POLLS_MAX, `${polls} polls`);
    assert.deepEqual(openingsOfGuest(world), []);
  });

  it('asks the honest nodes again soon, however slowly a liar answers and however much it tells of', () => {
    const world = new LockWorld().boot().pair(OWNER, [LIAR, HONEST, OTHER]);
    let told = 0;
    world.answer = (method, _, url) => {
      if (url !== LIAR) return undefined;
      if (method === 'eth_getTransactionByHash') return {};
      if (method !== 'eth_getLogs') return undefined;
      return Array.from({ length: 12 }, () => logOf(idle(++told, world.head), world.lock));
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
    const past = Array.from({ length: 36 }, (_, i) =>
      world.order(OWNER, i + 1, { action: ACTION.unlock, notAfterSeconds: world.nowSeconds - 1_000 }),
    );
    const noise = Array.from({ length: 12 * 37 }, (_, i) => idle(i, world.head));
    let round = 0;
    // In between what commands nothing, so that the lock forgets which of them it has judged.
    world.answer = (method, params) => {
      if (method === 'eth_getTransactionByHash') {
        return [...past, ...noise].find(({ hash }) => formatHex(hash) === params[0])?.json;
      }
      if (method !== 'eth_getLogs') return undefined;
      const turn = round++ % 40;
      const shown =
        turn < 3 ? past.slice(12 * turn, 12 * turn + 12) : noise.slice(12 * (turn - 3), 12 * (turn - 2));
      return shown.map((mined) => logOf({ ...mined, block: world.head }, world.lock));
    };
    const before = world.writes;
    world.pass(600_000);
    const shownAgain = world.refusals().filter((reason) => reason === 'expired').length;
    assert.ok(shownAgain > 2 * past.length, `${shownAgain} refusals`);
    assert.ok(world.writes - before <= 2, `${world.writes - before} writes`);
  });
});

/** A transaction that is what it is shown as, and commands nothing here: it went to another contract. */
function idle(number: number, block: number): Mined {
  const { json } = signCall(STRANGER, new Uint8Array(0), { nonce: 0, to: STRANGER.address });
  const numbered = { ...json, nonce: formatQuantity(number) };
  const hash = transactionHash(engine, transactionFromRpc(numbered));
  return { hash, json: numbered, block, topic: TOPIC.commanded };
}
