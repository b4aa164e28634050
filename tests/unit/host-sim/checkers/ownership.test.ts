import assert from 'node:assert/strict';
import { formatHex } from '../../../../firmware/protocol/hex.js';
import type { Ownership } from '../../../../host-sim/checkers/ownership.js';
import type { Signer } from '../../../../host-sim/world/chain-signer.js';
import { signer } from '../world/people.js';
import { PairingScene, SETTINGS } from './pairing-scene.js';
import { NEXT_OWNER, OWNER, THIEF } from './scene.js';

const CHALLENGE16 = new Uint8Array(16).fill(3);
const DAY_SECONDS = 86_400;
const hex = ({ address20 }: Signer) => formatHex(address20);

function play(): { scene: PairingScene; ownership: Ownership; present: () => readonly string[] } {
  const scene = new PairingScene(() => ({ says: 'nothing' }));
  const { ownership } = scene.scene.witness;
  return { scene, ownership, present: () => [...ownership.present] };
}

/** A lock that its owner has paired, and that has said so. */
function owned() {
  const all = play();
  all.scene.pair().report(OWNER);
  return all;
}

/** Somebody has asked for it, and the lock has said that they wait. */
function waiting(by: Signer = NEXT_OWNER) {
  const all = owned();
  all.scene.askFor(by, CHALLENGE16).wait(by, CHALLENGE16, DAY_SECONDS).close();
  return all;
}

/** The paper of a handover, which the next owner brings. */
function adoptedOnPaper(by: Signer, to: Signer, epoch = 1, newEpoch = epoch + 1): boolean {
  const { scene, ownership } = owned();
  const command = { kind: 'handover', to: to.address20, epoch, newEpoch, notAfterSeconds: 1 } as const;
  scene.askFor(NEXT_OWNER, CHALLENGE16, scene.scene.sign(by, command));
  return ownership.mayOwn(hex(NEXT_OWNER), 2);
}

describe('Ownership', () => {
  it('takes whom a proven tool has paired for the owner, and nobody before', () => {
    const { scene, ownership, present } = play();
    assert.deepEqual([present(), ownership.isPaired, ownership.domain], [[], false, undefined]);
    scene.pair();
    assert.deepEqual([present(), ownership.isPaired], [[hex(OWNER)], true]);
    assert.deepEqual(ownership.settings, [SETTINGS]);
    assert.ok(ownership.ever.has(hex(OWNER)) && !ownership.ever.has(hex(THIEF)));
  });

  it('takes nobody who pairs again, without the press or without the secret', () => {
    const pair = { kind: 'pair', owner: THIEF.address20, ownerUnixSeconds: 0, settings: SETTINGS } as const;
    const again = owned();
    again.scene.enter().ask(pair);
    assert.deepEqual(again.present(), [hex(OWNER)]);
    const unpressed = play();
    unpressed.scene.open().greet().prove().ask(pair);
    const unproven = play();
    unproven.scene.press().open().greet().prove(new Uint8Array(32)).ask(pair);
    assert.deepEqual([...unpressed.present(), ...unproven.present()], []);
  });

  it('takes a lock for paired once a report names an owner, and whom a test trusts for one', () => {
    const { scene, ownership } = play();
    scene.report(undefined);
    assert.deepEqual([ownership.isPaired, ownership.isPinned(SETTINGS)], [false, false]);
    scene.report(OWNER, { seq: 2 });
    assert.equal(ownership.isPaired, true);
    ownership.trust(hex(NEXT_OWNER), 3);
    assert.deepEqual(
      [ownership.mayOwn(hex(NEXT_OWNER), 3), ownership.mayOwn(hex(NEXT_OWNER), 2)],
      [true, false],
    );
  });

  it('takes whom the owner hands it to, and the one whom the lock then names', () => {
    const { scene, ownership, present } = owned();
    scene.scene.handOver(THIEF, THIEF);
    assert.equal(ownership.mayHaveMovedOn, false);
    scene.scene.handOver();
    assert.equal(ownership.mayHaveMovedOn, true);
    assert.deepEqual(present(), [hex(OWNER), hex(NEXT_OWNER)]);
    scene.scene.handOver(OWNER, THIEF);
    assert.deepEqual([...ownership.ownersOf(2)], [hex(NEXT_OWNER), hex(THIEF)]);
    scene.report(NEXT_OWNER, { seq: 2, epoch: 2 });
    assert.deepEqual([present(), ownership.mayHaveMovedOn], [[hex(NEXT_OWNER)], false]);
    assert.equal(ownership.reportedEpoch, 2);
    scene.scene.handOver(OWNER, THIEF);
    assert.deepEqual([...ownership.ownersOf(2)], [hex(NEXT_OWNER)], 'whatever is shown later');
  });

  it('keeps to those who may be it where a report names somebody else', () => {
    const { scene, present } = owned();
    scene.report(THIEF, { seq: 2 });
    assert.deepEqual(present(), [hex(OWNER)]);
  });

  it('takes who has asked for it after a day of hours that count, and no sooner', () => {
    const { scene, ownership, present } = waiting();
    scene.pass(23);
    assert.deepEqual(present(), [hex(OWNER)]);
    scene.pass(2);
    assert.deepEqual([...ownership.ownersOf(2)], [hex(NEXT_OWNER)]);
    assert.deepEqual(present(), [hex(OWNER), hex(NEXT_OWNER)]);
    const unheard = waiting();
    unheard.scene.pass(48, false);
    assert.deepEqual(unheard.present(), [hex(OWNER)]);
  });

  it('takes nobody who asks in the name of another, or for an epoch that is over', () => {
    const forged = owned();
    forged.scene.askFor(THIEF, CHALLENGE16, undefined, NEXT_OWNER.address20);
    assert.equal(forged.ownership.askedFor(CHALLENGE16), undefined);
    const late = owned();
    late.scene.report(OWNER, { seq: 2, epoch: 2 }).askFor(NEXT_OWNER, CHALLENGE16);
    assert.equal(late.ownership.askedFor(CHALLENGE16), undefined);
    assert.notEqual(waiting().ownership.askedFor(CHALLENGE16), undefined);
  });

  it('takes the owner who asks for a later epoch at once', () => {
    const { scene, ownership } = owned();
    scene.askFor(OWNER, CHALLENGE16);
    assert.deepEqual([...ownership.ownersOf(2)], [hex(OWNER)]);
  });

  it('takes who brings a handover that the owner has signed to them', () => {
    assert.equal(adoptedOnPaper(OWNER, NEXT_OWNER), true);
    assert.equal(adoptedOnPaper(THIEF, NEXT_OWNER), false);
    assert.equal(adoptedOnPaper(OWNER, THIEF), false);
    assert.equal(adoptedOnPaper(OWNER, NEXT_OWNER, 2, 3), false);
    assert.equal(adoptedOnPaper(OWNER, NEXT_OWNER, 1, 1), false);
  });

  it('forgets who has asked once the lock says that a veto has met it', () => {
    const { scene, ownership, present } = waiting();
    scene.refuse(OWNER, CHALLENGE16).answer({ kind: 'stopped', challenge16: CHALLENGE16 }).pass(30);
    assert.deepEqual(present(), [hex(OWNER)]);
    assert.ok(ownership.stopped.has(formatHex(CHALLENGE16)));
    assert.equal(ownership.askedFor(CHALLENGE16), undefined);
  });

  it('knows settings of what pairing has pinned, and when a proven tool has told new ones', () => {
    const { scene, ownership } = owned();
    const other = { ...SETTINGS, endpoints: ['http://other.example/'] };
    const moved = { ...SETTINGS, registry: new Uint8Array(20).fill(0x12) };
    assert.equal(ownership.isConfigured, false);
    scene.enter().ask({ kind: 'configure', settings: other }).ask({ kind: 'configure', settings: moved });
    assert.deepEqual(ownership.settings, [SETTINGS, other]);
    assert.equal(ownership.isConfigured, true);
    assert.deepEqual(
      [{ chainId: 1n }, { startBlock: 2 }, {}].map((change) =>
        ownership.isPinned({ ...SETTINGS, ...change }),
      ),
      [false, false, true],
    );
  });

  it('begins anew with another lock', () => {
    const { scene, ownership, present } = waiting();
    const next = signer(21);
    scene.scene.meet(next.address20);
    assert.deepEqual([present(), ownership.isPaired, ownership.settings], [[], false, []]);
    assert.deepEqual(ownership.lock20, next.address20);
    assert.equal(ownership.askedFor(CHALLENGE16), undefined);
    assert.ok(ownership.ever.has(hex(OWNER)), 'of whichever lock');
  });
});

