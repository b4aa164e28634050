import type { CryptoEngine } from '../../crypto/engine.js';
import { examineTransaction } from '../../lock/examiner.js';
import { encodeLockState, FIRST_STATE } from '../../lock/lock-state.js';
import { asciiBytes } from '../../protocol/bytes.js';
import { decodeCommand } from '../../protocol/command.js';
import { encodeProtectedHeader, encodeSign1, sigStructure } from '../../protocol/cose.js';
import { InvariantError } from '../../protocol/errors.js';
import { parseHex } from '../../protocol/hex.js';
import { decodeRpcAnswer, decodeRpcBatchAnswer } from '../../protocol/json-rpc.js';
import { HTTP_BODY_BYTES_MAX } from '../../protocol/limits.js';
import { encodeReportPayload, readReport } from '../../protocol/report.js';
import { signedPayload, signingPayload, transactionFromRpc } from '../../protocol/transaction.js';
import type { StoryInput } from './story-input.js';

/**
 * Counts the parts of a command and of a report that are not the engine's, each for itself.
 * @param cose - a report of this lock
 * @param count - runs a part and gives its instructions
 */
export function measureFunctions(
  engine: CryptoEngine,
  input: StoryInput,
  cose: Uint8Array | undefined,
  count: (run: () => void) => number,
): Record<string, number> {
  if (cose === undefined) throw new InvariantError('no report was signed');
  const body = asciiBytes(input.lock.transaction);
  const idle = asciiBytes(input.bodies.idle);
  const answer = decodeRpcAnswer(body, 1, HTTP_BODY_BYTES_MAX);
  if (!answer.ok) throw answer.error;
  const transaction = transactionFromRpc(answer.result);
  const { lock20, signature64, report } = readReport(cose);
  const domain = { chainId: transaction.chainId, registry20: transaction.to, lock20 };
  const asked = engine.keccak256(signedPayload(transaction));
  const protectedHeader = encodeProtectedHeader(lock20);
  const payload = encodeReportPayload(report);
  const digest = engine.sha256(payload);
  return {
    'JSON of a transaction': count(() => decodeRpcAnswer(body, 1, HTTP_BODY_BYTES_MAX)),
    'JSON of an idle batch': count(() => decodeRpcBatchAnswer(idle, 1, 2, HTTP_BODY_BYTES_MAX)),
    'fields of a transaction': count(() => transactionFromRpc(answer.result)),
    'RLP, signed': count(() => signedPayload(transaction)),
    'RLP, to sign': count(() => signingPayload(transaction)),
    'calldata of an order': count(() => decodeCommand(transaction.data, lock20)),
    'examining a transaction': count(() => examineTransaction(engine, domain, asked, answer.result)),
    'CBOR of a lock state': count(() => encodeLockState(FIRST_STATE)),
    'CBOR of a report': count(() => encodeReportPayload(report)),
    Sig_structure: count(() => sigStructure(protectedHeader, payload)),
    COSE_Sign1: count(() => encodeSign1({ protectedHeader, payload, signature64 })),
    'signing a digest': count(() => engine.signRecoverable(digest, parseHex(input.secretKey, 32))),
    'keccak-256 of 32 bytes': count(() => engine.keccak256(digest)),
    'SHA-256 of 32 bytes': count(() => engine.sha256(digest)),
  };
}
