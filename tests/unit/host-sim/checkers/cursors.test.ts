import assert from 'node:assert/strict';
import { formatQuantity } from '../../../../firmware/protocol/hex.js';
import { cursors } from '../../../../host-sim/checkers/cursors.js';
import { HEAD, logsOf, NODE_A, NODE_B, NodeTalk } from './node-talk.js';
import { HandMadeScene } from './scene.js';

/** Kinds that the owner alone can cause; which does not matter here. */
const OWNERS = ['0x01'];

/** A lock that reads nodes range by range. */
class Reading {
  readonly scene = new HandMadeScene(cursors);
  readonly talk = new NodeTalk(this.scene);
  #head: number;

  constructor(head: number) {
    this.#head = head;
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

  get found(): string {
    return this.scene.found.join();
  }
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

  it('still finds a gap after a boot', () => {
    const scene = new Reading(3_000).read(1, 2_000).read(2_001);
    scene.scene.cut().turnOn();
    assert.match(scene.read(2_937).grow(3_100).read(3_050).found, SKIPPED);
  });
});
