import type { Address } from 'viem';
import { LOCK_REGISTRY_ABI } from '../../contracts/generated/lock-registry.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import {
  type AccessList,
  applyGrant,
  EMPTY_ACCESS_LIST,
  findEntry,
  replaceEntry,
} from '../../firmware/lock/access-list.js';
import { equalBytes } from '../../firmware/protocol/bytes.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { parseHex } from '../../firmware/protocol/hex.js';
import { BLOCK_RANGE_MAX } from '../../firmware/protocol/limits.js';
import { accessDigest16 } from '../../firmware/protocol/report-digests.js';
import { decodeTerms, encodeTerms } from '../../firmware/protocol/terms.js';
import { explainChainError } from './chain-errors.js';
import type { ChainLink } from './chain-link.js';
import type { ChosenLock } from './chosen-lock.js';

/** A grant or revocation as the registry told it; a node's word. */
export interface GrantEvent {
  readonly guest: Address;
  /** The packed word. */
  readonly terms: bigint;
  readonly blockNumber: number;
  readonly transactionHash: string;
}

const GRANTED = LOCK_REGISTRY_ABI.find((entry) => entry.type === 'event' && entry.name === 'Granted');

/** Reads all grants and revocations of a lock, oldest first; in pieces where the node takes no wide ranges. */
export async function readGrantEvents(
  chain: ChainLink,
  { address, registry, startBlock }: Pick<ChosenLock, 'address' | 'registry' | 'startBlock'>,
): Promise<readonly GrantEvent[]> {
  const read = async (fromBlock: number, toBlock: number): Promise<readonly GrantEvent[]> => {
    try {
      const logs = await chain.reader.getLogs({
        address: registry,
        event: GRANTED as Extract<typeof GRANTED, { type: 'event' }>,
        args: { lockId: BigInt(address) } as never,
        fromBlock: BigInt(fromBlock),
        toBlock: BigInt(toBlock),
        strict: true,
      });
      return logs.map((log) => {
        const { guest, terms } = log.args as unknown as { guest: Address; terms: bigint };
        return {
          guest: guest.toLowerCase() as Address,
          terms,
          blockNumber: Number(log.blockNumber),
          transactionHash: log.transactionHash,
        };
      });
    } catch (error) {
      if (toBlock - fromBlock < BLOCK_RANGE_MAX) throw explainChainError(error, chain.rpcUrl);
      const middle = Math.floor((fromBlock + toBlock) / 2);
      return [...(await read(fromBlock, middle)), ...(await read(middle + 1, toBlock))];
    }
  };
  const head = await chain.reader.getBlockNumber().catch((error: unknown) => {
    throw explainChainError(error, chain.rpcUrl);
  });
  return read(Math.min(startBlock, Number(head)), Number(head));
}

/**
 * Says how many of the last grants a lock has not applied, by the access digest of its report.
 * @returns 0 where it holds what the chain tells; undefined where its list is none that the chain's grants could make
 */
export function grantsNotApplied(
  events: readonly GrantEvent[],
  epoch: number,
  reported16: Uint8Array,
): number | undefined {
  const ours = events.filter(({ terms }) => epochOf(terms) === epoch);
  for (let missing = 0; missing <= ours.length; missing++) {
    const applied = ours.slice(0, ours.length - missing);
    if (possibleDigests(applied).some((digest) => equalBytes(digest, reported16))) return missing;
  }
  return undefined;
}

/** A lock forgets old revocations when the next grant comes, unless it must remember an order of that guest. */
function possibleDigests(events: readonly GrantEvent[]): readonly Uint8Array[] {
  let forgetful: AccessList = EMPTY_ACCESS_LIST;
  let whole: AccessList = EMPTY_ACCESS_LIST;
  for (const { guest, terms: word } of events) {
    const terms = decodeTerms(word);
    const guest20 = parseHex(guest, 20);
    // A serial is the time of its signing, unless its guest's last was later.
    const time = { nowSeconds: terms.serial, floorSeconds: terms.serial };
    const after = applyGrant(forgetful, guest20, terms, time);
    if (after.ok) forgetful = after.list;
    const known = findEntry(whole, guest20)?.terms;
    const isNewer = known === undefined || terms.serial > known.serial || terms.rights === 0;
    if (isNewer) whole = replaceEntry(whole, { guest: guest20, terms, used: 0, guard: undefined });
  }
  return [digestOf(forgetful), digestOf(whole)];
}

/** A node may tell of words that are no terms: no lock applies those. */
function epochOf(word: bigint): number | undefined {
  try {
    return decodeTerms(word).epoch;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function digestOf({ entries, serialFloor }: AccessList): Uint8Array {
  const packed = entries.map(({ guest, terms }) => ({ guest, terms: encodeTerms(terms) }));
  return accessDigest16(createNobleEngine().sha256, { floor: serialFloor, entries: packed });
}
