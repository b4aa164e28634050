import assert from 'node:assert/strict';
import {
  type Abi,
  type Address,
  concatHex,
  createPublicClient,
  createWalletClient,
  decodeErrorResult,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  http,
  keccak256,
  numberToHex,
  parseEventLogs,
  sliceHex,
  type TransactionReceipt,
} from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { LOCK_REGISTRY_ABI, LOCK_REGISTRY_STORAGE } from '../../contracts/generated/lock-registry.js';
import { deployLockRegistry } from '../../contracts/script/deploy.js';
import { type Anvil, startAnvil } from './anvil.js';
import { type OrderFields, orderWord, REGISTRATION_TYPES, type TermsFields, termsWord } from './words.js';

export type Event = { readonly name: string; readonly args: Readonly<Record<string, unknown>> };
export type Sent = {
  readonly receipt: TransactionReceipt;
  readonly events: readonly Event[];
  readonly data: Hex;
};
export type Lock = { readonly device: PrivateKeyAccount; readonly address: Address; readonly id: bigint };

/** Where a call is made: at which second, by which word in a lock's slot. */
export interface Circumstances {
  readonly at?: number;
  readonly words?: readonly (readonly [lockId: bigint, word: bigint])[];
}

/** A second far enough ahead of any machine's clock for anvil to go to, and still within a serial's 32 bits. */
export const START_SECOND = 0xee_6b_28_11;

const ABI = LOCK_REGISTRY_ABI as Abi;

/** One anvil with one registry, and people who have coins. */
export class World {
  readonly registry: Address;
  readonly anvil: Anvil;
  readonly owner: PrivateKeyAccount;
  readonly guest: PrivateKeyAccount;
  readonly stranger: PrivateKeyAccount;
  now = START_SECOND;
  private locks = 0;

  constructor(anvil: Anvil, registry: Address) {
    this.anvil = anvil;
    this.registry = registry;
    this.owner = person(anvil, 0);
    this.guest = person(anvil, 1);
    this.stranger = person(anvil, 2);
  }

  static async start(): Promise<World> {
    const anvil = await startAnvil();
    try {
      const { address } = await deployLockRegistry({
        rpcUrl: anvil.rpcUrl,
        account: person(anvil, 9),
        pollIntervalMs: 25,
      });
      return new World(anvil, address);
    } catch (error) {
      await anvil.stop();
      throw error;
    }
  }

  stop(): Promise<void> {
    return this.anvil.stop();
  }

  /** Sends a transaction that must succeed, in a block of its own, one second after the one before or at `at`. */
  async send(
    from: PrivateKeyAccount,
    functionName: string,
    args: readonly unknown[],
    at?: number,
  ): Promise<Sent> {
    this.now = at ?? this.now + 1;
    const data = encodeFunctionData({ abi: ABI, functionName, args });
    const wallet = createWalletClient({ account: from, transport: http(this.anvil.rpcUrl) });
    await this.rpc('evm_setNextBlockTimestamp', [this.now]);
    // A fixed limit: an estimate would run at another second.
    const hash = await wallet.sendTransaction({ to: this.registry, data, gas: 5_000_000n, chain: null });
    const reader = createPublicClient({ transport: http(this.anvil.rpcUrl), pollingInterval: 10 });
    const receipt = await reader.waitForTransactionReceipt({ hash });
    assert.equal(receipt.status, 'success', `${functionName} was reverted`);
    const events = parseEventLogs({ abi: ABI, logs: receipt.logs }).map(({ eventName, args: fields }) => ({
      name: eventName as string,
      args: fields as unknown as Record<string, unknown>,
    }));
    assert.equal(events.length, receipt.logs.length, 'every event is in the ABI');
    return { receipt, events, data };
  }

  /** @returns the custom error that a call reverts with, and its arguments */
  async refusal(
    from: Address,
    functionName: string,
    args: readonly unknown[],
    circumstances: Circumstances = {},
  ): Promise<readonly unknown[]> {
    const data = encodeFunctionData({ abi: ABI, functionName, args });
    const answer = await this.call(from, data, circumstances);
    assert.ok('error' in answer, `${functionName} was not refused`);
    const { errorName, args: fields = [] } = decodeErrorResult({ abi: ABI, data: answer.error });
    return [errorName, ...fields];
  }