describe('Ownership.isCertainVeto', () => {
  /** Whether a veto of this one is certain after something has happened to who waits. */
  function isCertain(by: Signer, act: (all: ReturnType<typeof play>) => void = () => {}, all = waiting()) {
    act(all);
    const { ownership } = all;
    const found: boolean[] = [];
    const heard = ownership.heard.bind(ownership);
    ownership.heard = (sight) => {
      if (sight.kind === 'asked' && sight.frame.kind === 'refuse')
        found.push(ownership.isCertainVeto(sight.frame));
      heard(sight);
    };
    all.scene.refuse(by, CHALLENGE16);
    assert.equal(found.length, 1);
    return found[0];
  }

  it('is that of the only owner, while somebody surely waits', () => {
    assert.equal(isCertain(OWNER), true);
    assert.equal(
      isCertain(OWNER, ({ scene }) => scene.pass(23)),
      true,
    );
  });

  it('is none of anybody else, nor once the day may be over', () => {
    assert.equal(isCertain(THIEF), false);
    assert.equal(isCertain(NEXT_OWNER), false);
    assert.equal(
      isCertain(OWNER, ({ scene }) => scene.pass(25)),
      false,
    );
  });

  it('is none where the lock may have another owner, or the mailbox has brought it before', () => {
    assert.equal(
      isCertain(OWNER, ({ scene }) => scene.scene.handOver()),
      false,
    );
    assert.equal(
      isCertain(OWNER, ({ scene }) => scene.scene.archive.vetoes.add(formatHex(CHALLENGE16))),
      false,
    );
    assert.equal(
      isCertain(OWNER, ({ ownership }) => ownership.stop(CHALLENGE16)),
      false,
    );
  });

  it('is none before the lock has said that anybody waits', () => {
    const asked = owned();
    asked.scene.askFor(NEXT_OWNER, CHALLENGE16).close();
    assert.equal(
      isCertain(OWNER, () => {}, asked),
      false,
    );
  });
});
