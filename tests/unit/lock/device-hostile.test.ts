import assert from 'node:assert/strict';
import { transactionHash } from '../../../firmware/crypto/sender.js';
import { equalBytes } from '../../../firmware/protocol/bytes.js';
import { DecodeError } from '../../../firmware/protocol/errors.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { OUTBOX_REPORTS_MAX } from '../../../firmware/protocol/limits.js';
import { TOPIC } from '../../../firmware/protocol/lock-registry.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { transactionFromRpc } from '../../../firmware/protocol/transaction.js';
import { logOf } from './fake-node.js';
import { LockWorld } from './fixture.js';
import { linkedReports, receiptsOf } from './report-checks.js';
import { CHAIN_ID, engine, firstFour, GUEST, type Mined, OWNER, person, STRANGER } from './signer.js';

const THREE = ['http://a.example/', 'http://b.example/', 'http://c.example/'];

describe('Device among liars', () => {
  it('asks nobody and obeys nobody while it is unpaired', () => {
    const world = new LockWorld().boot();
    world.order(OWNER, 0, { action: ACTION.unlock });
    world.press();
    world.pass(5_000);
    assert.deepEqual(world.posts, []);
    assert.deepEqual(world.driven, []);
  });

  it('obeys an order once though three endpoints show it', () => {
    const world = new LockWorld().boot().pair(OWNER, THREE);
    world.order(OWNER, 0, { action: ACTION.unlock });
    world.pass(10_000);
    assert.deepEqual(world.driven, ['unlocked']);
    assert.equal(receiptsOf(world.reports(), OWNER, ACTION.unlock, 0).length, 1);
    assert.deepEqual(world.refusals(), []);
  });

  it('judges again what three endpoints showed before there was a clock, once', () => {
    const world = new LockWorld({ clockless: true }).boot().pair(OWNER, THREE);
    world.order(OWNER, 0, { action: ACTION.unlock });
    world.pass(10_000);
    assert.deepEqual(world.driven, []);
    assert.ok(world.refusals().every((reason) => reason === 'clock'));
    world.tellTime();
    world.pass(10_000);
    assert.deepEqual(world.driven, ['unlocked']);
    assert.deepEqual(new Set(world.refusals()), new Set(['clock']));
    assert.equal(
      world.reports().some(({ report }) => report.cause === 'refusal'),
      false,
    );
  });

  it('judges again what it heard in its first moments', () => {
    const world = new LockWorld().boot().pair();
    const next = new LockWorld({ flash: world.flash });
    next.chain.push(...world.chain);
    next.give({ kind: 'boot' });
    next.order(OWNER, 0, { action: ACTION.unlock });
    next.give({ kind: 'tick' });
    next.uptimeMs = 500;
    next.tellTime();
    next.give({ kind: 'bolt-sensed', bolt: 'locked' });
    next.pass(3_000);
    assert.deepEqual(next.driven, ['unlocked']);
    linkedReports([...world.published, ...next.published]);
  });

  it('believes no jump of ten years in its second boot, where the power failed soon after its first clock', () => {
    const world = new LockWorld().boot().pair();
    world.pass(5_000);
    world.tellTime();
    world.pass(2_000);
    const next = world.reboot({ clockless: true });
    const later = next.nowSeconds + 10 * 365 * 86_400;
    next.tellTime(later);
    next.order(OWNER, 0, { action: ACTION.unlock, notAfterSeconds: later + 300 });
    next.pass(5_000);
    assert.deepEqual(next.driven, []);
    assert.ok(next.refusals().includes('clock'));
  });

  it('judges again once the owner has confirmed a jump of the clock', () => {
    const paired = new LockWorld().boot().pair();
    paired.tellTime();
    paired.order(OWNER, 0, { action: ACTION.privacyOff });
    paired.pass(2_000);
    const world = paired.reboot({ clockless: true });
    world.startSeconds += 10 * 86_400;
    world.tellTime();
    world.order(OWNER, 1, { action: ACTION.unlock });
    world.pass(2_000);
    assert.deepEqual(world.driven, []);
    const challenge4 = firstFour(world.lastReport().nonce);
    world.grant(OWNER, 2, GUEST, {});
    world.pass(2_000);
    world.order(OWNER, 3, { action: ACTION.lock, challenge4 });
    world.pass(2_000);
    world.order(GUEST, 0, { action: ACTION.unlock, notAfterSeconds: world.nowSeconds + 700 });
    world.pass(2_000);
    assert.deepEqual(world.driven, ['unlocked'], 'the grant was heard again');
  });

  it('opens for no guest whose unlock came before the lock that an owner ordered without a clock', () => {
    const world = new LockWorld({ bolt: 'unlocked' }).boot().pair();
    world.grant(OWNER, 0, GUEST, {});
    world.pass(2_000);
    const next = world.reboot({ clockless: true });
    next.order(GUEST, 0, { action: ACTION.unlock });
    next.order(OWNER, 1, { action: ACTION.lock });
    next.pass(3_000);
    assert.equal(next.bolt, 'locked');
    next.tellTime();
    next.pass(3_000);
    assert.equal(next.bolt, 'locked');
    assert.deepEqual(next.driven, ['locked']);
  });

  it('opens for nothing of its whole history after a reboot', () => {
    const world = new LockWorld().boot().pair();
    for (let i = 0; i < 6; i++) {
      world.order(OWNER, i, { action: i % 2 === 0 ? ACTION.unlock : ACTION.lock });
      world.pass(2_000);
    }
    assert.equal(world.driven.length, 6);
    const next = world.reboot();
    const history = [...next.chain];
    // The whole past in one block, over and over, under new heights.
    next.answer = (method) => {
      if (method === 'eth_blockNumber') return '0x1000';
      if (method !== 'eth_getLogs') return undefined;
      return history.map((mined) => logOf({ ...mined, block: 0x1000 }, next.lock));
    };
    next.pass(30_000);
    assert.deepEqual(next.driven, []);
  });

  it('moves for no forgery of a real order, under its hash or under a hash of its own', () => {
    const world = new LockWorld().boot().pair();
    const real = world.signOrder(OWNER, 0, { action: ACTION.unlock });
    for (const [field, value] of Object.entries(real.json)) {
      if (field === 'hash' || field === 'from' || field === 'gasPrice') continue;
      const json = { ...real.json, [field]: changed(field, value) };
      // `v` and `yParity` say the same, so a forger changes both.
      if (field === 'v') json['yParity'] = json['v'];
      world.show({ hash: real.hash, json });
      world.show({ hash: ownHash(json) ?? new Uint8Array(32).fill(world.head), json });
      world.pass(3_000);
      world.chain.length = 0;
    }
    assert.deepEqual(world.driven, []);
    assert.ok(new Set(world.refusals()).has('unknown-sender'));
    assert.ok(new Set(world.refusals()).has('hash'));
    // The real one, shown at last by a node that was never believed to have shown it.
    const other = world.reboot();
    other.show(real);
    other.pass(2_000);
    assert.deepEqual(other.driven, ['unlocked']);
  });

  it('moves for no order of another chain, registry, lock or epoch', () => {
    const world = new LockWorld().boot().pair();
    const { data } = dataOf(world.signOrder(OWNER, 0, { action: ACTION.unlock }));
    world.mine(OWNER, data, { nonce: 0, chainId: CHAIN_ID + 1n });
    world.mine(OWNER, data, { nonce: 0, to: new Uint8Array(20).fill(0x22) });
    world.order(OWNER, 0, { action: ACTION.unlock, lock: new Uint8Array(20).fill(0x33) });
    world.order(OWNER, 0, { action: ACTION.unlock, epoch: 2 });
    world.order(OWNER, 0, { action: ACTION.unlock, epoch: 0 });
    world.pass(4_000);
    assert.deepEqual(world.driven, []);
    assert.deepEqual(world.refusals(), ['chain-id', 'registry', 'lock', 'epoch', 'epoch']);
  });

  it('lets a replacement with a later notAfter count, and none with an earlier one', () => {
    const world = new LockWorld().boot().pair();
    const t = world.nowSeconds;
    world.order(OWNER, 0, { action: ACTION.unlock, notAfterSeconds: t + 300 });
    world.pass(2_000);
    world.order(OWNER, 0, { action: ACTION.lock, notAfterSeconds: t + 299 });
    world.order(OWNER, 0, { action: ACTION.lock, notAfterSeconds: t + 300 });
    world.pass(2_000);
    assert.deepEqual(world.driven, ['unlocked']);
    world.order(OWNER, 0, { action: ACTION.lock, notAfterSeconds: t + 301 });
    world.pass(2_000);
    assert.deepEqual(world.driven, ['unlocked', 'locked']);
  });

  it('lets a withheld unlock die once a later order was obeyed', () => {
    const world = new LockWorld({ bolt: 'unlocked' }).boot().pair();
    const withheld = world.signOrder(OWNER, 0, { action: ACTION.unlock });
    world.order(OWNER, 1, { action: ACTION.lock });
    world.pass(2_000);
    world.show(withheld);
    world.pass(2_000);
    assert.deepEqual(world.driven, ['locked']);
    assert.deepEqual(world.refusals(), ['replayed']);
  });

  it('judges a round in the order of the chain and drives the bolt once', () => {
    const world = new LockWorld().boot().pair();
    world.order(OWNER, 0, { action: ACTION.unlock });
    world.order(OWNER, 1, { action: ACTION.lock });
    world.order(OWNER, 2, { action: ACTION.unlock });
    const mined = [...world.chain];
    world.answer = (method) =>
      method === 'eth_getLogs' ? mined.reverse().map((one) => logOf(one, world.lock)) : undefined;
    world.pass(2_000);
    assert.deepEqual(world.driven, ['unlocked']);
    assert.equal(world.reports().filter(({ report }) => report.cause === 'command').length, 3);
  });

  it('refuses the old owner and all guests after a handover, and takes the lock back when it is bought back', () => {
    const buyer = person(7);
    const world = new LockWorld().boot().pair();
    world.grant(OWNER, 0, GUEST, {});
    world.handover(OWNER, 1, buyer);
    world.pass(2_000);
    world.order(OWNER, 2, { action: ACTION.unlock, epoch: 2 });
    world.order(OWNER, 3, { action: ACTION.unlock });
    world.order(GUEST, 0, { action: ACTION.unlock, epoch: 2 });
    world.grant(OWNER, 4, GUEST, { epoch: 2 });
    world.handover(OWNER, 5, OWNER, 2, 3);
    world.pass(2_000);
    assert.deepEqual(world.driven, []);
    world.order(buyer, 0, { action: ACTION.unlock, epoch: 2 });
    world.pass(2_000);
    assert.deepEqual(world.driven, ['unlocked']);
    world.handover(buyer, 1, OWNER, 2, 3);
    world.order(OWNER, 6, { action: ACTION.lock, epoch: 3 });
    world.order(buyer, 2, { action: ACTION.unlock, epoch: 3 });
    world.pass(3_000);
    assert.deepEqual(world.driven, ['unlocked', 'locked']);
    assert.equal(formatHex(world.lastReport().owner ?? assert.fail()), formatHex(OWNER.address));
    assert.equal(world.lastReport().epoch, 3);
  });

  it('keeps its owner against a forged transfer and a press of the button', () => {
    const world = new LockWorld().boot().pair();
    world.mine(STRANGER, new Uint8Array(4), { nonce: 0 }, TOPIC.epochRaised);
    world.handover(STRANGER, 1, STRANGER);
    world.pass(3_000);
    world.press();
    assert.ok(world.openPairing());
    const answer = world.ask(world.pairRequest(STRANGER));
    assert.deepEqual(answer, { kind: 'refused', reason: 'pairing-closed' });
    world.order(STRANGER, 2, { action: ACTION.unlock, epoch: 2 });
    world.pass(3_000);
    assert.equal(formatHex(world.lastReport().owner ?? assert.fail()), formatHex(OWNER.address));
    assert.equal(world.lastReport().epoch, 1);
  });

  it('bounds what a flooding guest costs, and obeys the owner meanwhile', () => {
    const world = new LockWorld().boot().pair();
    world.grant(OWNER, 0, GUEST, {});
    world.pass(2_000);
    const before = world.writes;
    for (let i = 0; i < 200; i++)
      world.order(GUEST, i, { action: i % 2 === 0 ? ACTION.unlock : ACTION.lock });
    world.order(OWNER, 1, { action: ACTION.lock });
    world.pass(60_000);
    // Six orders: at most a state, a receipt and a bolt report each; the owner's comes on top.
    assert.ok(world.writes - before <= 7 * 3, `${world.writes - before} writes`);
    assert.ok(world.driven.length <= 7);
    assert.equal(world.bolt, 'locked');
    assert.equal(receiptsOf(world.reports(), OWNER, ACTION.lock, 1).length, 1);
  });

  it('keeps room for the owner where a guest has filled what the sink does not take', () => {
    const world = new LockWorld({ sink: 'hangs' }).boot().pair();
    world.grant(OWNER, 0, GUEST, {});
    world.pass(2_000);
    for (let i = 0; i < OUTBOX_REPORTS_MAX; i++) {
      world.order(GUEST, i, { action: ACTION.lock, notAfterSeconds: world.nowSeconds + 600 });
      world.pass(11_000, 5_500);
    }
    assert.ok(world.refusals().includes('reports-full'));
    world.grant(OWNER, 1, GUEST, { rights: 0 });
    world.pass(2_000);
    assert.equal(world.notices.filter((n) => n.event === 'verified' && n.command === 'grant').length, 2);
    world.sink = 'takes';
    world.pass(120_000);
    world.driven.length = 0;
    world.order(GUEST, OUTBOX_REPORTS_MAX, { action: ACTION.unlock });
    world.pass(3_000);
    assert.deepEqual(world.driven, [], 'revoked, and so it stays once the sink takes reports again');
  });

  it('lets the button end privacy while a round is being read', () => {
    const world = new LockWorld().boot().pair();
    world.order(OWNER, 0, { action: ACTION.privacyOn });
    world.pass(2_000);
    world.grant(OWNER, 1, GUEST, {});
    const last = world.grant(OWNER, 2, person(5), {});
    world.fault = ({ body }) =>
      new TextDecoder().decode(body).includes(formatHex(last.hash)) ? 'hangs' : undefined;
    world.pass(2_000);
    world.press();
    const hanging = world.posts.at(-1) ?? assert.fail();
    world.fault = undefined;
    world.give({ kind: 'http-failed', id: hanging.id, reason: 'timeout' });
    world.order(OWNER, 3, { action: ACTION.lock });
    world.pass(4_000);
    world.order(OWNER, 4, { action: ACTION.unlock });
    world.pass(4_000);
    assert.deepEqual(world.driven, ['unlocked', 'locked', 'unlocked']);
    assert.deepEqual(world.refusals(), ['rpc-error']);
  });

  it('asks for a bounded number of transactions a round however many forged logs a node shows', () => {
    const world = new LockWorld().boot().pair();
    const forged = world.signOrder(STRANGER, 0, { action: ACTION.unlock });
    let count = 0;
    world.answer = (method) => {
      if (method === 'eth_getLogs') {
        return Array.from({ length: 15 }, () =>
          logOf(
            { ...forged, hash: numbered(count++), block: world.head, topic: TOPIC.commanded },
            world.lock,
          ),
        );
      }
      return method === 'eth_getTransactionByHash' ? forged.json : undefined;
    };
    world.pass(100_000);
    assert.ok(count >= 1_000);
    assert.ok(world.posts.length <= 101 * 17, `${world.posts.length} requests`);
    assert.deepEqual(world.driven, []);
    assert.deepEqual(new Set(world.refusals()), new Set(['hash']));
  });
});

/** The same kind of value, another one. */
function changed(field: string, value: unknown): unknown {
  if (field === 'accessList') return [{ address: `0x${'44'.repeat(20)}`, storageKeys: [] }];
  if (field === 'type') return '0x1';
  const text = String(value);
  if (field === 'v' || field === 'yParity') return text === '0x0' ? '0x1' : '0x0';
  const digit = Number.parseInt(text.at(-1) ?? '0', 16) ^ 1;
  return `${text.slice(0, -1)}${digit.toString(16)}`;
}

/** The hash that the forgery would have on a chain, where it is a transaction at all. */
function ownHash(json: Mined['json']): Uint8Array | undefined {
  try {
    return transactionHash(engine, transactionFromRpc(json));
  } catch (error) {
    assert.ok(error instanceof DecodeError);
    return undefined;
  }
}

function dataOf({ json }: Omit<Mined, 'block' | 'topic'>): { readonly data: Uint8Array } {
  const { data } = transactionFromRpc(json);
  assert.ok(!equalBytes(data, new Uint8Array(data.length)));
  return { data };
}

function numbered(number: number): Uint8Array {
  const hash = new Uint8Array(32);
  new DataView(hash.buffer).setUint32(0, number + 1);
  return hash;
}
