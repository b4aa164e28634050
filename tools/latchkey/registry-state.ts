import type { Address } from 'viem';
import { LOCK_REGISTRY_ABI } from '../../contracts/generated/lock-registry.js';
import { explainChainError } from './chain-errors.js';
import { type ChainLink, expectRegistry } from './chain-link.js';
import { chainWords } from './chains.js';
import type { ChosenLock } from './chosen-lock.js';
import { EXIT_CODES, Failure } from './owner/failure.js';
import { type LockState, unpackLockState } from './owner/wallet.js';

/** What the registry's slot says of a lock; no owner where it is not registered. A node's word, believed for nothing. */
export async function readLockState(
  chain: ChainLink,
  { address, registry }: Pick<ChosenLock, 'address' | 'registry'>,
): Promise<LockState> {
  await expectRegistry(chain, registry);
  try {
    const args = [BigInt(address)] as const;
    return unpackLockState(
      await chain.reader.readContract({
        address: registry,
        abi: LOCK_REGISTRY_ABI,
        functionName: 'lockState',
        args,
      }),
    );
  } catch (error) {
    throw explainChainError(error, chain.rpcUrl);
  }
}

/** The same of a lock that must be registered. @throws Failure where it is not */
export async function expectLockState(
  chain: ChainLink,
  lock: Pick<ChosenLock, 'name' | 'address' | 'registry'>,
): Promise<LockState> {
  const state = await readLockState(chain, lock);
  if (BigInt(state.owner) !== 0n) return state;
  throw new Failure(
    EXIT_CODES.failed,
    `the lock ${lock.name} is not registered in ${lock.registry} on ${chainWords(chain.chainId)}: run latchkey register`,
  );
}

/** The packed terms of a guest in the lock's current epoch; 0 where there are none. */
export async function readGuestTerms(
  chain: ChainLink,
  { address, registry }: Pick<ChosenLock, 'address' | 'registry'>,
  guest: Address,
): Promise<bigint> {
  try {
    return await chain.reader.readContract({
      address: registry,
      abi: LOCK_REGISTRY_ABI,
      functionName: 'guestTerms',
      args: [BigInt(address), guest],
    });
  } catch (error) {
    throw explainChainError(error, chain.rpcUrl);
  }
}
