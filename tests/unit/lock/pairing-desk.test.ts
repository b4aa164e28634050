import assert from 'node:assert/strict';
import { addressOf } from '../../../firmware/crypto/address.js';
import { fromEvmSignature65 } from '../../../firmware/crypto/signature.js';
import { registrationDigest } from '../../../firmware/protocol/eip712.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { PAIRING_WINDOW_MS } from '../../../firmware/protocol/limits.js';
import { encodePairingFrame } from '../../../firmware/protocol/pairing.js';
import { LockWorld, settingsWith } from './fixture.js';
import { CHAIN_ID, engine, NOW, OWNER, REGISTRY, STRANGER } from './signer.js';

/** A lock whose button was just pressed, and a tool that has proved itself. */
function proven(world = new LockWorld().boot()): LockWorld {
  world.press();
  assert.ok(world.openPairing());
  return world;
}

const WRONG = new Uint8Array(16).fill(1);

describe('PairingDesk', () => {
  it('pins the owner and says so only once it is durable', () => {
    const world = proven();
    world.flashIsSlow = true;
    const before = world.pairingFrames.length;
    world.ask(world.pairRequest());
    assert.equal(world.pairingFrames.length, before);
    world.answerFlash();
    assert.equal(world.pairingFrames.length, before + 1);
    assert.ok(world.notices.some((notice) => notice.event === 'paired'));
    assert.deepEqual(world.lastReport().owner, OWNER.address);
    assert.equal(world.lastReport().epoch, 1);
  });

  it('needs a press of the button, and only for a while', () => {
    const world = new LockWorld().boot();
    assert.equal(world.openPairing(), false);
    assert.equal(world.pairingClosed, true);
    assert.deepEqual(world.pairingFrames, [{ kind: 'refused', reason: 'pairing-closed' }]);
    world.press();
    world.uptimeMs += PAIRING_WINDOW_MS - 1;
    assert.equal(world.openPairing(), true);
    world.uptimeMs += 1;
    assert.equal(world.openPairing(), false);
  });

  it('is closed by five wrong secrets until the next press', () => {
    const world = new LockWorld().boot();
    world.press();
    for (let i = 0; i < 4; i++) assert.equal(world.openPairing(WRONG), false);
    assert.equal(world.openPairing(), true);
    assert.equal(world.openPairing(WRONG), false);
    assert.equal(world.openPairing(), false);
    assert.equal(world.refusals().filter((reason) => reason === 'pairing-secret').length, 5);
    world.press();
    assert.equal(world.openPairing(), true);
  });

  it('draws another nonce for each session', () => {
    const world = new LockWorld().boot();
    world.press();
    const nonces = Array.from({ length: 10 }, () => {
      world.openPairing();
      const greeting = world.pairingFrames[0];
      assert.ok(greeting?.kind === 'greeting');
      return formatHex(greeting.nonce16);
    });
    assert.equal(new Set(nonces).size, 10);
    const next = world.reboot();
    next.press();
    next.openPairing();
    const greeting = next.pairingFrames[0];
    assert.ok(greeting?.kind === 'greeting' && !nonces.includes(formatHex(greeting.nonce16)));
  });

  it('pairs nobody twice, whoever asks', () => {
    const world = new LockWorld().boot().pair();
    for (const person of [STRANGER, OWNER]) {
      proven(world);
      const answer = world.ask(world.pairRequest(person));
      assert.deepEqual(answer, { kind: 'refused', reason: 'pairing-closed' });
      assert.equal(world.pairingClosed, true);
    }
    assert.deepEqual(world.reboot().reports().at(-1)?.report.owner, OWNER.address);
  });

  it('takes one of two owners that one tool sends at once', () => {
    const world = proven();
    const both = [world.seal(world.pairRequest(OWNER)), world.seal(world.pairRequest(STRANGER))];
    for (const bytes of both) world.give({ kind: 'pairing-received', bytes });
    assert.equal(world.notices.filter(({ event }) => event === 'paired').length, 1);
    assert.deepEqual(world.lastReport().owner, OWNER.address);
    const slow = proven();
    slow.flashIsSlow = true;
    slow.give({ kind: 'pairing-received', bytes: slow.seal(slow.pairRequest(OWNER)) });
    slow.give({ kind: 'pairing-received', bytes: slow.seal(slow.pairRequest(STRANGER)) });
    slow.answerFlash();
    assert.equal(slow.notices.filter(({ event }) => event === 'paired').length, 1);
  });

  it('pairs nobody with the zero address', () => {
    const world = proven();
    const nobody = { key: OWNER.key, address: new Uint8Array(20) };
    assert.deepEqual(world.ask(world.pairRequest(nobody)), { kind: 'refused', reason: 'pairing-frame' });
  });

  it('refuses settings that it could not read later, before anything is pinned', () => {
    const world = proven();
    const request = world.pairRequest();
    assert.ok(request.kind === 'pair');
    const settings = settingsWith({ texts: new Map([['time-zone', 'CET-1CEST']]) });
    const writes = world.writes;
    assert.deepEqual(world.ask({ ...request, settings }), { kind: 'refused', reason: 'setting' });
    assert.equal(world.writes, writes);
    assert.ok(world.openPairing());
    assert.equal(world.ask(request)?.kind, 'paired');
    proven(world);
    assert.deepEqual(world.ask({ kind: 'configure', settings }), { kind: 'refused', reason: 'setting' });
  });

  it('pairs nobody who is days ahead of an authenticated clock', () => {
    const world = proven();
    const request = world.pairRequest();
    assert.ok(request.kind === 'pair');
    const late = { ...request, ownerUnixSeconds: NOW + 2 * 86_400 };
    assert.deepEqual(world.ask(late), { kind: 'refused', reason: 'clock' });
    assert.equal(world.ask(request)?.kind, 'paired');
  });

  it('signs the registration of its pinned owner, for the deadline that was asked', () => {
    const world = proven(new LockWorld().boot().pair());
    const answer = world.ask({ kind: 'register', deadlineSeconds: NOW + 60 });
    assert.ok(answer?.kind === 'registration');
    const { signature64, recoveryId } = fromEvmSignature65(answer.signature65);
    const digest32 = registrationDigest(
      engine.keccak256,
      { chainId: CHAIN_ID, registry20: REGISTRY },
      { lock: world.lock, owner: OWNER.address, deadline: BigInt(NOW + 60) },
    );
    const signer = addressOf(engine, engine.recover(digest32, signature64, recoveryId));
    assert.deepEqual(signer, world.lock);
  });

  it('registers nobody before there is an owner', () => {
    const world = proven();
    assert.deepEqual(world.ask({ kind: 'register', deadlineSeconds: NOW }), {
      kind: 'refused',
      reason: 'unpaired',
    });
  });

  it('changes endpoints and texts, and nothing that is pinned', () => {
    const world = proven(new LockWorld().boot().pair());
    const settings = settingsWith({ endpoints: ['http://new.example/'], texts: new Map([['pins', 'x']]) });
    assert.deepEqual(world.ask({ kind: 'configure', settings }), { kind: 'configured' });
    world.pass(2_000);
    assert.equal(world.posts.at(-1)?.url, 'http://new.example/');
    for (const pinned of [{ chainId: CHAIN_ID + 1n }, { registry: new Uint8Array(20) }, { startBlock: 2 }]) {
      proven(world);
      const answer = world.ask({ kind: 'configure', settings: settingsWith(pinned) });
      assert.deepEqual(answer, { kind: 'refused', reason: 'pairing-closed' });
    }
    const unpaired = proven();
    assert.equal(unpaired.ask({ kind: 'configure', settings })?.kind, 'refused');
  });

  it('answers no session for what another has asked', () => {
    const world = proven(new LockWorld().boot().pair());
    world.flashIsSlow = true;
    const settings = settingsWith({ texts: new Map([['relock', '4']]) });
    world.give({ kind: 'pairing-received', bytes: world.seal({ kind: 'configure', settings }) });
    proven(world);
    const before = world.pairingFrames.length;
    for (let i = 0; i < 9; i++) world.answerFlash();
    assert.equal(world.pairingFrames.length, before);
    world.flashIsSlow = false;
    assert.deepEqual(world.ask({ kind: 'configure', settings }), { kind: 'configured' });
  });

  it('takes nothing outside a session', () => {
    const world = proven();
    const request = world.seal(world.pairRequest());
    world.give({ kind: 'pairing-closed' });
    world.give({ kind: 'pairing-received', bytes: request });
    assert.equal(
      world.notices.some(({ event }) => event === 'paired'),
      false,
    );
    const hello = encodePairingFrame({ kind: 'hello', nonce16: new Uint8Array(16) });
    const before = world.pairingFrames.length;
    world.give({ kind: 'pairing-received', bytes: hello });
    assert.equal(world.pairingFrames.length, before);
  });

  it('moves no bolt at a press before there is an owner', () => {
    const world = proven();
    assert.deepEqual(world.driven, []);
  });
});
