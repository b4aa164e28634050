import {
  type Address,
  BaseError,
  decodeErrorResult,
  type Hex,
  HttpRequestError,
  InsufficientFundsError,
  TimeoutError,
} from 'viem';
import { LOCK_REGISTRY_ABI } from '../../contracts/generated/lock-registry.js';
import { EXIT_CODES, Failure, messageOf } from './owner/failure.js';

/** What the registry's own errors mean to a person, and what to do next. */
const REVERTS: Readonly<Record<string, string>> = Object.freeze({
  NotOwner: "this key is not the lock's owner: say the owner's key with --key",
  NoRight: "this key has no right to that: ask the lock's owner for a grant",
  OutsideWindow: 'the grant of this key has not begun or is over: ask the owner for another',
  WrongEpoch: 'the lock has changed its owner meanwhile: run latchkey status',
  NotAfterPassed: "the order is over by the chain's clock: is the clock of this computer right?",
  NotAfterTooFar: "the order ends too far ahead by the chain's clock: is the clock of this computer right?",
  DeadlinePassed: "the device's consent is over: run latchkey register again",
  DeadlineTooFar: "the device's consent ends too far ahead: is the clock of this computer right?",
  InvalidDeviceSignature:
    "the device's consent is for another owner, registry or chain: pair with the same key again",
  TokenAlreadyExists: 'the lock is registered already: latchkey status shows its owner',
  TokenDoesNotExist: 'the lock is not registered there: run latchkey register',
  StaleSerial: 'a later grant or revocation is on the chain already: look at latchkey guests',
  SerialTooFar: 'the serial lies over a day ahead: is the clock of this computer right?',
  WrongNewEpoch: 'the lock has changed its owner meanwhile: run latchkey status',
  WrongLockEpoch: "the lock's epoch is not below the new one: run latchkey status",
});

/**
 * Says in one line what a node or the registry answered, and what to do next.
 * @param from - who would have paid
 */
export function explainChainError(error: unknown, rpcUrl: string, from?: Address): Failure {
  if (error instanceof Failure) return error;
  const { origin } = new URL(rpcUrl);
  if (!(error instanceof BaseError)) return new Failure(EXIT_CODES.network, `${origin}: ${messageOf(error)}`);
  const is = (kind: new (...args: never[]) => Error) => error.walk((cause) => cause instanceof kind) !== null;
  if (is(InsufficientFundsError) || /insufficient funds/i.test(error.message))
    return new Failure(
      EXIT_CODES.failed,
      `${from ?? 'the key'} has no funds for gas: send it coins of this chain`,
    );
  const revert = revertName(error);
  if (revert !== undefined)
    return new Failure(EXIT_CODES.failed, REVERTS[revert] ?? `the registry refuses it: ${revert}`);
  if (is(TimeoutError))
    return new Failure(
      EXIT_CODES.network,
      `${origin} did not answer in time: try again, or say another --rpc`,
    );
  if (is(HttpRequestError))
    return new Failure(
      EXIT_CODES.network,
      `no JSON-RPC node answers at ${origin}: is it running, is --rpc right?`,
    );
  return new Failure(EXIT_CODES.network, `${origin}: ${messageOf(error).replaceAll(/\s+/g, ' ')}`);
}

/** The name of the registry's error, where the node tells its bytes. */
function revertName(error: BaseError): string | undefined {
  let name: string | undefined;
  error.walk((cause) => {
    const data = dataOf(cause);
    if (name !== undefined || data === undefined) return false;
    try {
      name = decodeErrorResult({ abi: LOCK_REGISTRY_ABI, data }).errorName;
    } catch {
      // Bytes that are no error of the registry.
    }
    return false;
  });
  return name;
}

function dataOf(cause: unknown): Hex | undefined {
  const data = (cause as { data?: unknown } | null)?.data;
  const inner = typeof data === 'object' && data !== null ? (data as { data?: unknown }).data : data;
  return typeof inner === 'string' && /^0x[0-9a-f]{8,}$/i.test(inner) ? (inner as Hex) : undefined;
}