  /** Calls without a transaction. @throws AssertionError where it reverts */
  async read(
    functionName: string,
    args: readonly unknown[],
    circumstances: Circumstances & { from?: Address } = {},
  ) {
    const data = encodeFunctionData({ abi: ABI, functionName, args });
    const answer = await this.call(circumstances.from ?? this.stranger.address, data, circumstances);
    assert.ok(
      'result' in answer,
      `${functionName} was reverted with ${'error' in answer ? answer.error : ''}`,
    );
    return decodeFunctionResult({ abi: ABI, functionName, data: answer.result }) as unknown;
  }

  /** A device that nobody has registered; the same keys in each run, and no zero byte in the address. */
  newLock(): Lock {
    for (;;) {
      const device = privateKeyToAccount(keccak256(numberToHex(++this.locks)));
      const bytes: readonly string[] = device.address.slice(2).match(/../g) ?? [];
      if (!bytes.includes('00')) return { device, address: device.address, id: BigInt(device.address) };
    }
  }

  async newRegisteredLock(owner: PrivateKeyAccount = this.owner): Promise<Lock> {
    const lock = this.newLock();
    const deadline = this.now + 600;
    await this.send(owner, 'register', [
      lock.address,
      deadline,
      await this.registration(lock.device, owner.address, deadline),
    ]);
    return lock;
  }

  /** The device's signature over `Registration`. */
  registration(
    device: PrivateKeyAccount,
    owner: Address,
    deadline: number,
    lock = device.address,
  ): Promise<Hex> {
    return device.signTypedData({
      domain: {
        name: 'LockRegistry',
        version: '1',
        chainId: this.anvil.chainId,
        verifyingContract: this.registry,
      },
      types: REGISTRATION_TYPES,
      primaryType: 'Registration',
      message: { lock, owner, deadline: BigInt(deadline) },
    });
  }

  /** An order of epoch 1 to lock, good for 300 s from the next block, unless told otherwise. */
  order(lock: Lock, fields: Partial<OrderFields> = {}): bigint {
    return orderWord({ lockId: lock.id, epoch: 1, notAfter: this.now + 301, action: 1, ...fields });
  }

  /** Terms of epoch 1 with the next second as serial, unless told otherwise. */
  terms(fields: Partial<TermsFields> & { readonly rights: number }): bigint {
    return termsWord({ epoch: 1, serial: this.now + 1, ...fields });
  }

  /** Where a lock's word lies, by the generated description of the layout. */
  slotOf(lockId: bigint): Hex {
    const hashed = concatHex([
      sliceHex(numberToHex(lockId, { size: 32 }), 0, 28),
      LOCK_REGISTRY_STORAGE.ownershipSeed4,
    ]);
    return numberToHex(BigInt.asUintN(256, 2n * lockId + BigInt(keccak256(hashed))), { size: 32 });
  }

  async rpc(method: string, params: readonly unknown[]): Promise<unknown> {
    const { result, error } = await this.post(method, params);
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  private async call(
    from: Address,
    data: Hex,
    { at, words = [] }: Circumstances,
  ): Promise<{ result: Hex } | { error: Hex }> {
    const stateDiff = Object.fromEntries(
      words.map(([id, word]) => [this.slotOf(id), numberToHex(word, { size: 32 })]),
    );
    const { result, error } = await this.post('eth_call', [
      { from, to: this.registry, data },
      'latest',
      { [this.registry]: { stateDiff } },
      { time: numberToHex(at ?? this.now + 1) },
    ]);
    if (!error) return { result: result as Hex };
    if (typeof error.data !== 'string') throw new Error(`eth_call: ${error.message}`);
    return { error: error.data as Hex };
  }

  private async post(method: string, params: readonly unknown[]) {
    const response = await fetch(this.anvil.rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    return (await response.json()) as { result?: unknown; error?: { message: string; data?: unknown } };
  }
}

function person(anvil: Anvil, index: number): PrivateKeyAccount {
  const account = anvil.accounts[index];
  assert.ok(account);
  return privateKeyToAccount(account.privateKey);
}
