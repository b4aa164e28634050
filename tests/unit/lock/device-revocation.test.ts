import assert from 'node:assert/strict';
import { formatHex, formatQuantity } from '../../../firmware/protocol/hex.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { logOf } from './fake-node.js';
import { LockWorld } from './fixture.js';
import { GUEST, type Mined, OWNER, person, STRANGER } from './signer.js';

const BUYER = person(7);

/** A lock whose guest may come and go, at a height where there is much to look back on. */
function withGuest(endpoints?: readonly string[]): LockWorld {
  const world = new LockWorld().boot().pair(OWNER, endpoints);
  world.head = 1_000;
  world.grant(OWNER, 0, GUEST, {});
  world.pass(3_000);
  return world;
}

function revoke(world: LockWorld): Mined {
  return world.grant(OWNER, 1, GUEST, { rights: 0, serial: world.nowSeconds + 5 });
}

/** Blocks come, a second each, while the lock polls. */
function blocksPass(world: LockWorld, count: number): void {
  for (let i = 0; i < count; i++) {
    world.head++;
    world.pass(1_000);
  }
}

function openingsOfGuest(world: LockWorld, epoch = 1): readonly string[] {
  world.driven.length = 0;
  world.order(GUEST, 50, { action: ACTION.unlock, epoch });
  world.pass(5_000);
  return [...world.driven];
}

describe('Device and a revocation that somebody would like it to miss', () => {
  it('is not made to miss it by one altered answer', () => {
    const world = withGuest();
    let altered = 1;
    world.answer = (method, params) => {
      if (method !== 'eth_getTransactionByHash' || altered-- <= 0) return undefined;
      const mined = world.chain.find(({ hash }) => formatHex(hash) === params[0]);
      return { ...mined?.json, gas: '0x1' };
    };
    revoke(world);
    world.pass(1_000);
    assert.equal(world.refusals().at(-1), 'hash');
    blocksPass(world, 60);
    assert.deepEqual(openingsOfGuest(world), []);
  });

  it('is not made to miss it by a node that does not have it yet, for a hundred blocks', () => {
    const world = withGuest();
    const { hash } = revoke(world);
    let isLate = true;
    world.answer = (method, params) =>
      isLate && method === 'eth_getTransactionByHash' && params[0] === formatHex(hash) ? null : undefined;
    blocksPass(world, 100);
    isLate = false;
    blocksPass(world, 70);
    assert.deepEqual(openingsOfGuest(world), []);
  });

  it('is not made to miss it by a head that was told too high once', () => {
    const world = withGuest();
    world.pass(5_000);
    revoke(world);
    let forged = 2;
    world.answer = (method) => {
      if (forged-- <= 0) return undefined;
      return method === 'eth_blockNumber' ? formatQuantity(world.head + 64) : [];
    };
    world.pass(1_000);
    blocksPass(world, 70);
    assert.deepEqual(openingsOfGuest(world), []);
  });

  it('is not made to miss it by a write that flash refused', () => {
    const world = withGuest();
    revoke(world);
    world.flashFails = true;
    world.pass(1_000);
    world.flashFails = false;
    assert.ok(world.refusals().includes('storage'));
    blocksPass(world, 70);
    assert.deepEqual(openingsOfGuest(world), []);
  });

  it('is not made to miss it by a liar who shows it before its handover', () => {
    const [liar, honest] = ['http://liar.example/', 'http://honest.example/'];
    const world = new LockWorld().boot().pair(OWNER, [liar, honest]);
    world.pass(2_000);
    const early = [
      world.handover(OWNER, 0, OWNER, 1, 2),
      world.grant(OWNER, 1, GUEST, { epoch: 2, serial: world.nowSeconds }),
    ].map(({ hash }) => formatHex(hash));
    world.grant(OWNER, 2, GUEST, { epoch: 2, serial: world.nowSeconds + 1, rights: 0 });
    world.answer = (method, _, url) => {
      if (url !== liar || method !== 'eth_getLogs') return undefined;
      return world.chain
        .map((mined) => logOf(mined, world.lock))
        .filter(({ transactionHash }) => !early.includes(String(transactionHash)));
    };
    world.pass(60_000);
    assert.equal(world.lastReport().epoch, 2);
    assert.deepEqual(openingsOfGuest(world, 2), []);
  });

  it('sees at once what follows one odd head', () => {
    const world = withGuest();
    let odd = 1;
    world.answer = (method) => (method === 'eth_blockNumber' && odd-- > 0 ? '0x0' : undefined);
    world.pass(1_000);
    world.order(OWNER, 9, { action: ACTION.unlock });
    world.driven.length = 0;
    world.pass(5_000);
    assert.deepEqual(world.driven, ['unlocked']);
  });
});

describe('Device and what it says before flash has it', () => {
  it('names no buyer whom flash did not take', () => {
    const world = withGuest();
    world.flashFails = (key) => key.startsWith('state');
    world.order(GUEST, 0, { action: ACTION.unlock, notAfterSeconds: world.nowSeconds - 60 });
    world.handover(OWNER, 1, BUYER);
    world.pass(2_000);
    assert.equal(world.refusals().at(-1), 'storage');
    assert.deepEqual(world.lastReport().owner, OWNER.address);
    assert.equal(world.lastReport().epoch, 1);
    world.flashFails = false;
    world.pass(20_000);
    assert.deepEqual(world.lastReport().owner, BUYER.address, 'tried again, and then it is so');
  });

  it('lets a change that failed leave no trace in the next', () => {
    const world = new LockWorld().boot().pair();
    world.order(OWNER, 0, { action: ACTION.privacyOn });
    world.pass(2_000);
    world.flashIsSlow = true;
    world.flashFails = true;
    world.handover(OWNER, 1, STRANGER);
    world.pass(2_000);
    world.flashFails = false;
    world.press();
    world.answerFlash(1);
    assert.equal(world.refusals().at(-1), 'storage');
    world.flashIsSlow = false;
    world.answerFlash();
    world.pass(1_000);
    assert.deepEqual(world.lastReport().owner, OWNER.address);
    assert.equal(world.lastReport().epoch, 1);
  });

  it('does not break over a clock or a battery that no report could hold', () => {
    const world = new LockWorld({ clockless: true }).boot().pair();
    world.give({ kind: 'clock', unixSeconds: 2 ** 41, source: 'host' });
    for (const milliVolts of [70_000, -1, 3.5, Number.NaN])
      world.give({ kind: 'battery-sensed', milliVolts });
    world.order(OWNER, 0, { action: ACTION.lock });
    world.pass(2_000);
    assert.equal(world.lastReport().batteryMilliVolts, undefined);
  });
});
