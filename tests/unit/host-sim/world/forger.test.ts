import assert from 'node:assert/strict';
import { examineTransaction } from '../../../../firmware/lock/examiner.js';
import { equalBytes } from '../../../../firmware/protocol/bytes.js';
import { parseHex } from '../../../../firmware/protocol/hex.js';
import { FORGED_LIES, Forger } from '../../../../host-sim/world/forger.js';
import { Prng } from '../../../../host-sim/world/prng.js';
import { ENGINE, signer } from './people.js';

const THIEF = signer(9);
const TARGET = {
  chainId: 31_337n,
  registry20: new Uint8Array(20).fill(0x11),
  lock20: new Uint8Array(20).fill(0x4c),
  owner20: signer(1).address20,
  epoch: 1,
};
const DOMAIN = { chainId: TARGET.chainId, registry20: TARGET.registry20, lock20: TARGET.lock20 };
const forger = () => new Forger(ENGINE, new Prng(1, 'forger'), THIEF);

describe('Forger', () => {
  it('tells every lie without the owner’s key', () => {
    assert.ok(FORGED_LIES.length >= 20, `${FORGED_LIES.length} lies`);
    for (const lie of FORGED_LIES) {
      const { hash, json } = forger().forge(lie, TARGET, 1_900_000_000);
      const examination = examineTransaction(ENGINE, DOMAIN, parseHex(hash, 32), json);
      // What passes the examination was truly signed, and not by the owner.
      const isOwners = examination.ok && equalBytes(examination.signed.by, TARGET.owner20);
      assert.equal(isOwners, false, lie);
    }
  });

  it('forges the same from the same seed, and another each time', () => {
    const [one, other] = [forger(), forger()];
    const hashOf = (who: Forger) => who.forge('stranger-order', TARGET, 1_900_000_000).hash;
    const first = hashOf(one);
    assert.equal(hashOf(other), first);
    assert.notEqual(hashOf(one), first);
  });

  it('makes the twin of a real signature under the real hash', () => {
    const real = forger().forge('stranger-order', TARGET, 1_900_000_000).json;
    assert.ok(real);
    const twin = forger().forge('high-s', TARGET, 1_900_000_000, real);
    assert.equal(twin.hash, real['hash']);
    assert.notEqual(twin.json?.['s'], real['s']);
  });
});
