import assert from 'node:assert/strict';
import {
  CATCH_UP_POLLS_MAX,
  CURSOR_POLLS_UNWRITTEN,
  HEAD_WINDOW_TURN,
} from '../../../firmware/protocol/limits.js';
import { PollerWorld } from './poller-world.js';

const [A, B] = ['http://a.example/', 'http://b.example/'] as const;
/** A month of IoTeX's blocks, one each 2.5 s. */
const MONTH = (30 * 86_400) / 2.5;
const START = 20_000_000;

function monthLater(urls: readonly string[] = [A], cursors = urls.map(() => START)): PollerWorld {
  const world = new PollerWorld(urls, { cursors, idleMs: 30_000 });
  world.head = START + MONTH;
  return world;
}

/** Runs until all cursors are at the head. @returns milliseconds, and how often flash was to be written */
function catchUp(world: PollerWorld, hoursMax = 2): { readonly ms: number; readonly writes: number } {
  const fromMs = world.uptimeMs;
  let writes = 0;
  let doneMs: number | undefined;
  world.beforeNext = () => {
    if (world.poller.pace.outruns) {
      writes++;
      world.poller.pace.noteWritten();
    }
    if (world.poller.cursors.every((cursor) => cursor === world.head)) doneMs ??= world.uptimeMs;
  };
  for (let i = 0; i < hoursMax * 60 && doneMs === undefined; i++) world.run(60_000);
  return { ms: (doneMs ?? assert.fail('never caught up')) - fromMs, writes };
}

