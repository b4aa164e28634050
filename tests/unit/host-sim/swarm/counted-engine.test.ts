import assert from 'node:assert/strict';
import { addressOf } from '../../../../firmware/crypto/address.js';
import { chooseHostEngine } from '../../../../host-sim/engines/host-engine.js';
import { countEngine } from '../../../../host-sim/swarm/counted-engine.js';
import { signer } from '../world/people.js';

const { key32, address20 } = signer(1);
const DIGEST32 = new Uint8Array(32).fill(7);

describe('countEngine', () => {
  it('counts what is asked of the curve, and no hashes', () => {
    const { engine, count } = countEngine(chooseHostEngine('libsecp256k1', () => {}));
    const counts: number[] = [];
    const noting = <Result>(result: Result): Result => {
      counts.push(count());
      return result;
    };
    const publicKey33 = noting(engine.publicKey(key32));
    const { signature64, recoveryId } = noting(engine.signRecoverable(DIGEST32, key32));
    const publicKey65 = noting(engine.recover(DIGEST32, signature64, recoveryId));
    assert.deepEqual(addressOf(engine, publicKey65), address20);
    assert.equal(noting(engine.verify(DIGEST32, signature64, publicKey33)), true);
    engine.keccak256(DIGEST32);
    engine.sha256(DIGEST32);
    noting(engine.hmacSha256(DIGEST32, DIGEST32));
    // A guarded engine looks at each signature of its own before it gives it away.
    assert.deepEqual(counts, [1, 3, 4, 5, 5]);
  });

  it('counts each engine apart', () => {
    const raw = chooseHostEngine('libsecp256k1', () => {});
    const [one, other] = [countEngine(raw), countEngine(raw)];
    one.engine.publicKey(key32);
    assert.deepEqual([one.count(), other.count()], [1, 0]);
  });
});
