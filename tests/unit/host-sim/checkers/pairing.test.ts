import assert from 'node:assert/strict';
import { pairing } from '../../../../host-sim/checkers/pairing.js';
import { NODE, PairingScene, SETTINGS } from './pairing-scene.js';
import { NEXT_OWNER, OWNER } from './scene.js';

const WRONG32 = new Uint8Array(32);
const ask = (url: string) =>
  ({
    kind: 'http-post',
    id: 1,
    url,
    body: new Uint8Array(0),
    contentType: 'application/json',
    timeoutMs: 1,
    bodyBytesMax: 1,
  }) as const;

describe('pairing', () => {
  it('lets a tool with the secret be answered after a press', () => {
    const scene = new PairingScene(pairing).pair().report(OWNER).output(ask(NODE));
    scene.enter().ask({ kind: 'register', deadlineSeconds: 5 }).register(OWNER, 5).close();
    assert.deepEqual(scene.found, []);
  });

  it('finds a greeting without a press, or after one of long ago', () => {
    const never = new PairingScene(pairing).open().greet();
    assert.match(never.found.join(), /nobody has pressed/);
    const late = new PairingScene(pairing).press();
    late.scene.pass(120);
    assert.match(late.open().greet().found.join(), /nobody has pressed/);
    const inTime = new PairingScene(pairing).press();
    inTime.scene.pass(119);
    assert.deepEqual(inTime.open().greet().found, []);
  });

  it('finds a proof or an answer for a tool that has not proved the secret', () => {
    const proof = new PairingScene(pairing).press().open().greet().prove(WRONG32).lockProves();
    assert.match(proof.found.join(), /proves itself/);
    const answer = new PairingScene(pairing).press().open().greet().prove(WRONG32);
    assert.match(answer.answer({ kind: 'configured' }).found.join(), /has not proved the secret/);
  });

  it('finds an answer that nobody asked for', () => {
    const scene = new PairingScene(pairing).enter().answer({ kind: 'configured' });
    assert.match(scene.found.join(), /no true request/);
  });

  it('finds a sixth guess of one press', () => {
    const scene = new PairingScene(pairing).press();
    for (let i = 0; i < 5; i++) scene.open().greet().prove(WRONG32).close();
    assert.deepEqual(scene.found, []);
    assert.match(scene.open().greet().found.join(), /after 5 wrong secrets/);
  });

  it('finds a registration for somebody else, or for no deadline that was asked', () => {
    const scene = new PairingScene(pairing).pair().enter().ask({ kind: 'register', deadlineSeconds: 5 });
    assert.match(scene.register(NEXT_OWNER, 5).found.join(), /not its owner/);
    const other = new PairingScene(pairing).pair().enter().ask({ kind: 'register', deadlineSeconds: 5 });
    assert.match(other.register(OWNER, 6).found.join(), /not its owner/);
  });

  it('finds a node, a chain or a registry of which nobody told the lock who may', () => {
    const scene = new PairingScene(pairing).pair().output(ask('http://thief.example/'));
    assert.match(scene.found.join(), /nobody who may has told it/);
    const pinned = new PairingScene(pairing)
      .pair()
      .report(OWNER, { domainDigest8: new Uint8Array(8).fill(1) });
    assert.match(pinned.found.join(), /nobody who may has pinned/);
    const moved = new PairingScene(pairing).pair().enter();
    moved.ask({ kind: 'configure', settings: { ...SETTINGS, startBlock: 2 } }).answer({ kind: 'configured' });
    assert.match(moved.found.join(), /than it was paired with/);
    const told = new PairingScene(pairing).pair().enter();
    told.ask({ kind: 'configure', settings: { ...SETTINGS, endpoints: ['http://other.example/'] } });
    assert.deepEqual(told.output(ask('http://other.example/')).found, []);
  });
});
