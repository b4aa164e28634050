import assert from 'node:assert/strict';
import { formatQuantity } from '../../../../firmware/protocol/hex.js';
import { HEAD_WINDOW_BLOCKS } from '../../../../firmware/protocol/limits.js';
import { cursors } from '../../../../host-sim/checkers/cursors.js';
import { HEAD, logsOf, NODE_A, NODE_B, NodeTalk } from './node-talk.js';
import { PairingScene, SETTINGS } from './pairing-scene.js';
import { HandMadeScene } from './scene.js';

/** Kinds that the owner alone can cause; which does not matter here. */
const OWNERS = ['0x01'];

/** A lock that reads nodes range by range. */
class Reading {
  readonly scene: HandMadeScene;
  readonly talk: NodeTalk;
  #head: number;

  constructor(head: number, scene = new HandMadeScene(cursors)) {
    this.#head = head;
    this.scene = scene;
    this.talk = new NodeTalk(scene);
  }

  grow(head: number): this {
    this.#head = head;
    return this;
  }

  /** A range that is asked for and answered. */
  read(from: number, to?: number, url = NODE_A): this {
    this.talk.answer(this.talk.ask([HEAD, logsOf(from, to)], url), [formatQuantity(this.#head), []]);
    return this;
  }

  /** A range that the node refuses, though it says its head. */
  refuse(from: number, to?: number, url = NODE_A): this {
    this.talk.answer(this.talk.ask([HEAD, logsOf(from, to)], url), [formatQuantity(this.#head), undefined]);
    return this;
  }

  /** A node says its head alone. */
  tell(head: number, url = NODE_A): this {
    this.talk.answer(this.talk.ask([HEAD], url), [formatQuantity(head)]);
    return this.grow(head);
  }

  /** A look at the newest blocks alone. */
  newestAt(head: number): this {
    return this.tell(head).read(head - HEAD_WINDOW_BLOCKS + 1);
  }

  get found(): string {
    return this.scene.found.join();
  }
}

/** One that has read all 3,000 blocks of the first node, after something has happened. */
function upToDate(
  act: (scene: HandMadeScene) => void = () => {},
  scene = new HandMadeScene(cursors),
): Reading {
  act(scene);
  return new Reading(3_000, scene).read(1, 2_000).read(2_001).read(2_937);
}

const SKIPPED = /node-a.example\/ is asked from block \d+ on, and has answered up to \d+/;

describe('cursors', () => {
  it('lets ranges follow on one another, and blocks be read again', () => {
    const scene = new Reading(3_000).read(1, 2_000).read(2_001).read(2_937).grow(3_010).read(2_947);
    assert.equal(scene.found, '');
  });

  it('lets each endpoint begin where its own cursor is, and each search have its own', () => {
    const scene = new Reading(3_000).read(1, 2_000).read(2_500, undefined, NODE_B);
    scene.talk.ask([{ method: 'eth_getLogs', params: [{ fromBlock: '0xbb8', topics: [null, '0x99'] }] }]);
    assert.equal(scene.found, '');
  });

  it('lets the newest blocks be read before a backlog, and the backlog go on', () => {
    const scene = new Reading(100_000).read(1, 2_000).read(98_501).read(2_001, 4_000).read(98_501);
    assert.equal(scene.found, '');
  });

  it('finds a range that leaves out what was not asked for', () => {
    assert.match(new Reading(3_000).read(1, 2_000).read(1_937).grow(3_100).read(3_002).found, SKIPPED);
    assert.equal(new Reading(3_000).read(1, 2_000).read(1_937).grow(3_100).read(3_001).found, '');
  });

  it('finds a cursor that moves though the node has refused, or has not answered', () => {
    assert.match(new Reading(500).read(1).grow(600).refuse(501).read(601).found, SKIPPED);
    const silent = new Reading(500).read(1).grow(600);
    silent.talk.fail(silent.talk.ask([HEAD, logsOf(501)]));
    assert.match(silent.read(601).found, SKIPPED);
    const failing = new Reading(500).read(1).grow(600);
    failing.talk.answer(failing.talk.ask([HEAD, logsOf(501)]), ['0x258', []], 500);
    assert.match(failing.read(601).found, SKIPPED);
  });

  it('finds a cursor that another endpoint moves', () => {
    const scene = new Reading(500).read(1).read(1, undefined, NODE_B).grow(600);
    assert.match(scene.read(501, undefined, NODE_B).read(601).found, SKIPPED);
  });

  it('finds a cursor that goes past the head that the node tells', () => {
    assert.match(new Reading(500).read(1, 2_000).grow(3_000).read(2_001).found, SKIPPED);
    const unread = new Reading(500).read(1).grow(600);
    unread.talk.answer(unread.talk.ask([HEAD, logsOf(501)]), ['latest', []]);
    assert.match(unread.read(601).found, SKIPPED);
  });

  it('lets a block whose events are too large be passed over once the owner alone was asked for', () => {
    const scene = (isOwnersAsked: boolean) => {
      const reading = new Reading(1_000).read(1, 10);
      reading.talk.fail(reading.talk.ask([logsOf(11, 11)]), 'too-large');
      if (isOwnersAsked) reading.talk.fail(reading.talk.ask([logsOf(11, 11, OWNERS)]), 'too-large');
      return reading.read(12).found;
    };
    assert.equal(scene(true), '');
    assert.match(scene(false), SKIPPED);
  });

  it('finds several blocks that are passed over as too large', () => {
    const scene = new Reading(1_000).read(1, 10);
    scene.talk.fail(scene.talk.ask([logsOf(11, 20, OWNERS)]), 'too-large');
    assert.match(scene.read(21).found, SKIPPED);
  });

  it('lets all be read anew after a boot, and on a chain that begins anew', () => {
    const booted = new Reading(3_000).read(1, 2_000).read(2_001);
    booted.scene.cut().turnOn();
    assert.equal(booted.read(1, 2_000).read(2_001).found, '');
    const fallen = new Reading(3_000).read(1, 2_000).read(2_001).grow(500);
    assert.equal(fallen.read(2_937).read(1).grow(600).read(501).found, '');
  });

  it('finds a gap after a boot, once the lock has gone on or has read all anew', () => {
    const scene = new Reading(3_000).read(1, 2_000).read(2_001);
    scene.scene.cut().turnOn();
    assert.match(scene.read(2_937).grow(3_100).read(3_050).found, SKIPPED);
    const anew = new Reading(3_000).read(1, 2_000).read(2_001);
    anew.scene.cut().turnOn();
    assert.match(anew.read(1, 2_000).read(2_001).read(2_937).newestAt(5_000).found, SKIPPED);
  });

  it('lets the newest blocks be read first where nobody outside knows how far back the lock begins', () => {
    const booted = upToDate();
    booted.scene.cut().turnOn();
    assert.equal(booted.newestAt(5_000).found, '');
    // A look at fewer of them says no more of where the rest will begin.
    const halved = upToDate();
    halved.scene.cut().turnOn();
    assert.equal(halved.read(2_251).newestAt(5_000).found, '');
    const first = new Reading(5_000).newestAt(5_000).newestAt(7_000);
    assert.equal(first.found, '');
  });

  it('finds that they were read first where all before was read', () => {
    assert.match(upToDate().newestAt(5_000).found, SKIPPED);
  });

  it('lets all be read anew by a lock that learns the time, but only once in a boot', () => {
    const clock = { kind: 'clock', unixSeconds: 1_900_000_000, source: 'https' } as const;
    const told = upToDate();
    told.scene.input(clock);
    assert.equal(told.newestAt(5_000).found, '');
    const reported = upToDate();
    reported.scene.report();
    assert.equal(reported.newestAt(5_000).found, '');
    const again = upToDate((scene) => scene.report());
    again.scene.report().input(clock);
    assert.match(again.newestAt(5_000).found, SKIPPED);
  });

  it('takes a report of an earlier boot, or one without a time, for no sign of a clock', () => {
    const earlier = upToDate((scene) => {
      scene.make(1);
      scene.cut().turnOn();
    });
    earlier.scene.publish({ seq: 1 });
    assert.match(earlier.newestAt(5_000).found, SKIPPED);
    const timeless = upToDate();
    timeless.scene.make(1);
    // Over what the scene fills in: a lock without a time leaves the claim away.
    timeless.scene.publish({ seq: 1, issuedAtSeconds: undefined as unknown as number });
    assert.match(timeless.newestAt(5_000).found, SKIPPED);
  });

  it('lets all be read anew where a head falls by more than a reorganisation', () => {
    assert.equal(upToDate().tell(2_935).newestAt(5_000).found, '');
    assert.match(upToDate().tell(2_936).newestAt(5_000).found, SKIPPED);
    const other = upToDate().read(1, undefined, NODE_B).tell(2_000, NODE_B);
    assert.match(other.newestAt(5_000).found, SKIPPED);
  });

  it('lets a lock that begins far back again leave a backlog behind the newest', () => {
    assert.equal(upToDate().read(1, 1_000).read(1_501).newestAt(5_000).found, '');
  });

  it('lets all be read anew where the lock was told its endpoints a moment ago', () => {
    const configured = (seconds: number) => {
      const pairing = new PairingScene(cursors).pair();
      const reading = upToDate(() => {}, pairing.scene);
      pairing.enter().ask({ kind: 'configure', settings: SETTINGS });
      pairing.scene.pass(seconds);
      return reading.newestAt(5_000).found;
    };
    assert.equal(configured(9), '');
    assert.match(configured(10), SKIPPED);
  });
});
