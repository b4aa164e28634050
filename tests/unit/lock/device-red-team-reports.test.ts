import assert from 'node:assert/strict';
import { ACTION } from '../../../firmware/protocol/order.js';
import { ReportInbox } from '../../../tools/latchkey/owner/report-inbox.js';
import { LockWorld } from './fixture.js';
import { receiptsOf } from './report-checks.js';
import { engine, GUEST, OWNER } from './signer.js';

/** The owner's inbox, and what it thinks of each report in turn. */
class Owner {
  readonly inbox: ReportInbox;
  readonly verdicts: string[] = [];
  #read = 0;

  constructor(lock20: Uint8Array) {
    this.inbox = new ReportInbox({ engine, lock20 });
  }

  /** Takes what the sink took since the last time. */
  read({ published }: LockWorld, from = this.#read): void {
    for (const { cose } of published.slice(from)) {
      const receipt = this.inbox.receive(cose);
      this.verdicts.push(receipt.verdict === 'bad' ? `bad: ${receipt.problem}` : receipt.verdict);
    }
    this.#read = published.length;
  }
}

function paired(): LockWorld {
  const world = new LockWorld().boot().pair();
  world.pass(2_000);
  return world;
}

describe('Device and a bolt that is still to be locked', () => {
  it('relocks after a cut at any write, though another’s command was refused in the same round', () => {
    const before = paired();
    before.grant(OWNER, 0, GUEST, {});
    before.pass(2_000);
    const bootWrites = before.reboot().writes;
    let cutsWhileOpen = 0;
    for (const how of ['before', 'torn', 'after'] as const) {
      for (let write = 1; write <= 9; write++) {
        const world = before.reboot({ cut: { atWrite: bootWrites + write, how } });
        world.order(OWNER, 1, { action: ACTION.unlockThenRelock });
        world.order(GUEST, 0, { action: ACTION.lock, notAfterSeconds: world.nowSeconds - 50 });
        world.pass(3_000);
        if (!world.isCut || world.bolt !== 'unlocked') continue;
        cutsWhileOpen++;
        const next = world.reboot().pass(30_000);
        assert.equal(next.bolt, 'locked', `cut ${how} write ${write}`);
      }
    }
    assert.ok(cutsWhileOpen >= 4, `${cutsWhileOpen} cuts while the bolt was open`);
  });

  it('relocks though the end switch bounces once', () => {
    const world = paired();
    world.order(OWNER, 0, { action: ACTION.unlockThenRelock });
    world.pass(2_000);
    world.give({ kind: 'bolt-sensed', bolt: 'between' });
    world.give({ kind: 'bolt-sensed', bolt: 'unlocked' });
    world.pass(30_000);
    assert.deepEqual(world.driven, ['unlocked', 'locked']);
  });
});

describe('Device and what its owner can verify', () => {
  it('leaves no hole in the chain though the sink is away for 20 hours', () => {
    const world = paired();
    const owner = new Owner(world.lock);
    owner.read(world);
    world.sink = 'fails';
    for (let hour = 0; hour < 20; hour++) {
      world.order(OWNER, hour, { action: hour % 2 === 0 ? ACTION.unlock : ACTION.lock });
      world.pass(10_000);
      world.pass(3_590_000, 60_000);
    }
    const from = world.published.length;
    world.sink = 'takes';
    world.pass(60_000);
    world.order(OWNER, 20, { action: ACTION.unlock });
    world.pass(20_000);
    owner.read(world, from);
    assert.deepEqual(new Set(owner.verdicts), new Set(['verified']));
    const delivered = world.reports().slice(from);
    for (let nonce = 0; nonce <= 20; nonce++) {
      const action = nonce % 2 === 0 ? ACTION.unlock : ACTION.lock;
      assert.equal(receiptsOf(delivered, OWNER, action, nonce).length, 1, `order ${nonce}`);
    }
    assert.equal(delivered.filter(({ report }) => report.cause === 'heartbeat').length <= 2, true);
  });

  it('is found out where its flash was put back', () => {
    const world = paired();
    const old = new Map(world.flash);
    world.order(OWNER, 0, { action: ACTION.unlock });
    world.pass(2_000);
    world.order(OWNER, 1, { action: ACTION.lock });
    world.pass(2_000);
    const owner = new Owner(world.lock);
    owner.read(world);
    assert.deepEqual(new Set(owner.verdicts), new Set(['verified']));
    const verified = owner.verdicts.length;
    world.flash.clear();
    for (const [key, bytes] of old) world.flash.set(key, bytes);
    const next = world.reboot();
    next.pass(2_000);
    owner.read(next, 0);
    const [boot, ...later] = owner.verdicts.slice(verified).filter((verdict) => verdict !== 'duplicate');
    assert.match(boot ?? '', /^bad: report \d+ passes over one that the lock has shown$/);
    assert.ok(!later.includes('verified'));
  });

  it('still owes the receipt that flash did not take, over a power cut', () => {
    const world = paired();
    world.sink = 'fails';
    let failing = 1;
    world.flashFails = (key) => key.startsWith('report') && failing-- > 0;
    world.order(OWNER, 0, { action: ACTION.unlock });
    world.pass(2_000);
    assert.deepEqual(
      world.refusals().filter((reason) => reason === 'storage'),
      ['storage'],
    );
    world.order(OWNER, 1, { action: ACTION.lock });
    world.pass(2_000);
    const next = world.reboot();
    next.pass(5_000);
    assert.equal(receiptsOf(next.reports(), OWNER, ACTION.unlock, 0).length, 1);
    assert.equal(receiptsOf(next.reports(), OWNER, ACTION.lock, 1).length, 1);
    next.pass(2_000_000, 10_000);
    assert.equal(receiptsOf(next.reports(), OWNER, ACTION.unlock, 0).length, 1, 'and owes it once');
  });
});
