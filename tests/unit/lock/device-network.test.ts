import assert from 'node:assert/strict';
import { ACTION } from '../../../firmware/protocol/order.js';
import { answerPost } from './fake-node.js';
import { LockWorld, settingsWith } from './fixture.js';
import { GUEST, OWNER, person } from './signer.js';

const HOUR_MS = 3_600_000;
/** A month of IoTeX's blocks, one each 2.5 s. */
const MONTH_BLOCKS = 1_036_800;
const UP_BYTES_MAX = 350;
const DOWN_BYTES_MAX = 110;

/** A lock that polls as its settings say. */
function withSettings(texts: Record<string, string>): LockWorld {
  const world = new LockWorld({ isPollingAdaptively: true }).boot();
  world.press();
  world.openPairing();
  const request = world.pairRequest();
  assert.ok(request.kind === 'pair');
  const settings = settingsWith({ texts: new Map(Object.entries(texts)) });
  assert.equal(world.ask({ ...request, settings })?.kind, 'paired');
  world.give({ kind: 'pairing-closed' });
  return world;
}

/** What follows `act`: polls within so many milliseconds. */
function pollsIn(world: LockWorld, ms: number): number {
  const before = world.posts.length;
  world.pass(ms);
  return world.posts.length - before;
}

describe('Device in a bad network', () => {
  it('asks and is told little while nothing happens', () => {
    const world = new LockWorld().boot().pair();
    // Long heights, as of a chain of ten years.
    world.head = 200_000_000;
    world.pass(15 * 60_000);
    const post = world.posts.at(-1) ?? assert.fail();
    const answer = answerPost(world, post, undefined);
    assert.ok(post.body.length <= UP_BYTES_MAX, `${post.body.length} bytes up`);
    assert.ok(answer.length <= DOWN_BYTES_MAX, `${answer.length} bytes down`);
    assert.equal(answer.includes('eth_getTransactionByHash'), false);
  });

  it('obeys the owner’s order of this minute before it has read the month before', () => {
    const before = new LockWorld().boot().pair();
    before.pass(5_000);
    before.head += MONTH_BLOCKS;
    const world = before.reboot();
    world.order(OWNER, 1, { action: ACTION.unlock });
    world.pass(2_000);
    assert.deepEqual(world.driven, ['unlocked']);
    // Nothing of that month is passed over for it, and it is obeyed once.
    world.pass(8 * 60_000, 500);
    assert.deepEqual(world.driven, ['unlocked']);
    assert.ok(world.posts.length < 900, `${world.posts.length} requests`);
  });

  it('opens to no guest before it has read what the owner said meanwhile', () => {
    for (const isRevoked of [true, false]) {
      const before = new LockWorld().boot().pair();
      before.grant(OWNER, 0, GUEST, {});
      before.pass(5_000);
      if (isRevoked) before.grant(OWNER, 1, GUEST, { rights: 0, serial: before.nowSeconds + 1 });
      before.head += 100_000;
      const world = before.reboot();
      world.order(GUEST, 0, { action: ACTION.unlock });
      world.pass(3_000);
      assert.deepEqual(world.driven, []);
      world.pass(60_000, 500);
      assert.deepEqual(world.driven, isRevoked ? [] : ['unlocked']);
    }
  });

  it('obeys the new owner’s order, which nobody knew at first, once it has read the handover', () => {
    const before = new LockWorld().boot().pair();
    before.pass(5_000);
    const buyer = person(9);
    before.handover(OWNER, 0, buyer);
    before.head += 100_000;
    const world = before.reboot();
    world.order(buyer, 0, { action: ACTION.unlock, epoch: 2 });
    world.pass(2_000);
    assert.deepEqual(world.driven, []);
    assert.equal(world.refusals().at(-1), 'unknown-sender');
    world.pass(60_000, 500);
    assert.deepEqual(world.driven, ['unlocked']);
  });

  it('writes how far it has read to flash a few times in a month’s backlog, and a cut repeats little', () => {
    const before = new LockWorld().boot().pair();
    before.pass(5_000);
    before.head += MONTH_BLOCKS;
    let world = before.reboot();
    world.pass(60_000, 500);
    const { writes } = world;
    world.pass(5 * 60_000, 500);
    assert.ok(world.writes - writes <= 10, `${world.writes - writes} writes`);
    assert.ok(world.writes - writes >= 5, `${world.writes - writes} writes`);
    world = before;
    let boots = 0;
    for (let polls = Infinity; polls > 80; boots++) {
      assert.ok(boots < 20, 'never caught up');
      world = world.reboot();
      world.pass(45_000, 500);
      polls = world.posts.length;
    }
    // Cut each 45 s, it still gets there; what it read since the last write it reads again.
    assert.ok(boots <= 14, `${boots} boots`);
  });

  it('polls seldom while nobody is there, and at once for the button, the door and an order', () => {
    const world = withSettings({ 'idle-poll': '20' });
    world.pass(HOUR_MS);
    assert.ok(pollsIn(world, HOUR_MS) <= 3_600 / 17.5 + 1);
    const acts: readonly (() => void)[] = [
      () => world.press(),
      () => world.give({ kind: 'door-sensed', door: 'open' }),
      () => world.give({ kind: 'door-sensed', door: 'closed' }),
      () => void world.order(OWNER, 1, { action: ACTION.unlock }),
    ];
    for (const act of acts) {
      world.pass(HOUR_MS);
      act();
      // An order is seen at the next idle poll; the rest is felt.
      world.pass(20_000);
      assert.ok(pollsIn(world, 10_000) >= 9);
    }
    assert.equal(world.driven.at(-1), 'unlocked');
  });

  it('keeps what it has read of endpoints that stay, where others are named', () => {
    const world = new LockWorld().boot().pair();
    world.head = 50_000;
    world.pass(60_000);
    world.press();
    world.openPairing();
    const endpoints = ['http://new.example/', 'http://node.example/'];
    world.ask({ kind: 'configure', settings: settingsWith({ endpoints }) });
    const before = world.posts.length;
    world.pass(10_000);
    const asked = (url: string) =>
      world.posts
        .slice(before)
        .filter((post) => post.url === url)
        .map(({ body }) => /"fromBlock":"(0x[0-9a-f]+)"/.exec(new TextDecoder().decode(body))?.[1])
        .flatMap((from) => (from === undefined ? [] : [Number(from)]));
    assert.ok(Math.min(...asked('http://node.example/')) > 49_000);
    assert.ok(asked('http://new.example/').includes(1));
  });
});
