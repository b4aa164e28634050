import assert from 'node:assert/strict';
import { concatBytes } from '../../../firmware/protocol/bytes.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { ADOPTION_HOURS } from '../../../firmware/protocol/limits.js';
import { decodePairingFrame } from '../../../firmware/protocol/pairing.js';
import { ALARM } from '../../../firmware/protocol/report.js';
import {
  adopt,
  assertOwner,
  BUYER,
  challengeOf,
  DEVICE,
  DOMAIN,
  enter,
  hours,
  owned,
  postVeto,
  signAdopt,
  signRefuse,
  waitingOf,
} from './adopter.js';
import type { LockWorld } from './fixture.js';
import { OWNER, STRANGER } from './signer.js';

describe('a veto', () => {
  const waiting = () => {
    const world = owned();
    const answer = adopt(world);
    assert.ok(answer?.kind === 'adoption');
    return { world, challenge16: answer.challenge16 };
  };
  const assertStopped = (world: LockWorld) => {
    const told = world.reports().findLast(({ report }) => report.cause === 'adoption')?.report;
    assert.deepEqual([told?.owner, told?.epoch, told?.adoption], [OWNER.address, 1, undefined]);
    assert.equal((told?.alarms ?? 0) & ALARM.adoption, 0);
    assertOwner(hours(world, 30), OWNER, 1);
  };

  it('ends it over the pairing channel', () => {
    const { world, challenge16 } = waiting();
    enter(world);
    const signature65 = signRefuse(world.lock, challenge16);
    assert.deepEqual(world.ask({ kind: 'refuse', challenge16, signature65 }), {
      kind: 'stopped',
      challenge16,
    });
    assert.ok(world.pairingClosed);
    assert.equal(world.openPairing(), false, 'the press has served');
    assertStopped(world);
  });

  it('ends it through the registry’s mailbox, whoever has paid', () => {
    const { world, challenge16 } = waiting();
    hours(world, 2);
    postVeto(world, challenge16, signRefuse(world.lock, challenge16));
    hours(world, 0.3);
    assertStopped(world);
  });

  it('is found after a power cut too', () => {
    const { world, challenge16 } = waiting();
    postVeto(world, challenge16, signRefuse(world.lock, challenge16));
    world.head += 500;
    const next = hours(world.reboot({ device: DEVICE }), 0.3);
    assert.equal(next.lastReport().adoption, undefined);
    // Nobody has opened a session in this boot, so none is closed.
    assert.ok(next.refusals().includes('vetoed'));
    assertOwner(hours(next, 30), OWNER, 1);
  });

  it('is looked for again where flash has refused what it changes', () => {
    const { world, challenge16 } = waiting();
    postVeto(world, challenge16, signRefuse(world.lock, challenge16));
    world.flashFails = true;
    hours(world, 0.3);
    assert.ok(world.refusals().includes('storage'));
    world.flashFails = false;
    assertStopped(hours(world, 0.3));
  });

  it('is nobody else’s, of no other lock, chain or challenge', () => {
    const { world, challenge16 } = waiting();
    const others = [
      signRefuse(world.lock, challenge16, BUYER),
      signRefuse(world.lock, challenge16, STRANGER),
      signRefuse(new Uint8Array(20).fill(1), challenge16),
      signRefuse(world.lock, new Uint8Array(16)),
      signRefuse(world.lock, challenge16, OWNER, { ...DOMAIN, chainId: 1n }),
      signRefuse(world.lock, challenge16).subarray(1),
      new Uint8Array(0),
      new Uint8Array(512).fill(7),
    ];
    for (const envelope of others) postVeto(world, challenge16, envelope);
    hours(world, 1);
    for (const signature65 of others.filter(({ length }) => length === 65)) {
      enter(world);
      const answer = world.ask({ kind: 'refuse', challenge16, signature65 });
      assert.deepEqual(answer, { kind: 'refused', reason: 'adoption' });
    }
    assert.deepEqual(waitingOf(world)?.challenge16, challenge16);
    // The true one is found among them.
    postVeto(world, challenge16, signRefuse(world.lock, challenge16));
    hours(world, 0.5);
    assertStopped(world);
  });

  it('tells whoever came meanwhile that it was stopped, not that they have stopped it', () => {
    const { world, challenge16 } = waiting();
    enter(world);
    world.flashIsSlow = true;
    const veto = { kind: 'refuse', challenge16, signature65: signRefuse(world.lock, challenge16) } as const;
    world.give({ kind: 'pairing-received', bytes: world.seal(veto) });
    enter(world);
    world.answerFlash();
    world.flashIsSlow = false;
    const last = world.pairingFrames.at(-1);
    assert.ok(last?.kind === 'sealed');
    assert.deepEqual(decodePairingFrame(last.inner), { kind: 'refused', reason: 'vetoed' });
    assert.ok(world.pairingClosed);
  });

  it('needs a new press and a new signature from whom it has stopped', () => {
    const world = owned();
    enter(world);
    const frame = signAdopt(world.lock, challengeOf(world));
    assert.equal(world.ask(frame)?.kind, 'adoption');
    const { challenge16 } = waitingOf(world) ?? assert.fail();
    const next = { kind: 'ask' } as const;
    postVeto(world, challenge16, signRefuse(world.lock, challenge16));
    hours(world, 0.3);
    assert.ok(world.pairingClosed);
    assert.ok(world.refusals().includes('vetoed'));
    const sent = world.pairingFrames.length;
    world.ask(next);
    assert.equal(world.pairingFrames.length, sent, 'the session is over');
    enter(world);
    challengeOf(world);
    assert.deepEqual(world.ask(frame), { kind: 'refused', reason: 'adoption' });
    assert.equal(adopt(world)?.kind, 'adoption');
    // The dead challenge stops nothing any more, and adopts nobody.
    enter(world);
    const old = { kind: 'refuse', challenge16, signature65: signRefuse(world.lock, challenge16) } as const;
    assert.deepEqual(world.ask(old), { kind: 'refused', reason: 'adoption' });
    assertOwner(hours(world, 25), BUYER, 2);
  });

  it('comes too late for one that the pinned owner has agreed to', () => {
    const { world, challenge16 } = waiting();
    hours(world, ADOPTION_HOURS + 0.2);
    postVeto(world, challenge16, signRefuse(world.lock, challenge16));
    assertOwner(hours(world, 2), BUYER, 2);
  });

  it('is asked for while an adoption waits and never else', () => {
    const asked = (world: LockWorld) => {
      const bodies = world.posts.map(({ body }) => new TextDecoder().decode(body));
      const word = formatHex(concatBytes(new Uint8Array(12), world.lock)).slice(2);
      return bodies.filter((body) => body.includes('eth_getLogs') && !body.includes(word)).length;
    };
    const world = hours(owned(), 5);
    assert.equal(asked(world), 0);
    adopt(world);
    hours(world, 5);
    const while5Hours = asked(world);
    assert.ok(while5Hours >= 20, `${while5Hours}`);
    hours(world, 20);
    const before = asked(world);
    hours(world, 5);
    assert.equal(asked(world), before);
  });
});
