import assert from 'node:assert/strict';
import {
  REORG_BLOCKS,
  SEARCH_BLOCKS_MAX,
  SEARCH_PAUSE_MS,
  SEARCH_POLLS_MAX,
} from '../../../firmware/protocol/limits.js';
import { TOPIC } from '../../../firmware/protocol/lock-registry.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { LockWorld } from './fixture.js';
import { OWNER, person, STRANGER } from './signer.js';

const BUYER = person(4);
const HIDDEN_BLOCKS = 5_000;

/** A lock whose only node kept quiet about a handover while this many blocks went by. */
function missedHandover(blocks = HIDDEN_BLOCKS): LockWorld {
  const world = new LockWorld().boot().pair();
  world.pass(5_000, 100);
  const handover = world.handover(OWNER, 0, BUYER, 1, 2, world.nowSeconds + 30 * 86_400);
  world.chain.pop();
  for (let read = 0; read < blocks; read += 1_000) {
    world.head += Math.min(1_000, blocks - read);
    world.pass(3_000, 100);
  }
  world.chain.push(handover);
  world.pass(10_000, 100);
  assert.equal(world.lastReport().epoch, 1);
  return world;
}

/** Ranges of blocks that were asked for what only the owner can cause. */
function searched(world: LockWorld): number {
  const text = (body: Uint8Array) => new TextDecoder().decode(body);
  return world.posts.filter(({ body }) => text(body).includes(TOPIC.handedOver)).length;
}

describe('Device and a handover that its node has hidden', () => {
  it('finds it as soon as the new owner orders, and obeys that very order', () => {
    const world = missedHandover();
    assert.equal(searched(world), 0, 'nobody has asked for it');
    world.order(BUYER, 0, { action: ACTION.unlock, epoch: 2 });
    world.pass(20_000, 100);
    assert.equal(world.lastReport().epoch, 2);
    assert.deepEqual(world.driven, ['unlocked']);
    assert.equal(searched(world), 3, '2,000 blocks at a time');
  });

  it('finds a handover to oneself by a grant of the new epoch', () => {
    const world = new LockWorld().boot().pair();
    world.pass(5_000, 100);
    const handover = world.handover(OWNER, 0, OWNER);
    world.chain.pop();
    world.head += REORG_BLOCKS + 1;
    world.pass(5_000, 100);
    world.chain.push(handover);
    world.grant(OWNER, 1, STRANGER, { epoch: 2 });
    world.pass(20_000, 100);
    assert.equal(world.lastReport().epoch, 2);
    world.order(STRANGER, 0, { action: ACTION.unlock, epoch: 2 });
    world.pass(10_000, 100);
    assert.deepEqual(world.driven, ['unlocked']);
  });

  it('is not held up by it: an order of the present owner is obeyed in the midst of the search', () => {
    const world = missedHandover(SEARCH_BLOCKS_MAX / 8);
    world.order(STRANGER, 0, { action: ACTION.unlock, epoch: 9 });
    world.pass(3_000, 100);
    assert.ok(searched(world) > 0 && searched(world) < 20);
    world.order(OWNER, 1, { action: ACTION.unlock });
    world.pass(3_000, 100);
    assert.deepEqual(world.driven, ['unlocked']);
    assert.equal(world.lastReport().epoch, 1);
  });

  it('searches no more than its bound for a liar who shows a stranger’s orders all day', () => {
    const world = missedHandover(SEARCH_BLOCKS_MAX);
    world.chain.splice(0);
    const hours = 1;
    for (let minute = 0; minute < hours * 60; minute++) {
      world.order(STRANGER, minute, { action: ACTION.unlock, epoch: 2 });
      world.pass(60_000, 500);
    }
    assert.ok(searched(world) > SEARCH_POLLS_MAX / 2);
    assert.ok(searched(world) <= SEARCH_POLLS_MAX + hours * 60 + 1, `${searched(world)} ranges`);
    assert.deepEqual(world.driven, []);
  });

  it('searches again after a while, where the node had it hidden still', () => {
    const world = missedHandover();
    const [handover] = world.chain.splice(0);
    world.order(BUYER, 0, { action: ACTION.lock, epoch: 2 });
    world.pass(20_000, 100);
    assert.equal(world.lastReport().epoch, 1);
    world.chain.push(handover ?? assert.fail());
    world.pass(SEARCH_PAUSE_MS);
    world.order(BUYER, 1, { action: ACTION.lock, epoch: 2 });
    world.pass(20_000, 100);
    assert.equal(world.lastReport().epoch, 2);
  });
});
