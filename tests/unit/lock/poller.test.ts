import assert from 'node:assert/strict';
import type { PollerStep } from '../../../firmware/lock/poller.js';
import { TRANSACTIONS_PER_ROUND_MAX } from '../../../firmware/protocol/limits.js';
import { hashOf, type NodeAnswer, PollerWorld } from './poller-world.js';

const [A, B] = ['http://a.example/', 'http://b.example/'] as const;

describe('Poller', () => {
  it('asks once for the head alone, and from then on in one small batch', () => {
    const world = new PollerWorld([A], { cursors: [20_000_000] });
    world.head = 20_000_000;
    world.poll(4);
    const idle = world.calls.at(-1) ?? assert.fail();
    assert.deepEqual(world.methods.slice(0, 2), ['eth_blockNumber', 'eth_getLogs']);
    assert.equal(idle.isBatch, true);
    assert.ok(idle.bytes <= 290, `${idle.bytes} bytes up`);
    assert.equal(world.refusals.length, 0);
  });

  it('asks for at most 2,000 blocks at once', () => {
    const world = new PollerWorld([A]);
    world.head = 9_000;
    world.poll(10);
    assert.equal(world.poller.cursors[0], 9_000);
    for (const { from, to } of world.ranges) assert.ok((to ?? world.head) - from + 1 <= 2_000);
    // Nothing between was left out.
    const covered = new Set(world.ranges.flatMap(({ from, to }) => range(from, to ?? world.head)));
    assert.equal(
      range(1, 9_000).every((block) => covered.has(block)),
      true,
    );
  });

  it('hands transactions over in the chain’s order, whatever the order of the logs', () => {
    const world = new PollerWorld([A]);
    world.logs.push({ tx: 1, block: 9 }, { tx: 2, block: 7, index: 3 }, { tx: 3, block: 7, index: 2 });
    world.logs.push({ tx: 4, block: 7, index: 2, logIndex: 1 }, { tx: 2, block: 7, index: 3 });
    world.poll(1);
    assert.deepEqual(world.handedOver, [3, 4, 2, 1]);
  });

  it('takes at most 16 transactions in a round and loses none', () => {
    const world = new PollerWorld([A]);
    const count = TRANSACTIONS_PER_ROUND_MAX + 1;
    for (let tx = 1; tx <= count; tx++) world.logs.push({ tx, block: tx < 3 ? 5 : 6, index: tx });
    world.poll(1);
    assert.equal(world.handedOver.length, TRANSACTIONS_PER_ROUND_MAX);
    world.poll(1);
    assert.deepEqual(world.handedOver, range(1, count));
  });

  it('reads 64 blocks again, and fetches no transaction twice', () => {
    const world = new PollerWorld([A]);
    world.head = 500;
    world.poll(2);
    // A reorganisation puts another transaction below the cursor.
    world.logs.push({ tx: 1, block: 440 }, { tx: 2, block: 437 }, { tx: 3, block: 436 });
    world.poll(5);
    assert.deepEqual(world.handedOver, [2, 1]);
  });

  it('skips what was judged before a reboot', () => {
    const world = new PollerWorld([A], { judged: [2] });
    world.logs.push({ tx: 1, block: 5 }, { tx: 2, block: 5 });
    world.poll(2);
    assert.deepEqual(world.handedOver, [1]);
  });

  it('keeps a cursor for each endpoint', () => {
    const world = new PollerWorld([A, B]);
    world.logs.push({ tx: 1, block: 5 });
    // A hides the event and shows an absurd height; B is honest.
    world.lie = (url, method) => {
      if (url !== A) return undefined;
      return { result: method === 'eth_blockNumber' ? '0xffffffffffff' : [] };
    };
    world.poll(20);
    assert.deepEqual(world.handedOver, [1]);
    const [a, b] = world.poller.cursors;
    assert.ok((a ?? 0) > 10_000);
    assert.equal(b, world.head);
    world.lie = undefined;
    world.poll(6);
    assert.equal(world.poller.cursors[0], world.head, 'once honest, A is read from the start');
  });

  it('moves no cursor over a range that was not answered', () => {
    const answers: readonly NodeAnswer[] = [
      { status: 500, body: '' },
      { status: 200, body: 'not JSON' },
      { status: 200, body: '[]' },
      { status: 200, body: `${'['.repeat(50)}${']'.repeat(50)}` },
      { failure: 'timeout' },
      { failure: 'connection' },
      { error: 'query returned more than 10000 results' },
      { result: {} },
      { result: [{}] },
      { result: 'x' },
    ];
    for (const answer of answers) {
      const world = new PollerWorld([A]);
      world.head = 5_000;
      world.lie = (_, method) => (method === 'eth_getLogs' ? answer : undefined);
      world.poll(100);
      assert.deepEqual(world.poller.cursors, [0], JSON.stringify(answer));
      assert.ok(world.refusals.length > 3, JSON.stringify(answer));
      // Each failure makes the next wait longer.
      assert.ok(world.calls.length < 30, `${world.calls.length} calls after ${JSON.stringify(answer)}`);
      world.lie = undefined;
      world.logs.push({ tx: 1, block: 3 });
      world.poll(100);
      assert.deepEqual(world.handedOver, [1], JSON.stringify(answer));
    }
  });

  it('asks two calls where a node refuses batches', () => {
    for (const refusal of ['{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no batches"}}']) {
      const world = new PollerWorld([A]);
      world.refuseBatches = refusal;
      world.logs.push({ tx: 1, block: 5 });
      world.poll(3);
      assert.deepEqual(world.handedOver, [1]);
      world.head = 30;
      world.logs.push({ tx: 2, block: 25 });
      world.poll(3);
      assert.deepEqual(world.handedOver, [1, 2]);
      assert.equal(world.calls.filter(({ isBatch }) => isBatch).length, 1);
    }
  });

  it('halves a range whose answer is too large until it fits', () => {
    const world = new PollerWorld([A]);
    world.head = 3_000;
    for (let tx = 1; tx <= 120; tx++) world.logs.push({ tx, block: tx * 20 });
    world.poll(60);
    assert.deepEqual([...world.handedOver].sort(byNumber), range(1, 120));
    assert.equal(world.poller.cursors[0], 3_000);
  });

  it('asks of a block that is too large only what the owner can cause, and goes on', () => {
    const world = new PollerWorld([A]);
    world.head = 60;
    for (let tx = 1; tx <= 100; tx++) world.logs.push({ tx, block: 50 });
    world.logs.push({ tx: 101, block: 50, name: 'granted' }, { tx: 102, block: 55 });
    world.poll(40);
    assert.deepEqual(world.handedOver, [101, 102]);
    assert.equal(world.poller.cursors[0], 60);
  });

  it('passes over a block that is too large even so, and over no other', () => {
    const world = new PollerWorld([A]);
    world.head = 60;
    for (let tx = 1; tx <= 100; tx++) world.logs.push({ tx, block: 50, name: 'granted' });
    world.logs.push({ tx: 101, block: 51 }, { tx: 102, block: 49 });
    world.poll(60);
    assert.deepEqual([...world.handedOver].sort(byNumber), [101, 102]);
  });

  it('comes back to a transaction that is not there yet, and keeps its cursor below one that never is', () => {
    const world = new PollerWorld([A]);
    world.logs.push({ tx: 1, block: 5 }, { tx: 2, block: 5, index: 1 });
    let missing = 2;
    world.lie = (_, method, params) =>
      method === 'eth_getTransactionByHash' && params[0] === hashOf(1) && missing-- > 0
        ? { result: null }
        : undefined;
    world.poll(10);
    assert.deepEqual(world.handedOver, [2, 1]);
    assert.equal(world.poller.cursors[0], world.head);
    const never = new PollerWorld([A]);
    never.logs.push({ tx: 1, block: 5 }, { tx: 2, block: 5, index: 1 });
    never.lie = (_, method, params) =>
      method === 'eth_getTransactionByHash' && params[0] === hashOf(1) ? { result: null } : undefined;
    never.poll(600);
    assert.deepEqual(never.handedOver, [2]);
    assert.equal(never.poller.cursors[0], 4);
    assert.ok(never.refusals.length < 20, `asked ${never.refusals.length} times in ten minutes`);
    never.poll(600);
    assert.equal(never.poller.cursors[0], never.head, 'given up after a quarter of an hour');
  });

  it('asks again for one whose bytes were altered, and reads on meanwhile', () => {
    const world = new PollerWorld([A]);
    world.logs.push({ tx: 1, block: 5 });
    world.doubtful.add(1);
    world.poll(3);
    world.doubtful.delete(1);
    world.logs.push({ tx: 2, block: 8 });
    world.poll(10);
    assert.deepEqual(
      world.handedOver.filter((tx) => tx === 2),
      [2],
    );
    assert.ok(world.handedOver.filter((tx) => tx === 1).length >= 2);
    const before = world.handedOver.length;
    world.poll(200);
    assert.equal(world.handedOver.length, before, 'once shown truly it is asked for no more');
  });

  it('goes on past a transaction that is too large', () => {
    const world = new PollerWorld([A]);
    world.logs.push({ tx: 1, block: 5 }, { tx: 2, block: 6 });
    world.lie = (_, method, params) =>
      method === 'eth_getTransactionByHash' && params[0] === hashOf(1) ? { failure: 'too-large' } : undefined;
    world.poll(2);
    assert.deepEqual(world.handedOver, [2]);
    assert.deepEqual([...new Set(world.refusals)], ['too-large']);
  });

  it('lets a failing endpoint wait while the others go on', () => {
    const world = new PollerWorld([A, B]);
    world.lie = (url) => (url === A ? { failure: 'connection' } : undefined);
    world.poll(60);
    const toA = world.calls.filter(({ url }) => url === A).length;
    const toB = world.calls.filter(({ url }) => url === B).length;
    assert.ok(toA <= 10, `${toA} tries`);
    assert.ok(toB >= 50, `${toB} polls`);
  });

  it('asks one thing at a time, and takes no late or foreign answer', () => {
    const world = new PollerWorld([A]);
    const first = outputs(world.poller.tick(0));
    assert.equal(first.length, 1);
    assert.deepEqual(world.poller.tick(60_000), []);
    const id = first[0]?.id ?? assert.fail();
    assert.deepEqual(world.poller.done(id + 1, 200, new Uint8Array(0), 0), []);
    assert.equal(kinds(world.poller.failed(id, 'timeout', 0)).at(-1), 'round-over');
    assert.deepEqual(world.poller.failed(id, 'timeout', 0), []);
    assert.deepEqual(world.poller.done(id, 200, new Uint8Array(0), 0), []);
  });

  it('ends every round that it began', () => {
    const world = new PollerWorld([A]);
    world.logs.push({ tx: 1, block: 5 });
    world.poll(5);
    world.lie = () => ({ failure: 'connection' });
    world.poll(30);
    assert.equal(world.roundsOver, world.rounds);
  });

  it('takes no event that was taken back, is another’s kind or lies below the range', () => {
    const world = new PollerWorld([A]);
    world.head = 5_000;
    world.logs.push({ tx: 1, block: 5, removed: true }, { tx: 2, block: 5, name: 'epochRaised' });
    world.poll(4);
    assert.deepEqual(world.handedOver, []);
    const liar = new PollerWorld([A], { cursors: [4_000] });
    liar.head = 5_000;
    liar.lie = (_, method) =>
      method === 'eth_getLogs' ? { result: [liar.log({ tx: 1, block: 5 })] } : undefined;
    liar.poll(3);
    assert.deepEqual(liar.handedOver, []);
    assert.deepEqual(liar.poller.cursors, [4_000]);
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function byNumber(a: number, b: number): number {
  return a - b;
}

function kinds(steps: readonly PollerStep[]): readonly string[] {
  return steps.map(({ kind }) => kind);
}

function outputs(steps: readonly PollerStep[]) {
  return steps.flatMap((step) =>
    step.kind === 'output' && step.output.kind === 'http-post' ? [step.output] : [],
  );
}