describe('Poller after a month offline', () => {
  it('takes each block once and no more, within minutes, with few writes', () => {
    const world = monthLater();
    const { ms, writes } = catchUp(world);
    const backlog = world.ranges.filter(({ to }) => to !== undefined);
    // Not one block is asked for twice but the 64 that may have changed and those that are the head's.
    let next = START - 63;
    for (const { from, to } of backlog) {
      assert.equal(from, next);
      next = (to ?? 0) + 1;
    }
    assert.ok(backlog.length <= Math.ceil((MONTH + 64) / 2_000), `${backlog.length} ranges`);
    const previews = world.ranges.length - backlog.length;
    assert.ok(previews <= backlog.length / (HEAD_WINDOW_TURN - 1) + 3, `${previews} looks at the head`);
    assert.ok(ms < 6 * 60_000, `${ms} ms`);
    assert.ok(ms > 4 * 60_000, 'spread out');
    assert.ok(writes <= 11 && writes >= 8, `${writes} writes`);
    assert.deepEqual(world.refusals, []);
  });

  it('shows the newest order in its first round, and what is new every few polls', () => {
    const world = monthLater();
    world.logs.push({ tx: 7, block: world.head - 1 }, { tx: 1, block: START + 10 });
    world.poll(1);
    assert.deepEqual(world.handedOver, [7]);
    world.poll(20);
    assert.deepEqual(world.handedOver, [7, 1]);
    world.logs.push({ tx: 8, block: world.head });
    world.poll(HEAD_WINDOW_TURN);
    assert.deepEqual(world.handedOver, [7, 1, 8]);
  });

  it('moves no cursor over the newest blocks, and hands them over again in their turn', () => {
    const world = monthLater();
    const order = { tx: 7, block: world.head - 1_000 };
    world.logs.push(order, { tx: 1, block: world.head - 20_000, name: 'handedOver' as const });
    world.poll(1);
    assert.deepEqual(world.handedOver, [7]);
    assert.deepEqual(world.poller.cursors, [START]);
    catchUp(world);
    // The order may be one of the new owner, whom nobody knew at first.
    assert.deepEqual(world.handedOver, [7, 1, 7]);
  });

  it('goes on from what was written, whenever the power is cut', () => {
    let cursors: readonly number[] = [START];
    let ranges = 0;
    let cuts = 0;
    for (; cuts < 100; cuts++) {
      const world = monthLater([A], [...cursors]);
      let written = false;
      world.beforeNext = () => {
        if (!world.poller.pace.outruns) return;
        world.poller.pace.noteWritten();
        cursors = world.poller.cursors;
        written = true;
      };
      // Cut some seconds after the write, at another moment each time.
      for (let i = 0; i < 200 && !written; i++) world.run(1_000);
      if (world.poller.cursors[0] === world.head) break;
      world.run(1_000 * (cuts % 7));
      ranges += world.ranges.length;
    }
    assert.ok(cuts >= 8 && cuts <= 13, `${cuts} cuts`);
    assert.ok(ranges < 1_000, `${ranges} ranges`);
    assert.ok(CURSOR_POLLS_UNWRITTEN * cuts < 1_000);
  });

  it('reads the newest blocks of a node that has thrown the old ones away, and asks it for those ever less', () => {
    const world = monthLater([A, B]);
    const pruned = world.head - 100_000;
    world.lie = (url, method, params) => {
      const { fromBlock } = (params[0] ?? {}) as { fromBlock?: string };
      if (url !== A || method !== 'eth_getLogs' || Number(fromBlock) >= pruned) return undefined;
      return { error: 'missing trie node' };
    };
    world.run(30 * 60_000);
    assert.equal(world.poller.cursors[1], world.head, 'B was read');
    assert.equal(world.poller.cursors[0], START, 'nothing of A is passed over');
    const refused = world.refusals.length;
    assert.ok(refused < 20, `${refused} refusals`);
    world.lie = (url) => (url === B ? { failure: 'connection' } : undefined);
    world.logs.push({ tx: 9, block: world.head });
    world.run(120_000);
    assert.deepEqual(world.handedOver, [9], 'A alone shows a new order');
  });

  it('reads a node that answers ranges of a thousand blocks without asking it for more each time', () => {
    const world = monthLater();
    world.lie = (_, method, params) => {
      const { fromBlock, toBlock } = (params[0] ?? {}) as { fromBlock?: string; toBlock?: string };
      if (method !== 'eth_getLogs') return undefined;
      const to = toBlock === 'latest' || toBlock === undefined ? world.head : Number(toBlock);
      return to - Number(fromBlock) >= 1_000 ? { error: 'block range too wide' } : undefined;
    };
    catchUp(world);
    const part = world.refusals.length / world.calls.length;
    assert.ok(part < 0.1, `${world.refusals.length} of ${world.calls.length} refused`);
  });

  it('goes on while blocks are taken back and given again at the head', () => {
    const world = monthLater();
    let polls = 0;
    const inner = () => {
      polls++;
      world.head += polls % 3 === 0 ? -5 : 4;
      if (polls % 50 === 0) world.logs.push({ tx: polls, block: world.head - 3 });
    };
    world.beforeNext = inner;
    world.run(20 * 60_000);
    world.beforeNext = undefined;
    world.run(120_000);
    // It may have been read to a height that was taken back since.
    const ahead = (world.poller.cursors[0] ?? 0) - world.head;
    assert.ok(ahead >= 0 && ahead <= 5, `${ahead} blocks`);
    const expected = world.logs.map(({ tx }) => tx).filter((tx) => tx > 0);
    for (const tx of expected) assert.ok(world.handedOver.includes(tx), `transaction ${tx}`);
    assert.deepEqual(world.refusals, []);
  });

  it('lets one that is behind or shows an absurd height keep nobody else waiting, nor the lock busy', () => {
    const world = monthLater([A, B]);
    world.lie = (url, method) => {
      if (url !== A) return undefined;
      return { result: method === 'eth_blockNumber' ? '0xffffffffffff' : [] };
    };
    world.logs.push({ tx: 3, block: world.head });
    world.poll(6);
    assert.deepEqual(world.handedOver, [3]);
    world.run(24 * 3_600_000);
    assert.equal(world.poller.cursors[1], world.head);
    // Without the bound it would be polled twice a second for ever.
    const calls = world.calls.length;
    assert.ok(calls < 2 * CATCH_UP_POLLS_MAX + 1_440 * 3 + 2_880 * 2, `${calls} calls in a day`);
    world.run(3_600_000);
    const hour = world.calls.length - calls;
    assert.ok(hour < 300, `${hour} calls an hour from then on`);
    const behind = monthLater([A, B]);
    behind.lie = (url, method) =>
      url === A && method === 'eth_blockNumber' ? { result: '0x1312d00' } : undefined;
    assert.equal(Number('0x1312d00'), START);
    behind.run(20 * 60_000);
    assert.equal(behind.poller.cursors[1], behind.head);
  });
});
