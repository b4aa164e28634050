import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { bytesToHex, type Hex } from 'viem';
import { privateKeyToAccount, sign } from 'viem/accounts';
import { concatBytes } from '../../firmware/protocol/bytes.js';
import { encodeProtectedHeader, encodeSign1, sigStructure } from '../../firmware/protocol/cose.js';
import { parseHex } from '../../firmware/protocol/hex.js';
import { type Anvil, startAnvil } from './anvil.js';
import { ReportVerifier } from './report-verifier.js';

const KEY: Hex = '0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318';
const LOCK = privateKeyToAccount(KEY).address.toLowerCase();

const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** Execution, without calldata and the base of a transaction. */
const GAS_MAX = 6_620;

describe('ReportSignature.signerOf', function () {
  this.timeout(60_000);
  let anvil: Anvil;
  let verifier: ReportVerifier;

  before(async () => {
    anvil = await startAnvil();
    verifier = new ReportVerifier(anvil.rpcUrl);
  });
  after(() => anvil.stop());

  /** Signed by viem, framed by the firmware's codec. */
  async function report(payload: Uint8Array, key: Hex = KEY, kid = LOCK) {
    const protectedHeader = encodeProtectedHeader(parseHex(kid, 20));
    const digest = createHash('sha256').update(sigStructure(protectedHeader, payload)).digest('hex');
    const { r, s, yParity } = await sign({ hash: `0x${digest}`, privateKey: key });
    const signature64 = concatBytes(parseHex(r, 32), parseHex(s, 32));
    return { cose: encodeSign1({ protectedHeader, payload, signature64 }), v: 27 + (yParity ?? 0) };
  }

  it('names the lock that signed, for every size of a payload from 24 bytes on', async () => {
    for (const size of [24, 25, 168, 255, 256, 257, 511, 1_024, 16_000]) {
      const { cose, v } = await report(randomBytes(size));
      const answer = await verifier.checkWith(cose, v);
      assert.ok(answer !== 'refused' && answer.lock === LOCK, `${size} bytes: ${JSON.stringify(answer)}`);
    }
  });

  it(`costs at most ${GAS_MAX} gas of execution for a receipt of 201 bytes of payload`, async () => {
    const { cose, v } = await report(randomBytes(201));
    const answer = await verifier.checkWith(cose, v);
    assert.ok(answer !== 'refused' && answer.gasUsed <= GAS_MAX, JSON.stringify(answer));
  });

  it('refuses the other v and those that are none', async () => {
    const { cose, v } = await report(randomBytes(200));
    for (const wrong of [55 - v, 0, 1, 26, 29, 255])
      assert.equal(await verifier.checkWith(cose, wrong), 'refused', `v ${wrong}`);
  });

  it('refuses another signer than the header names, and a header of zeros', async () => {
    const stranger: Hex = `0x${'11'.repeat(32)}`;
    assert.equal(await verifier.check((await report(randomBytes(200), stranger)).cose), 'refused');
    const { cose } = await report(randomBytes(200), KEY, `0x${'00'.repeat(20)}`);
    assert.equal(await verifier.check(cose), 'refused');
    // No key at all: ecrecover answers zero, which is what the header names.
    cose.fill(0xff, -64, -32);
    assert.equal(await verifier.check(cose), 'refused');
  });

  it('refuses the high-S twin', async () => {
    const { cose, v } = await report(randomBytes(200));
    const twin = (CURVE_ORDER - BigInt(bytesToHex(cose.slice(-32)))).toString(16).padStart(64, '0');
    const high = concatBytes(cose.slice(0, -32), parseHex(`0x${twin}`, 32));
    assert.equal(await verifier.checkWith(high, 55 - v), 'refused');
  });

  it('refuses a report in which any one byte was changed', async () => {
    const { cose } = await report(randomBytes(40));
    for (let at = 0; at < cose.length; at++) {
      const changed = cose.slice();
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      assert.equal(await verifier.check(changed), 'refused', `byte ${at}`);
    }
  });

  it('refuses a report cut at any byte, and one with a byte more', async () => {
    const { cose } = await report(randomBytes(40));
    for (let size = 0; size < cose.length; size++)
      assert.equal(await verifier.check(cose.slice(0, size)), 'refused', `${size} bytes`);
    assert.equal(await verifier.check(concatBytes(cose, Uint8Array.of(0))), 'refused');
  });

  it('refuses a payload whose length is not in the shortest form', async () => {
    const protectedHeader = encodeProtectedHeader(parseHex(LOCK, 20));
    const payload = randomBytes(40);
    const head = Buffer.from('846a5369676e617475726531581a', 'hex');
    const longer = Buffer.concat([Buffer.of(0x59, 0, 40), payload]);
    const signed = Buffer.concat([head, protectedHeader, Buffer.of(0x40), longer]);
    const digest = createHash('sha256').update(signed).digest('hex');
    const { r, s, yParity } = await sign({ hash: `0x${digest}`, privateKey: KEY });
    const start = Buffer.concat([
      Buffer.from('d284581a', 'hex'),
      protectedHeader,
      Buffer.of(0xa0),
      longer,
      Buffer.of(0x58, 0x40),
    ]);
    const cose = concatBytes(start, parseHex(r, 32), parseHex(s, 32));
    assert.equal(await verifier.checkWith(cose, 27 + (yParity ?? 0)), 'refused');
  });
});
