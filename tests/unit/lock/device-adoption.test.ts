import assert from 'node:assert/strict';
import { concatBytes } from '../../../firmware/protocol/bytes.js';
import { encodeHandoverCall } from '../../../firmware/protocol/command.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { ADOPTION_HOURS } from '../../../firmware/protocol/limits.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import type { PairingFrame } from '../../../firmware/protocol/pairing.js';
import { ALARM } from '../../../firmware/protocol/report.js';
import {
  adopt,
  assertOwner,
  BUYER,
  challengeOf,
  DEVICE,
  DOMAIN,
  enter,
  handoverBytes,
  hours,
  owned,
  ownerOf,
  signAdopt,
  type Told,
  waitingOf,
} from './adopter.js';
import { LockWorld, settingsWith } from './fixture.js';
import { linkedReports } from './report-checks.js';
import { CHAIN_ID, GUEST, OWNER, type Person, person, STRANGER, signCall } from './signer.js';

describe('an adoption', () => {
  it('is announced by an alarm, waits a day of acknowledged reports, and then takes effect', () => {
    const world = owned();
    world.grant(OWNER, 0, GUEST, {});
    hours(world, 0.1);
    const answer = adopt(world);
    assert.ok(answer?.kind === 'adoption');
    assert.equal(answer.waitSeconds, 86_400);
    const announced = world.lastReport();
    assert.equal(announced.cause, 'alarm');
    assert.ok(announced.alarms & ALARM.adoption);
    const { challenge16 } = answer;
    const claim = { owner: BUYER.address, epoch: 2, challenge16, waitSeconds: 86_400 };
    assert.deepEqual(announced.adoption, claim);
    assert.deepEqual(announced.owner, OWNER.address);
    const before = world.published.length;
    hours(world, ADOPTION_HOURS - 1);
    assert.ok(
      world
        .reports()
        .slice(before)
        .every(({ report }) => report.adoption !== undefined),
    );
    assert.equal(ownerOf(world), formatHex(OWNER.address));
    hours(world, 1.1);
    const done = world.reports().find(({ report }) => report.cause === 'adoption')?.report;
    assert.deepEqual([done?.owner, done?.epoch], [BUYER.address, 2]);
    assert.deepEqual([done?.adoption, (done?.alarms ?? 0) & ALARM.adoption], [undefined, 0]);
    world.order(GUEST, 0, { action: ACTION.unlock });
    world.order(OWNER, 1, { action: ACTION.unlock });
    world.order(BUYER, 0, { action: ACTION.unlock, epoch: 2 });
    hours(world, 0.1);
    const { lastCommand } = world.lastReport();
    assert.deepEqual([lastCommand?.by, lastCommand?.reason], [BUYER.address, 'none']);
    assert.equal(world.refusals().filter((reason) => reason === 'unknown-sender').length, 2);
    linkedReports(world.published);
  });

  it('signs the registration of its new owner, who may go on from there', () => {
    const world = owned();
    adopt(world);
    hours(world, ADOPTION_HOURS + 1);
    enter(world);
    assert.equal(world.ask({ kind: 'register', deadlineSeconds: world.nowSeconds })?.kind, 'registration');
  });

  it('waits while no report is acknowledged, and no clock can hasten it', () => {
    const world = owned();
    adopt(world);
    world.sink = 'fails';
    hours(world, 40);
    assert.equal(waitingOf(world)?.waitSeconds, 86_400);
    world.sink = 'takes';
    // What lay waiting for hours is taken at once: it is one hour.
    hours(world, 2);
    const left = waitingOf(world)?.waitSeconds ?? 0;
    assert.ok(left >= 22 * 3_600 && left < 86_400, `${left}`);
    world.tellTime(world.nowSeconds + 80_000);
    hours(world, 1);
    assert.equal(waitingOf(world)?.waitSeconds, left - 3_600);
  });

  it('keeps whole hours over a power cut, and begins the one that ran anew', () => {
    let world = owned();
    adopt(world);
    hours(world, 5.9);
    for (let boot = 0; boot < 10; boot++) {
      world = hours(world.reboot({ device: DEVICE }), 0.9);
    }
    assert.equal(waitingOf(world)?.waitSeconds, 19 * 3_600);
    assert.ok(world.lastReport().alarms & ALARM.adoption);
    assertOwner(hours(world, 19.2), BUYER, 2);
  });

  it('takes no heed of who is said to own the token: press, secret and a wrong signature adopt nobody', () => {
    const world = owned();
    // A forged transfer, and a handover that somebody else has signed.
    world.handover(STRANGER, 0, BUYER);
    const forged: Told[] = [
      { by: STRANGER, owner: BUYER.address },
      { epoch: 1 },
      { epoch: 0 },
      { lock: new Uint8Array(20).fill(9) },
      { challenge16: new Uint8Array(16) },
      { domain: { ...DOMAIN, chainId: CHAIN_ID + 1n } },
      { domain: { ...DOMAIN, registry20: new Uint8Array(20).fill(9) } },
    ];
    for (const told of forged) {
      assert.deepEqual(adopt(world, told), { kind: 'refused', reason: 'adoption' });
      assert.ok(world.pairingClosed);
    }
    hours(world, 30);
    assertOwner(world, OWNER, 1);
    assert.equal(
      world.reports().some(({ report }) => report.adoption !== undefined),
      false,
    );
  });

  it('needs r, s, v of 65 bytes with s in the lower half', () => {
    const world = owned();
    for (const change of [
      (signature: Uint8Array) => signature.fill(0xff, 32, 64),
      (signature: Uint8Array) => signature.fill(0, 64),
      (signature: Uint8Array) => signature.fill(0),
    ]) {
      enter(world);
      const frame = signAdopt(world.lock, challengeOf(world));
      change(frame.signature65);
      assert.deepEqual(world.ask(frame), { kind: 'refused', reason: 'adoption' });
    }
  });

  it('answers no session for what another has asked, or for what the day has brought', () => {
    const world = owned();
    const sent: { readonly what: string; readonly frames: number }[] = [];
    const later = (what: string, ask: () => void) => {
      world.flashIsSlow = true;
      ask();
      enter(world);
      const before = world.pairingFrames.length;
      for (let i = 0; i < 9; i++) world.answerFlash();
      world.flashIsSlow = false;
      sent.push({ what, frames: world.pairingFrames.length - before });
      assert.equal(world.pairingClosed, false, what);
    };
    const bring = (frame: PairingFrame) => world.give({ kind: 'pairing-received', bytes: world.seal(frame) });

    enter(world);
    const refused = signAdopt(world.lock, challengeOf(world));
    world.flashFails = true;
    later('refused by flash', () => bring(refused));
    world.flashFails = false;
    hours(world, 0.5);
    enter(world);
    const waits = signAdopt(world.lock, challengeOf(world));
    later('waits', () => bring(waits));
    assert.equal(world.ask({ kind: 'ask' })?.kind, 'challenge');
    hours(world, ADOPTION_HOURS - 0.5);
    later('is done', () => hours(world, 1));
    assertOwner(world, BUYER, 2);
    assert.deepEqual(
      sent.filter(({ frames }) => frames > 0),
      [],
    );
  });

  it('needs a challenge of its own session, which serves once', () => {
    const world = owned();
    enter(world);
    const frame = signAdopt(world.lock, challengeOf(world));
    enter(world);
    assert.deepEqual(world.ask(frame), { kind: 'refused', reason: 'adoption' });
    enter(world);
    const first = signAdopt(world.lock, challengeOf(world));
    assert.equal(world.ask(first)?.kind, 'adoption');
    assert.deepEqual(world.ask(first), { kind: 'refused', reason: 'adoption' });
  });

  it('is one at a time: the same is answered again, another is refused', () => {
    const world = owned();
    const first = adopt(world);
    hours(world, 3);
    const again = adopt(world);
    assert.ok(first?.kind === 'adoption' && again?.kind === 'adoption');
    assert.deepEqual(again.challenge16, first.challenge16);
    assert.equal(again.waitSeconds, 21 * 3_600);
    assert.deepEqual(adopt(world, { by: person(12) }), { kind: 'refused', reason: 'adoption' });
    assert.deepEqual(adopt(world, { epoch: 3 }), { kind: 'refused', reason: 'adoption' });
    assert.deepEqual(waitingOf(world)?.challenge16, first.challenge16);
  });

  it('takes one of two owners who race, on flash that is slow', () => {
    const world = owned();
    enter(world);
    const first = signAdopt(world.lock, challengeOf(world));
    const second = signAdopt(world.lock, challengeOf(world), { by: person(12) });
    world.flashIsSlow = true;
    world.give({ kind: 'pairing-received', bytes: concatBytes(world.seal(first), world.seal(second)) });
    world.answerFlash();
    world.flashIsSlow = false;
    hours(world, 0.3);
    // The second challenge was the session's: the first frame names one that is gone.
    assert.equal(waitingOf(world), undefined);
    adopt(world);
    assert.equal(adopt(world, { by: person(12) })?.kind, 'refused');
    assert.deepEqual(waitingOf(world)?.owner, BUYER.address);
  });

  it('says nothing before it is durable, and is nothing where flash refuses it', () => {
    const world = owned();
    world.flashIsSlow = true;
    enter(world);
    const frame = signAdopt(world.lock, challengeOf(world));
    const sent = world.pairingFrames.length;
    world.give({ kind: 'pairing-received', bytes: world.seal(frame) });
    assert.equal(world.pairingFrames.length, sent);
    world.answerFlash();
    assert.equal(world.pairingFrames.length, sent + 1);
    const failing = owned();
    enter(failing);
    const other = signAdopt(failing.lock, challengeOf(failing));
    failing.flashFails = true;
    assert.deepEqual(failing.ask(other), { kind: 'refused', reason: 'storage' });
    failing.flashFails = false;
    assertOwner(hours(failing, 30), OWNER, 1);
  });

  it('lets nobody turn the reports away while it waits, nor the nodes', () => {
    const world = owned();
    adopt(world);
    for (const settings of [
      settingsWith({ endpoints: ['http://liar.example/'] }),
      settingsWith({ texts: new Map([['report-url', 'http://liar.example/']]) }),
    ]) {
      enter(world);
      assert.deepEqual(world.ask({ kind: 'configure', settings }), { kind: 'refused', reason: 'adoption' });
    }
    enter(world);
    const settings = settingsWith({ texts: new Map([['wifi-ssid', 'new home']]) });
    assert.deepEqual(world.ask({ kind: 'configure', settings }), { kind: 'configured' });
  });

  it('is nothing for a lock without an owner', () => {
    const world = enter(new LockWorld().boot());
    assert.deepEqual(world.ask({ kind: 'ask' }), { kind: 'refused', reason: 'unpaired' });
  });

  it('is over where the pinned owner hands over meanwhile', () => {
    const world = owned();
    adopt(world, { epoch: 5 });
    world.handover(OWNER, 0, STRANGER);
    assertOwner(hours(world, 0.1), STRANGER, 2);
    assert.equal(waitingOf(world), undefined);
    assert.equal(world.lastReport().alarms & ALARM.adoption, 0);
    assertOwner(hours(world, 30), STRANGER, 2);
  });

  it('of the pinned owner in a later epoch takes effect at once', () => {
    const world = owned();
    const answer = adopt(world, { by: OWNER, epoch: 4 });
    assert.ok(answer?.kind === 'adoption' && answer.waitSeconds === 0);
    assertOwner(world, OWNER, 4);
  });

  it('is over with a handover: its receipt tells of none, by its alarm as little as by its claim', () => {
    const world = owned();
    adopt(world);
    world.handover(OWNER, 0, STRANGER);
    hours(world, 0.1);
    const told = world.reports().map(({ report }) => report);
    for (const { seq, adoption, alarms } of told)
      assert.equal(adoption !== undefined, (alarms & ALARM.adoption) !== 0, `report ${seq}`);
    assert.ok(told.some(({ adoption }) => adoption !== undefined));
    assert.equal(told.at(-1)?.epoch, 2);
  });
});

