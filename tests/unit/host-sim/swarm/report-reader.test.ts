import assert from 'node:assert/strict';
import { addressOf } from '../../../../firmware/crypto/address.js';
import { signReport, verifyReport } from '../../../../firmware/crypto/report.js';
import { DecodeError } from '../../../../firmware/protocol/errors.js';
import { chooseHostEngine } from '../../../../host-sim/engines/host-engine.js';
import { ReportReader } from '../../../../host-sim/swarm/report-reader.js';
import { worldEngine } from '../../../../host-sim/swarm/world-engine.js';
import { reportOf } from '../report-of.js';
import { signer } from '../world/people.js';

const ENGINE = worldEngine(chooseHostEngine('libsecp256k1', () => {}));
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

function coseOf(name: number, seq: number): Uint8Array {
  const { key32 } = signer(name);
  return signReport(ENGINE, key32, addressOf(ENGINE, ENGINE.publicKey(key32)), reportOf(seq)).cose;
}

/** The same signature with the other s, which verifies as well where nobody asks for the low one. */
function withHighS(cose: Uint8Array): Uint8Array {
  const twin = cose.slice();
  const at = twin.length - 32;
  const s = BigInt(`0x${Buffer.from(cose.subarray(at)).toString('hex')}`);
  twin.set(Buffer.from((ORDER - s).toString(16).padStart(64, '0'), 'hex'), at);
  return twin;
}

function codeOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
  return 'none';
}

describe('ReportReader', () => {
  it('reads what verifyReport reads, of a lock that it knows and of another', () => {
    const reader = new ReportReader(ENGINE);
    for (const name of [4, 4, 5, 4, 5, 5])
      for (let seq = 1; seq <= 6; seq++) {
        const cose = coseOf(name, seq);
        assert.deepEqual(reader.read(cose), verifyReport(ENGINE, cose));
      }
  });

  it('recovers no key of a lock that it knows', () => {
    let recovered = 0;
    const reader = new ReportReader({
      ...ENGINE,
      recover: (...args) => {
        recovered++;
        return ENGINE.recover(...args);
      },
    });
    reader.read(coseOf(4, 1));
    assert.ok(recovered > 0);
    recovered = 0;
    reader.read(coseOf(4, 2));
    assert.equal(recovered, 0);
  });

  it('refuses what verifyReport refuses, of a lock that it knows too', () => {
    const good = coseOf(4, 1);
    const bads = [withHighS(good), good.slice(0, -1)];
    for (const at of [30, good.length - 80, good.length - 40, good.length - 1]) {
      const bad = good.slice();
      bad[at] = (bad[at] ?? 0) ^ 1;
      bads.push(bad);
    }
    const reader = new ReportReader(ENGINE);
    reader.read(good);
    for (const [i, bad] of bads.entries()) {
      const code = codeOf(() => verifyReport(ENGINE, bad));
      assert.notEqual(code, 'none', `alteration ${i}`);
      assert.equal(
        codeOf(() => reader.read(bad)),
        code,
        `alteration ${i}`,
      );
    }
  });
});
