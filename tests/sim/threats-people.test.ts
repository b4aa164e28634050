import assert from 'node:assert/strict';
import { encodeCommandCall } from '../../firmware/protocol/command.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { GUEST_ORDERS_PER_WINDOW_MAX } from '../../firmware/protocol/limits.js';
import { TOPIC } from '../../firmware/protocol/lock-registry.js';
import { ACTION } from '../../firmware/protocol/order.js';
import { accessDigest16 } from '../../firmware/protocol/report-digests.js';
import { encodeTerms, FOR_EVER_SECONDS, type Terms } from '../../firmware/protocol/terms.js';
import { ReportInbox } from '../../tools/latchkey/owner/report-inbox.js';
import { logOf } from '../unit/lock/fake-node.js';
import { LockWorld } from '../unit/lock/fixture.js';
import { receiptsOf } from '../unit/lock/report-checks.js';
import { GUEST, OWNER } from '../unit/lock/signer.js';
import { FAST, signTyped } from './typed-signer.js';

const DEVICE = { device: { engine: FAST } };
const TERMS: Terms = {
  notBeforeSeconds: 0,
  notAfterSeconds: FOR_EVER_SECONDS,
  rights: 3,
  weekdays: 0x7f,
  dayStartMinutes: 0,
  dayEndMinutes: 0,
  uses: 0,
  epoch: 1,
  serial: 0,
};

describe('a revocation that every node hides', () => {
  it('is missing in the access digest of every report until it is applied, and from then on nobody opens', () => {
    const world = new LockWorld(DEVICE).boot().pair();
    world.grant(OWNER, 0, GUEST, {});
    world.pass(3_000);
    const serial = world.nowSeconds;
    const revocation = world.grant(OWNER, 1, GUEST, { rights: 0 });
    const digest = (rights: number, of: number) =>
      accessDigest16(FAST.sha256, {
        floor: 0,
        entries: [{ guest: GUEST.address, terms: encodeTerms({ ...TERMS, rights, serial: of }) }],
      });
    const expected = digest(0, serial);
    world.chain.pop();
    for (let i = 0; i < 3; i++) {
      world.order(GUEST, 2 * i, { action: ACTION.unlock, notAfterSeconds: world.nowSeconds + 600 });
      world.pass(3_000);
      assert.equal(world.bolt, 'unlocked', 'the lock cannot know');
      assert.notDeepEqual(world.lastReport().accessDigest16, expected, 'and its owner reads that');
      world.order(GUEST, 2 * i + 1, { action: ACTION.lock, notAfterSeconds: world.nowSeconds + 600 });
      world.pass(30_000);
    }
    world.chain.push({ ...revocation, block: ++world.head });
    world.pass(3_000);
    assert.deepEqual(world.lastReport().accessDigest16, expected);
    world.driven.length = 0;
    world.order(GUEST, 9, { action: ACTION.unlock, notAfterSeconds: world.nowSeconds + 600 });
    world.pass(5_000);
    assert.deepEqual(world.driven, []);
  });
});

describe('whoever carries the reports', () => {
  /** A lock's reports, each but the heartbeats a link of the chain. */
  const world = new LockWorld(DEVICE).boot().pair();
  for (let i = 0; i < 8; i++) {
    world.order(OWNER, i, { action: i % 2 === 0 ? ACTION.unlock : ACTION.lock });
    world.pass(5_000);
  }
  const chain = world.published.map(({ cose }) => cose);
  const inboxOf = () => new ReportInbox({ engine: FAST, lock20: world.lock });
  const isCalm = (verdict: string) => verdict === 'verified' || verdict === 'duplicate';

  it('is believed as long as nothing is missing, repeated reports included', () => {
    const inbox = inboxOf();
    for (const cose of chain) for (let i = 0; i < 2; i++) assert.ok(isCalm(inbox.receive(cose).verdict));
    assert.ok(chain.length >= 10);
  });

  it('is found out by the next report where one is dropped, withheld for later, or comes early', () => {
    for (let at = 1; at < chain.length - 1; at++) {
      const [dropped, reordered] = [inboxOf(), inboxOf()];
      for (const cose of chain.slice(0, at)) {
        dropped.receive(cose);
        reordered.receive(cose);
      }
      assert.equal(
        dropped.receive(chain[at + 1] ?? assert.fail()).verdict,
        'waiting',
        `report ${at + 1} dropped`,
      );
      assert.equal(reordered.receive(chain[at + 1] ?? assert.fail()).verdict, 'waiting');
      assert.equal(
        reordered.receive(chain[at] ?? assert.fail()).verdict,
        'verified',
        'what was late is taken',
      );
    }
  });

  it('is found out by the first report of another past: flash that was put back tells two stories', () => {
    const first = new LockWorld(DEVICE).boot().pair();
    first.order(OWNER, 0, { action: ACTION.unlock });
    first.pass(5_000);
    const image = new Map(first.flash);
    const told = first.published.length;
    for (let i = 1; i < 4; i++) {
      first.order(OWNER, i, { action: i % 2 === 0 ? ACTION.unlock : ACTION.lock });
      first.pass(5_000);
      const other = new LockWorld({ ...DEVICE, flash: image, bolt: 'unlocked' }).boot();
      other.pass(3_000);
      const inbox = new ReportInbox({ engine: FAST, lock20: first.lock });
      for (const { cose } of first.published) inbox.receive(cose);
      assert.ok(first.published.length > told);
      const fork = other.published.find(
        ({ cose }) => !first.published.some((before) => formatHex(before.cose) === formatHex(cose)),
      );
      assert.equal(inbox.receive(fork?.cose ?? assert.fail()).verdict, 'bad', `after ${i} more`);
    }
  });
});

