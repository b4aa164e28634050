import { createPublicKey, verify } from 'node:crypto';
import { addressOf } from '../../firmware/crypto/address.js';
import { decompressPublicKey } from '../../firmware/crypto/curve.js';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { signReport, verifyReport } from '../../firmware/crypto/report.js';
import { recoverSender, transactionHash } from '../../firmware/crypto/sender.js';
import { equalBytes } from '../../firmware/protocol/bytes.js';
import { decodeCommand } from '../../firmware/protocol/command.js';
import { parseHex } from '../../firmware/protocol/hex.js';
import { transactionFromRpc } from '../../firmware/protocol/transaction.js';
import type { ToggleRun } from './toggles.js';
import { lockExchange } from './wire-bytes.js';

/** How often a second this computer does each of it, on one core: the best of some slices, as others work here too. */
export interface SpeedFigures {
  readonly nobleRecover: number;
  readonly nobleVerify: number;
  readonly opensslVerify: number;
  /** From a node's JSON to who signed what: the lock's whole examination, all of it but the verdict on the sender. */
  readonly commandExamined: number;
  readonly reportSigned: number;
  readonly reportVerified: number;
}

const SLICES = 5;
const SLICE_MS = 100;
const WARM_UP = 3;

/** Times the cryptography on the transactions and reports of a run that has been. @throws Error where a check fails */
export function measureSpeed(run: Pick<ToggleRun, 'lockExchanges' | 'reports' | 'domain'>): SpeedFigures {
  const engine = guardEngine(createNobleEngine());
  const secret32 = engine.keccak256(Uint8Array.of(1));
  const publicKey33 = engine.publicKey(secret32);
  const message = Uint8Array.of(1, 2, 3);
  const digest32 = engine.sha256(message);
  const { signature64, recoveryId } = engine.signRecoverable(digest32, secret32);
  const openssl = opensslKey(publicKey33);
  const own20 = addressOf(engine, publicKey33);
  const cose = run.reports.at(-1);
  if (!cose) throw new Error('the lock has signed no report');
  const { report } = verifyReport(engine, cose);
  return {
    nobleRecover: perSecond(() => engine.recover(digest32, signature64, recoveryId).length === 65),
    nobleVerify: perSecond(() => engine.verify(digest32, signature64, publicKey33)),
    opensslVerify: perSecond(() =>
      verify('sha256', message, { key: openssl, dsaEncoding: 'ieee-p1363' }, signature64),
    ),
    commandExamined: perSecond(examination(run)),
    reportSigned: perSecond(() => signReport(engine, secret32, own20, report).cose.length > 0),
    reportVerified: perSecond(() => verifyReport(engine, cose).report.seq === report.seq),
  };
}

/** The steps of the lock's `examineTransaction`, in its order; the lock's own folder is not for tools. */
function examination({ lockExchanges, domain }: Pick<ToggleRun, 'lockExchanges' | 'domain'>): () => boolean {
  const engine = guardEngine(createNobleEngine());
  const fetched = lockExchanges.map(lockExchange).find(({ kind }) => kind === 'transaction');
  if (fetched?.kind !== 'transaction') throw new Error('the lock has fetched no transaction');
  const asked = parseHex(fetched.hash, 32);
  const json = (JSON.parse(fetched.exchange.down.body) as { result: unknown }).result;
  return () => {
    const transaction = transactionFromRpc(json);
    return (
      equalBytes(transaction.to, domain.registry20) &&
      transaction.chainId === domain.chainId &&
      decodeCommand(transaction.data, domain.lock20).kind === 'order' &&
      equalBytes(transactionHash(engine, transaction), asked) &&
      equalBytes(recoverSender(engine, transaction), domain.owner20)
    );
  };
}

function opensslKey(publicKey33: Uint8Array) {
  const point = decompressPublicKey(publicKey33);
  const coordinate = (from: number) => Buffer.from(point.subarray(from, from + 32)).toString('base64url');
  const key = { kty: 'EC', crv: 'secp256k1', x: coordinate(1), y: coordinate(33) };
  return createPublicKey({ key, format: 'jwk' });
}

/** @throws Error where the work does not do what it should: a fast wrong answer is no figure */
function perSecond(work: () => boolean): number {
  const once = () => {
    if (!work()) throw new Error('a check that must hold has failed');
  };
  for (let i = 0; i < WARM_UP; i++) once();
  let best = 0;
  for (let slice = 0; slice < SLICES; slice++) {
    const startMs = performance.now();
    let count = 0;
    let elapsedMs = 0;
    while (elapsedMs < SLICE_MS) {
      once();
      count++;
      elapsedMs = performance.now() - startMs;
    }
    best = Math.max(best, (count * 1_000) / elapsedMs);
  }
  return Math.round(best);
}