describe('an adoption with the pinned owner’s handover', () => {
  const handover = (world: LockWorld, by: Person, to: Person, epochs = [1, 2], expired = true) => {
    const notAfterSeconds = expired ? 1 : world.nowSeconds + 60;
    const [epoch = 1, newEpoch = 2] = epochs;
    const data = encodeHandoverCall(world.lock, to.address, { epoch, newEpoch, notAfterSeconds });
    return handoverBytes(signCall(by, data, { nonce: 0 }));
  };

  it('takes effect at once, expired or not, whatever epoch it names', () => {
    for (const [epochs, expired] of [
      [[1, 2], true],
      [[1, 9], true],
      [[1, 2], false],
    ] as const) {
      const world = owned();
      const answer = adopt(world, {
        epoch: 3,
        handover: handover(world, OWNER, BUYER, [...epochs], expired),
      });
      assert.ok(answer?.kind === 'adoption' && answer.waitSeconds === 0);
      assert.equal(world.lastReport().cause, 'adoption');
      assertOwner(world, BUYER, 3);
      assert.deepEqual(world.reboot().lastReport().owner, BUYER.address);
    }
  });

  it('ends the wait of another', () => {
    const world = owned();
    adopt(world, { by: STRANGER });
    const handed = adopt(world, { handover: handover(world, OWNER, BUYER) });
    assert.ok(handed?.kind === 'adoption' && handed.waitSeconds === 0);
    assert.equal(waitingOf(world), undefined);
    assertOwner(hours(world, 30), BUYER, 2);
  });

  it('is refused by name where it is not that', () => {
    const world = owned();
    const otherLock = encodeHandoverCall(new Uint8Array(20).fill(7), BUYER.address, {
      epoch: 1,
      newEpoch: 2,
      notAfterSeconds: 1,
    });
    const cases: readonly (readonly [Uint8Array, string])[] = [
      [handover(world, STRANGER, BUYER), 'unknown-sender'],
      [handover(world, OWNER, STRANGER), 'adoption'],
      [handover(world, OWNER, BUYER, [2, 3]), 'epoch'],
      [handover(world, OWNER, BUYER, [1, 1]), 'handover'],
      [handoverBytes(signCall(OWNER, otherLock, { nonce: 0 })), 'lock'],
      [handoverBytes(signCall(OWNER, otherLock, { nonce: 0, chainId: CHAIN_ID + 1n })), 'chain-id'],
      [handoverBytes(world.order(OWNER, 50, { action: ACTION.lock })), 'adoption'],
      [new TextEncoder().encode('{"hash":1}'), 'malformed'],
      [new Uint8Array(3), 'json'],
    ];
    for (const [bytes, reason] of cases) {
      assert.deepEqual(adopt(world, { handover: bytes }), { kind: 'refused', reason });
    }
    assertOwner(hours(world, 30), OWNER, 1);
  });
});