describe('random numbers that are stuck', () => {
  it('repeat no nonce of a signature and no challenge, over reports and boots', () => {
    const nonces: string[] = [];
    const challenges = new Set<string>();
    let renewed = 0;
    let world = new LockWorld(DEVICE).boot().pair();
    for (let boot = 0; boot < 30; boot++) {
      for (let i = 0; i < 3; i++) {
        world.order(OWNER, 3 * boot + i, { action: i % 2 === 0 ? ACTION.unlock : ACTION.lock });
        world.pass(3_000);
        renewed++;
      }
      const signed = world.outputs.flatMap((output) =>
        output.kind === 'notice' && output.notice.event === 'signed' ? [output.notice.cose] : [],
      );
      nonces.push(...signed.map((cose) => formatHex(cose.slice(-64, -32))));
      for (const { report } of world.reports()) challenges.add(formatHex(report.nonce));
      world = world.reboot(DEVICE);
    }
    assert.ok(nonces.length > 120, `${nonces.length} signatures`);
    assert.equal(new Set(nonces).size, nonces.length);
    assert.ok(challenges.size >= renewed, `${challenges.size} challenges`);
  });
});

describe('a guest who floods', () => {
  it('with 10,000 signed orders moves the motor and writes flash within the rate, and the owner is unhindered', () => {
    const world = new LockWorld(DEVICE).boot().pair();
    world.grant(OWNER, 0, GUEST, {});
    world.pass(3_000);
    const ORDERS = 10_000;
    const orders = Array.from({ length: ORDERS }, (_, i) => {
      const action = i % 2 === 0 ? ACTION.unlock : ACTION.lock;
      const order = { lock: world.lock, challenge4: new Uint8Array(4), epoch: 1, action };
      return signTyped(GUEST, encodeCommandCall({ ...order, notAfterSeconds: world.nowSeconds + 890 }), {
        nonce: i,
      });
    });
    const byHash = new Map(orders.map(({ hash, json }) => [formatHex(hash), json]));
    let shown = 0;
    world.answer = (method, params) => {
      if (method === 'eth_getTransactionByHash') return byHash.get(String(params[0]));
      if (method !== 'eth_getLogs' || shown >= ORDERS) return undefined;
      const next = orders.slice(shown, shown + 15);
      shown += next.length;
      const logs = next.map((order) =>
        logOf({ ...order, block: world.head, topic: TOPIC.commanded }, world.lock),
      );
      return [
        ...logs,
        ...world.chain.slice(-1).map((mined) => logOf({ ...mined, block: world.head }, world.lock)),
      ];
    };
    const writes = world.writes;
    let owners = 0;
    for (let minute = 0; minute < 12; minute++) {
      world.pass(30_000);
      world.order(OWNER, ++owners, { action: ACTION.lock });
      world.pass(30_000);
      assert.equal(receiptsOf(world.reports(), OWNER, ACTION.lock, owners).length, 1, `order ${owners}`);
    }
    assert.ok(shown >= ORDERS, `${shown} shown`);
    const obeyed = 13 * GUEST_ORDERS_PER_WINDOW_MAX + owners;
    assert.ok(world.driven.length <= obeyed, `${world.driven.length} movements`);
    // The state, the receipt, and a report of the bolt.
    assert.ok(world.writes - writes <= 3 * obeyed, `${world.writes - writes} writes`);
  });
});
