import assert from 'node:assert/strict';
import { turnsMax } from '../../../firmware/lock/turns.js';
import { RETRY_AFTER_SECONDS_MAX } from '../../../firmware/protocol/limits.js';
import { PollerWorld } from './poller-world.js';

const [A, B, C] = ['http://a.example/', 'http://b.example/', 'http://c.example/'] as const;
const HOUR_MS = 3_600_000;

describe('Poller in a bad network', () => {
  it('falls to the idle interval while nothing happens, and comes back at once for anybody at the lock', () => {
    const world = new PollerWorld([A], { idleMs: 30_000 });
    world.run(HOUR_MS);
    const hour = world.calls.length;
    // 60 + 30 + 15 + 8 + 4 in the first five minutes, then two or three a minute.
    assert.ok(hour > 220 && hour < 290, `${hour} calls`);
    const before = world.calls.at(-1)?.atMs ?? assert.fail();
    world.uptimeMs = before + 2_000;
    world.poller.pace.wake(world.uptimeMs);
    assert.equal(world.poller.dueMs, before + 3_000);
  });

  it('polls fast all the while the owner is expected', () => {
    const world = new PollerWorld([A], { idleMs: 30_000, isExpected: true });
    world.run(HOUR_MS);
    assert.ok(world.calls.length >= 3_600, `${world.calls.length} calls`);
  });

  it('asks a failing endpoint ever less often while another answers, and soon again once it is alone', () => {
    const world = new PollerWorld([A, B]);
    world.lie = (url) => (url === A ? { failure: 'timeout' } : undefined);
    world.run(HOUR_MS);
    const toA = world.calls.filter(({ url }) => url === A).length;
    assert.ok(toA >= 60 && toA < 80, `${toA} calls`);
    world.lie = () => ({ failure: 'connection' });
    world.run(60_000);
    const [wasA, fromMs] = [world.calls.length, world.uptimeMs];
    world.lie = (url) => (url === B ? { failure: 'connection' } : undefined);
    world.run(60_000);
    const first = world.calls.slice(wasA).find(({ url }) => url === A) ?? assert.fail();
    assert.ok(first.atMs - fromMs <= 10_000, 'A answers again and is asked within ten seconds');
  });

  it('tries the next endpoint at once where one fails at an idle poll', () => {
    const world = new PollerWorld([A, B], { idleMs: 30_000 });
    world.run(HOUR_MS);
    let fails = true;
    world.lie = () => (fails ? { status: 503, body: '' } : undefined);
    world.beforeNext = () => (fails = false);
    const count = world.calls.length;
    world.run(40_000);
    const [failed, next] = world.calls.slice(count);
    assert.notEqual(failed?.url, next?.url);
    assert.ok((next?.atMs ?? 0) - (failed?.atMs ?? 0) <= 1_000);
  });

  it('leaves a node alone for as long as it asks, two minutes at most, and asks the others', () => {
    for (const [asked, kept] of [
      [45, 45],
      [31_536_000, RETRY_AFTER_SECONDS_MAX],
    ] as const) {
      const world = new PollerWorld([A, B]);
      world.run(10_000);
      const fromMs = world.uptimeMs;
      let limited = true;
      world.lie = (url) =>
        url === A && limited ? { status: 429, body: '', retryAfterSeconds: asked } : undefined;
      world.beforeNext = () => {
        if (world.calls.at(-1)?.url === A) limited = false;
      };
      world.run(300_000);
      const [refused, again] = world.calls.filter(({ url, atMs }) => url === A && atMs >= fromMs);
      const pauseMs = (again?.atMs ?? 0) - (refused?.atMs ?? 0);
      assert.ok(pauseMs >= kept * 1_000 && pauseMs < kept * 1_000 + 6_000, `${pauseMs} ms`);
      const toB = world.calls.filter(({ url, atMs }) => url === B && atMs >= fromMs).length;
      assert.ok(toB > kept * 0.9, `${toB} calls`);
    }
  });

  it('keeps asking each that answers, within the bound, however bad it is', () => {
    const world = new PollerWorld([A, B, C]);
    // C names a transaction and never shows it; its answers are whole otherwise.
    world.logs.push({ tx: 1, block: 5 });
    world.lie = (url, method) => {
      if (method === 'eth_getLogs' && url !== C) return { result: [] };
      return method === 'eth_getTransactionByHash' ? { result: null } : undefined;
    };
    world.run(600_000);
    const polls = world.calls.filter(({ isBatch }) => isBatch).map(({ url }) => url);
    const turnsOfC = polls.flatMap((url, i) => (url === C ? [i] : []));
    const gaps = turnsOfC.slice(1).map((at, i) => at - (turnsOfC[i] ?? 0));
    assert.ok(Math.max(...gaps) <= turnsMax(3), `${Math.max(...gaps)} polls without C`);
    const part = turnsOfC.length / polls.length;
    assert.ok(part < 0.25, `${part} of all turns`);
  });

  it('asks a slow endpoint less often than a quick one', () => {
    const world = new PollerWorld([A, B]);
    world.delayMs = (url) => (url === A ? 2_500 : 0);
    world.run(600_000);
    const toA = world.calls.filter(({ url }) => url === A).length;
    const toB = world.calls.filter(({ url }) => url === B).length;
    assert.ok(toB > 2 * toA, `${toA} to the slow one, ${toB} to the quick one`);
  });

  it('asks for the head alone after a long silence, lest a range is too wide for the node', () => {
    const world = new PollerWorld([A], { cursors: [20_000_000] });
    world.head = 20_000_000;
    world.run(60_000);
    world.lie = () => ({ failure: 'connection' });
    world.run(24 * HOUR_MS);
    world.head += 34_560;
    world.lie = undefined;
    const ranges = world.ranges.length;
    world.run(60_000);
    assert.deepEqual(
      world.refusals.filter((reason) => reason !== 'rpc-error'),
      [],
    );
    for (const { from, to } of world.ranges.slice(ranges)) assert.ok((to ?? world.head) - from < 2_000);
    assert.equal(world.poller.cursors[0], world.head);
  });
});
