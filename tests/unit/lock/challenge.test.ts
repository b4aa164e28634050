import assert from 'node:assert/strict';
import { Challenge } from '../../../firmware/lock/challenge.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { engine } from './signer.js';

const KEY = new Uint8Array(32).fill(7);
const STUCK = new Uint8Array(32).fill(1);

function values(purpose: 'order' | 'pairing', bootCount: number, entropy32 = STUCK, key = KEY): string[] {
  const challenge = new Challenge(engine, purpose, key, bootCount, entropy32);
  const drawn = [formatHex(challenge.current16)];
  for (let i = 0; i < 20; i++) drawn.push(formatHex(challenge.renew()));
  return drawn;
}

describe('Challenge', () => {
  it('repeats nothing over renewals, boots and purposes, though the random numbers are stuck', () => {
    const all = [1, 2, 3].flatMap((boot) => [...values('order', boot), ...values('pairing', boot)]);
    assert.equal(new Set(all).size, all.length);
    assert.equal(all[0]?.length, 2 + 32);
  });

  it('repeats nothing where only the boot count is stuck', () => {
    const all = [1, 2].flatMap((byte) => values('order', 1, new Uint8Array(32).fill(byte)));
    assert.equal(new Set(all).size, all.length);
  });

  it('cannot be foretold without the device’s secret', () => {
    const [first] = values('order', 1);
    const [guessed] = values('order', 1, STUCK, new Uint8Array(32).fill(8));
    assert.notEqual(first, guessed);
  });

  it('stays what it is until it is renewed', () => {
    const challenge = new Challenge(engine, 'order', KEY, 1, STUCK);
    const before = formatHex(challenge.current16);
    assert.equal(formatHex(challenge.current16), before);
    assert.notEqual(formatHex(challenge.renew()), before);
  });
});
