import assert from 'node:assert/strict';
import { ACTION } from '../../../firmware/protocol/order.js';
import { LockWorld, settingsWith } from './fixture.js';
import { linkedReports, receiptsOf } from './report-checks.js';
import { GUEST, OWNER, URL } from './signer.js';

describe('Device on failing or slow flash', () => {
  it('moves for no order that could not be made durable, and obeys once it can', () => {
    const world = new LockWorld().boot().pair();
    world.flashFails = true;
    world.order(OWNER, 0, { action: ACTION.unlock });
    world.pass(3_000);
    assert.deepEqual(world.driven, []);
    assert.ok(world.refusals().includes('storage'));
    world.flashFails = false;
    world.order(OWNER, 1, { action: ACTION.unlock });
    world.pass(3_000);
    assert.deepEqual(world.driven, ['unlocked']);
    const { length } = receiptsOf(linkedReports(world.published), OWNER, ACTION.unlock, 1);
    assert.equal(length, 1);
  });

  it('answers its button while every write fails', () => {
    const paired = new LockWorld().boot().pair();
    const world = new LockWorld({ flash: paired.flash });
    world.flashFails = true;
    world.boot();
    world.press();
    world.pass(2_000);
    world.press();
    world.pass(2_000);
    assert.deepEqual(world.driven, ['unlocked', 'locked']);
    assert.equal(world.writes > 0, true);
  });

  it('pairs nobody while every write fails', () => {
    const world = new LockWorld();
    world.flashFails = true;
    world.boot();
    world.press();
    assert.ok(world.openPairing());
    assert.deepEqual(world.ask(world.pairRequest()), { kind: 'refused', reason: 'storage' });
    assert.equal(
      world.notices.some(({ event }) => event === 'paired'),
      false,
    );
  });

  it('pairs nobody where the settings could not be made durable', () => {
    const world = new LockWorld().boot();
    world.press();
    assert.ok(world.openPairing());
    world.flashFails = (key) => key.startsWith('identity');
    assert.deepEqual(world.ask(world.pairRequest()), { kind: 'refused', reason: 'storage' });
    world.flashFails = false;
    const next = world.reboot();
    next.pair();
    next.order(OWNER, 0, { action: ACTION.unlock });
    next.pass(3_000);
    assert.deepEqual(next.driven, ['unlocked']);
  });

  it('still locks after a cut where a second round was written before the first was stored', () => {
    const world = new LockWorld({ bolt: 'unlocked' }).boot().pair();
    world.boltStuck = true;
    world.flashIsSlow = true;
    world.order(OWNER, 0, { action: ACTION.lock });
    world.pass(2_000);
    world.grant(OWNER, 1, GUEST, {});
    world.pass(2_000);
    world.answerFlash();
    assert.deepEqual(world.driven, ['locked']);
    const next = world.reboot({ bolt: 'unlocked' });
    assert.deepEqual(next.driven, ['locked']);
    assert.equal(next.bolt, 'locked');
  });

  it('does not sign a receipt twice where flash fails after a slow write', () => {
    const world = new LockWorld({ bolt: 'unlocked' }).boot().pair();
    world.boltStuck = true;
    world.order(OWNER, 0, { action: ACTION.privacyOn });
    world.order(OWNER, 1, { action: ACTION.lock });
    world.pass(2_000);
    world.flashIsSlow = true;
    // The press ends privacy: a write that still owes the receipt, under way while the receipt is made.
    world.press();
    world.give({ kind: 'bolt-sensed', bolt: 'unlocked' });
    world.answerFlash();
    world.flashIsSlow = false;
    world.flashFails = (key) => key.startsWith('state');
    world.grant(OWNER, 2, GUEST, {});
    world.pass(2_000);
    world.flashFails = false;
    world.grant(OWNER, 3, GUEST, { serial: world.nowSeconds });
    world.pass(2_000);
    const next = world.reboot();
    next.pass(2_000);
    const reports = linkedReports([...world.published, ...next.published]);
    assert.equal(receiptsOf(reports, OWNER, ACTION.lock, 1).length, 1);
  });

  it('delivers reports in their order though flash is slow and slots are few', () => {
    const world = new LockWorld({ sink: 'hangs' }).boot().pair();
    for (let i = 0; i < 50; i++) {
      world.give({ kind: 'bolt-sensed', bolt: i % 2 === 0 ? 'unlocked' : 'locked' });
      world.pass(1_000);
    }
    world.flashIsSlow = true;
    world.grant(OWNER, 0, GUEST, {});
    world.pass(2_000);
    world.answerFlash(1);
    // The receipt's write is under way; what follows lives in RAM and must not overtake it.
    world.give({ kind: 'bolt-sensed', bolt: 'unlocked' });
    world.sink = 'takes';
    world.flashIsSlow = false;
    world.pass(70_000);
    world.answerFlash();
    world.pass(1_200_000, 10_000);
    const reports = linkedReports(world.published);
    assert.equal(receiptsOf(reports, OWNER, 128, 0).length, 1);
  });

  it('remembers a receipt though a hundred reports followed it', () => {
    const world = new LockWorld({ bolt: 'unlocked' }).boot().pair();
    world.order(OWNER, 0, { action: ACTION.lock });
    world.pass(2_000);
    for (let i = 0; i < 100; i++) {
      world.give({ kind: 'bolt-sensed', bolt: i % 2 === 0 ? 'unlocked' : 'locked' });
      world.pass(1_000);
    }
    world.give({ kind: 'bolt-sensed', bolt: 'unlocked' });
    world.bolt = 'unlocked';
    const next = world.reboot();
    next.pass(2_000);
    assert.deepEqual(next.driven, [], 'a lock that was obeyed long ago');
    const reports = linkedReports([...world.published, ...next.published]);
    assert.equal(receiptsOf(reports, OWNER, ACTION.lock, 0).length, 1);
  });

  it('reads a new endpoint from the start, after a reboot too', () => {
    const world = new LockWorld().boot().pair();
    world.answer = (method) => (method === 'eth_getLogs' ? [] : undefined);
    world.grant(OWNER, 0, GUEST, {});
    world.head += 500;
    world.pass(3_000);
    world.answer = undefined;
    world.order(OWNER, 1, { action: ACTION.privacyOff });
    world.pass(3_000);
    world.press();
    world.openPairing();
    const settings = settingsWith({ endpoints: ['http://other.example/'] });
    assert.deepEqual(world.ask({ kind: 'configure', settings }), { kind: 'configured' });
    const next = world.reboot();
    const asked: string[] = [];
    next.answer = (method, params, url) => {
      if (method === 'eth_getLogs') asked.push(`${url} ${(params[0] as { fromBlock: string }).fromBlock}`);
      return undefined;
    };
    next.pass(3_000);
    assert.equal(asked[0], 'http://other.example/ 0x1');
    assert.notEqual(URL, 'http://other.example/');
  });

  it('keeps to the old settings where flash has refused the new ones', () => {
    const world = new LockWorld().boot().pair();
    world.press();
    world.pass(6_000);
    world.openPairing();
    world.flashFails = true;
    const settings = settingsWith({ texts: new Map([['relock', '60']]) });
    assert.deepEqual(world.ask({ kind: 'configure', settings }), { kind: 'refused', reason: 'storage' });
    world.flashFails = false;
    world.order(OWNER, 0, { action: ACTION.unlockThenRelock });
    world.pass(20_000);
    assert.deepEqual(world.driven.slice(-2), ['unlocked', 'locked']);
  });
});
