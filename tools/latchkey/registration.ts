import { type Address, decodeFunctionData, encodeFunctionData, type Hex, type LocalAccount } from 'viem';
import { LOCK_REGISTRY_ABI } from '../../contracts/generated/lock-registry.js';
import { shortAddress } from './address-text.js';
import type { ChainLink } from './chain-link.js';
import { chainWords } from './chains.js';
import type { ChosenLock } from './chosen-lock.js';
import { EXIT_CODES, Failure } from './owner/failure.js';
import { readLockState } from './registry-state.js';
import { minedBlock, sendCall } from './send-call.js';
import { timeOfDay } from './time-text.js';
import type { Tool } from './tool.js';

/** The device's word that its pinned owner may register it. */
export interface Consent {
  readonly deadlineSeconds: number;
  /** r, s, v over EIP-712 Registration, 0x hex. */
  readonly signature: Hex;
}

/** The contract refuses a deadline over an hour ahead. */
export const CONSENT_SECONDS = 3_000;
const LOOK_MS = 300;
const MINED_MS_MAX = 90_000;

/**
 * Registers the lock for the key that signs, and asks the registry whether it is so.
 * @throws Failure where another is its owner, or the registry refuses
 */
export async function registerLock(
  tool: Tool,
  chain: ChainLink,
  account: LocalAccount,
  lock: Pick<ChosenLock, 'name' | 'address' | 'registry'>,
  { deadlineSeconds, signature }: Consent,
): Promise<void> {
  const { io, output } = tool;
  const owner = account.address.toLowerCase() as Address;
  const before = await readLockState(chain, lock);
  if (before.owner === owner) {
    tellOwner(tool, lock, owner, chain, undefined);
    return;
  }
  if (BigInt(before.owner) !== 0n)
    throw new Failure(EXIT_CODES.failed, `the lock ${lock.name} belongs to ${before.owner} in that registry`);
  const args = [lock.address, BigInt(deadlineSeconds), signature] as const;
  const sent = await sendCall(tool, chain, account, {
    kind: 'register',
    lock,
    encode: () => ({ data: encodeFunctionData({ abi: LOCK_REGISTRY_ABI, functionName: 'register', args }) }),
    describe: (data) => describe(data, owner, io.timeZone),
  });
  for (;;) {
    if ((await minedBlock(chain, sent)) !== undefined) break;
    if (io.nowUnixMs() - sent.sentUnixMs > MINED_MS_MAX || io.signal?.aborted)
      throw new Failure(
        EXIT_CODES.noReceipt,
        `no block holds ${sent.hash} yet: run latchkey register in a while`,
      );
    output.progress(`sent ${sent.hash}, waiting for a block`);
    await io.sleep(LOOK_MS);
  }
  const { owner: after } = await readLockState(chain, lock);
  if (after !== owner)
    throw new Failure(EXIT_CODES.failed, `the registry names ${after} as the owner: run latchkey status`);
  tellOwner(tool, lock, owner, chain, sent.hash);
}

function tellOwner(
  { output }: Tool,
  { name, address, registry }: Pick<ChosenLock, 'name' | 'address' | 'registry'>,
  owner: Address,
  { chainId }: ChainLink,
  tx: Hex | undefined,
): void {
  output.result({ event: 'registered', lock: address, owner, registry, chainId, tx: tx ?? null }, [
    `${name} is registered for ${owner} on ${chainWords(chainId)}`,
  ]);
}

function describe(data: Hex, owner: Address, timeZone: string): readonly string[] {
  const { functionName, args } = decodeFunctionData({ abi: LOCK_REGISTRY_ABI, data });
  if (functionName !== 'register') throw new RangeError(`describe: a call of ${functionName}`);
  const [lock, deadline] = args;
  return [
    `register  lock ${lock.toLowerCase()}`,
    `signed by ${shortAddress(owner)}, who becomes its owner; the lock's consent ends at ${timeOfDay(Number(deadline), timeZone)}`,
  ];
}
