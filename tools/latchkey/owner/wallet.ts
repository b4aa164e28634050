import {
  type Address,
  BaseError,
  createPublicClient,
  createWalletClient,
  encodeFunctionData,
  type Hex,
  http,
  InsufficientFundsError,
  type LocalAccount,
} from 'viem';
import { LOCK_REGISTRY_ABI } from '../../../contracts/generated/lock-registry.js';
import { EXIT_CODES, Failure, messageOf } from './failure.js';
import { commandCall, grantCall, handoverCall, type TermsFields } from './registry-calls.js';

export interface WalletOptions {
  readonly rpcUrl: string;
  /** Signs here; the node sees signed transactions alone. */
  readonly account: LocalAccount;
  readonly registry: Address;
  readonly lock: Address;
  readonly clock?: { unixMs(): number };
  /** How often a receipt is asked for, milliseconds. */
  readonly pollIntervalMs?: number;
}

export interface SentTransaction {
  readonly hash: Hex;
  /** When the signed bytes left for the node, Unix milliseconds. */
  readonly sentUnixMs: number;
  /** Settles with the receipt; @throws Failure where it was reverted or never mined */
  readonly mined: Promise<{
    readonly minedUnixMs: number;
    readonly blockNumber: bigint;
    readonly gasUsed: bigint;
  }>;
}

export interface LockState {
  readonly owner: Address;
  readonly epoch: number;
  readonly seq: number;
  readonly notAfterSeconds: number;
  readonly action: number;
}

export interface Wallet {
  readonly address: Address;
  register(deadlineSeconds: number, deviceSignature65: Uint8Array): Promise<SentTransaction>;
  /** @param order - `notAfterSeconds` is 300 s ahead where absent, `epoch` the registry's */
  command(
    action: number,
    order?: { notAfterSeconds?: number; challenge?: number; epoch?: number },
  ): Promise<SentTransaction>;
  grant(guest: Address, terms: Omit<TermsFields, 'epoch'> & { epoch?: number }): Promise<SentTransaction>;
  /** Grants no rights at all: a revocation. */
  revoke(guest: Address, serial?: number): Promise<SentTransaction>;
  /** @param lockEpoch - the epoch that the lock is in, as its last report says */
  handover(to: Address, lockEpoch: number, notAfterSeconds?: number): Promise<SentTransaction>;
  lockState(): Promise<LockState>;
}

export const ORDER_SECONDS = 300;
const HANDOVER_SECONDS = 30 * 86_400;
const MINED_MS_MAX = 60_000;

/**
 * What an owner's wallet does: packs the words itself, signs here and sends to a node that it need not trust.
 * @throws Failure in one line that says what to do next
 */
export function createWallet(options: WalletOptions): Wallet {
  const { account, registry, lock, clock = { unixMs: Date.now }, pollIntervalMs = 100 } = options;
  const transport = http(options.rpcUrl, { retryCount: 1 });
  const reader = createPublicClient({ transport, pollingInterval: pollIntervalMs, cacheTime: 0 });
  const signer = createWalletClient({ account, transport });
  const nowSeconds = () => Math.floor(clock.unixMs() / 1_000);
  let chainId: number | undefined;

  async function send(data: Hex): Promise<SentTransaction> {
    try {
      chainId ??= await reader.getChainId();
      const request = await signer.prepareTransactionRequest({
        account,
        to: registry,
        data,
        chain: null,
        chainId,
      });
      const serializedTransaction = await account.signTransaction({ ...request, chainId } as never);
      const sentUnixMs = clock.unixMs();
      const hash = await reader.sendRawTransaction({ serializedTransaction });
      const mined = waitMined(hash);
      // Who does not wait for it must not be ended by it.
      mined.catch(() => {});
      return { hash, sentUnixMs, mined };
    } catch (error) {
      throw explain(error, account.address);
    }
  }

  async function waitMined(hash: Hex) {
    const receipt = await reader.waitForTransactionReceipt({ hash, timeout: MINED_MS_MAX }).catch((error) => {
      throw explain(error, account.address);
    });
    if (receipt.status !== 'success') throw new Failure(EXIT_CODES.failed, `the registry reverted ${hash}`);
    return { minedUnixMs: clock.unixMs(), blockNumber: receipt.blockNumber, gasUsed: receipt.gasUsed };
  }

  async function lockState(): Promise<LockState> {
    try {
      const args = [BigInt(lock)] as const;
      return unpackLockState(
        await reader.readContract({
          address: registry,
          abi: LOCK_REGISTRY_ABI,
          functionName: 'lockState',
          args,
        }),
      );
    } catch (error) {
      throw explain(error, account.address);
    }
  }

  const epochOr = async (epoch: number | undefined) => epoch ?? (await lockState()).epoch;
  return {
    address: account.address,
    lockState,
    register: (deadlineSeconds, deviceSignature65) =>
      send(
        encodeFunctionData({
          abi: LOCK_REGISTRY_ABI,
          functionName: 'register',
          args: [lock, BigInt(deadlineSeconds), `0x${Buffer.from(deviceSignature65).toString('hex')}`],
        }),
      ),
    command: async (action, order = {}) => {
      const notAfterSeconds = order.notAfterSeconds ?? nowSeconds() + ORDER_SECONDS;
      const epoch = await epochOr(order.epoch);
      return send(commandCall({ lock, epoch, notAfterSeconds, action, challenge: order.challenge ?? 0 }));
    },
    grant: async (guest, terms) =>
      send(grantCall(lock, guest, { ...terms, epoch: await epochOr(terms.epoch) })),
    revoke: async (guest, serial = nowSeconds()) => {
      const terms = { rights: 0, notAfterSeconds: 0, weekdays: 0, serial, epoch: await epochOr(undefined) };
      return send(grantCall(lock, guest, terms));
    },
    handover: async (to, lockEpoch, notAfterSeconds = nowSeconds() + HANDOVER_SECONDS) => {
      const { epoch } = await lockState();
      return send(handoverCall(lock, to, { epoch: lockEpoch, newEpoch: epoch + 1, notAfterSeconds }));
    },
  };
}

/** Takes the word of `lockState` apart: `epoch:16 | seq:32 | notAfter:40 | action:8 | owner:160`, highest first. */
export function unpackLockState(word: bigint): LockState {
  const field = (shift: number, bits: number) => (word >> BigInt(shift)) & ((1n << BigInt(bits)) - 1n);
  return {
    owner: `0x${field(0, 160).toString(16).padStart(40, '0')}`,
    action: Number(field(160, 8)),
    notAfterSeconds: Number(field(168, 40)),
    seq: Number(field(208, 32)),
    epoch: Number(field(240, 16)),
  };
}

function explain(error: unknown, address: Address): Error {
  if (error instanceof Failure) return error;
  if (error instanceof BaseError && error.walk((cause) => cause instanceof InsufficientFundsError)) {
    return new Failure(EXIT_CODES.network, `${address} has no funds for gas: send it coins of this chain`);
  }
  return new Failure(EXIT_CODES.network, messageOf(error));
}
