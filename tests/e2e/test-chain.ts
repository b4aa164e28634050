import assert from 'node:assert/strict';
import {
  createPublicClient,
  createWalletClient,
  type Hex,
  http,
  keccak256,
  numberToHex,
  type PublicClient,
  type WalletClient,
} from 'viem';
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { LOCK_REGISTRY_ABI } from '../../contracts/generated/lock-registry.js';
import { deployLockRegistry } from '../../contracts/script/deploy.js';
import { REORG_BLOCKS } from '../../firmware/protocol/limits.js';
import { type Anvil, startAnvil } from '../../host-sim/world/anvil.js';
import { WarpClock } from './warp-clock.js';

/** A call of the registry: the function's name and its arguments. */
export type Call =
  | readonly ['command', readonly [bigint]]
  | readonly ['commandMany', readonly [readonly bigint[]]]
  | readonly ['grant', readonly [bigint, Hex, bigint]]
  | readonly ['handover', readonly [bigint, Hex, bigint]]
  | readonly ['register', readonly [Hex, bigint, Hex]]
  | readonly ['transferFrom', readonly [Hex, Hex, bigint]];

/** A signed transaction that may or may not be on the chain. */
export interface Signed {
  readonly hash: Hex;
  readonly serialized: Hex;
  readonly nonce: number;
}

/** Anvil with a registry. The locks on it share its clock; whoever puts that ahead tells the chain too. */
export class TestChain {
  readonly anvil: Anvil;
  readonly registry: Hex;
  readonly clock = new WarpClock();
  readonly reader: PublicClient;
  readonly wallet: WalletClient;

  private constructor(anvil: Anvil, registry: Hex) {
    this.anvil = anvil;
    this.registry = registry;
    this.reader = createPublicClient({ transport: http(anvil.rpcUrl), pollingInterval: 20, cacheTime: 0 });
    this.wallet = createWalletClient({ transport: http(anvil.rpcUrl) });
  }

  /** @param startSeconds - the date on which the world begins; today where absent */
  static async start({ startSeconds }: { readonly startSeconds?: number } = {}): Promise<TestChain> {
    const anvil = await startAnvil({ accounts: 1 });
    try {
      const account = privateKeyToAccount(anvil.accounts[0]?.privateKey ?? assert.fail());
      const { address } = await deployLockRegistry({ rpcUrl: anvil.rpcUrl, account, pollIntervalMs: 20 });
      const chain = new TestChain(anvil, address);
      if (startSeconds !== undefined) await chain.goTo(startSeconds);
      return chain;
    } catch (error) {
      await anvil.stop();
      throw error;
    }
  }

  stop(): Promise<void> {
    return this.anvil.stop();
  }

  get nowSeconds(): number {
    return this.clock.nowSeconds;
  }

  /** Puts clock and chain ahead to a Unix second. */
  async goTo(seconds: number): Promise<void> {
    this.clock.advance(seconds * 1_000 - this.clock.unixMs());
    await this.rpc('evm_setNextBlockTimestamp', seconds);
    await this.rpc('evm_mine');
  }

  /** Somebody new with coins, whose first nonce is 0. */
  async newPerson(
    privateKey: Hex = generatePrivateKey(),
  ): Promise<PrivateKeyAccount & { readonly privateKey: Hex }> {
    const account = privateKeyToAccount(privateKey);
    await this.rpc('anvil_setBalance', account.address, '0x8ac7230489e80000');
    return { ...account, privateKey };
  }

  /** Sends a call and waits until it is mined. @throws Error where it is reverted */
  async send(from: PrivateKeyAccount, call: Call): Promise<Hex> {
    const [functionName, args] = call;
    const hash = await this.wallet.writeContract({
      address: this.registry,
      abi: LOCK_REGISTRY_ABI,
      functionName,
      args,
      account: from,
      chain: null,
    } as Parameters<typeof this.wallet.writeContract>[0]);
    const receipt = await this.reader.waitForTransactionReceipt({ hash, timeout: 10_000 });
    assert.equal(receipt.status, 'success', `${functionName} was reverted`);
    return hash;
  }

  /** @returns the name of the custom error with which a call is refused on chain */
  async revertOf(from: PrivateKeyAccount, [functionName, args]: Call): Promise<string> {
    try {
      await this.reader.simulateContract({
        address: this.registry,
        abi: LOCK_REGISTRY_ABI,
        functionName,
        args,
        account: from.address,
      } as Parameters<typeof this.reader.simulateContract>[0]);
    } catch (error) {
      return /Error: (\w+)\(/.exec(String(error))?.[1] ?? String(error);
    }
    return 'none';
  }

  /** Signs a call without sending it. @param nonce - the sender's next one where absent */
  async sign(
    from: PrivateKeyAccount,
    data: Hex,
    nonce?: number,
    maxPriorityFeePerGas = 1_000_000_000n,
  ): Promise<Signed> {
    const next = nonce ?? (await this.reader.getTransactionCount({ address: from.address }));
    const serialized = await from.signTransaction({
      type: 'eip1559',
      chainId: this.anvil.chainId,
      to: this.registry,
      data,
      nonce: next,
      gas: 200_000n,
      maxFeePerGas: 3_000_000_000n + maxPriorityFeePerGas,
      maxPriorityFeePerGas,
    });
    return { hash: keccak256(serialized), serialized, nonce: next };
  }

  /** Sends signed bytes and waits until they are mined. */
  async broadcast({ serialized, hash }: Pick<Signed, 'serialized' | 'hash'>): Promise<void> {
    await this.reader.sendRawTransaction({ serializedTransaction: serialized });
    await this.reader.waitForTransactionReceipt({ hash, timeout: 10_000 });
  }

  /** What the registry knows of a lock. */
  async lockState(lockId: bigint): Promise<{ readonly epoch: number; readonly action: number }> {
    const word = await this.reader.readContract({
      address: this.registry,
      abi: LOCK_REGISTRY_ABI,
      functionName: 'lockState',
      args: [lockId],
    });
    return { epoch: Number(word >> 240n), action: Number((word >> 160n) & 0xffn) };
  }

  /** Makes the clock run at ten times its speed while something is waited for that takes its time. */
  async hurry<T>(work: () => Promise<T>): Promise<T> {
    let passedMs = 0;
    const timer = setInterval(() => {
      this.clock.advance(450);
      passedMs += 450;
    }, 50);
    try {
      return await work();
    } finally {
      clearInterval(timer);
      await this.rpc('evm_increaseTime', Math.round(passedMs / 1_000));
      await this.rpc('evm_mine');
    }
  }

  /** Makes so many blocks that a lock looks no more at those before. */
  async bury(): Promise<void> {
    await this.rpc('anvil_mine', numberToHex(REORG_BLOCKS + 1), '0x0');
  }

  async rpc(method: string, ...params: readonly unknown[]): Promise<unknown> {
    const response = await fetch(this.anvil.rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } };
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }
}
