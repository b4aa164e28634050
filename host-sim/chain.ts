import { type Address, createPublicClient, type Hex, http, type LocalAccount, parseAbi } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { deployLockRegistry, readKeyFile } from '../contracts/script/deploy.js';
import { EXIT_CODES, Failure, messageOf } from '../tools/latchkey/owner/failure.js';
import type { SimulatorOptions } from './options.js';
import { startAnvil } from './world/anvil.js';

/** A chain with a LockRegistry on it, and an account that can pay. */
export interface Chain {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly registry: Address;
  readonly owner: LocalAccount;
  /** Of a throw-away chain alone: everyone knows these keys. */
  readonly ownerKey?: Hex;
  readonly guestKey?: Hex;
  /** The newest block. */
  blockNumber(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts a chain, or takes the one that is named, and deploys the registry where none is named.
 * @throws Failure in one line that says what to do next
 */
export async function openChain(options: SimulatorOptions, step: (text: string) => void): Promise<Chain> {
  const base = options.rpc === undefined ? await startOwn(options, step) : await takeRunning(options, step);
  try {
    const reader = createPublicClient({ transport: http(base.rpcUrl, { retryCount: 1 }), cacheTime: 0 });
    const blockNumber = async () => Number(await reader.getBlockNumber());
    if (options.registry !== undefined) {
      step('checking the registry');
      await checkRegistry(reader, options.registry);
      return { ...base, registry: options.registry, blockNumber };
    }
    step('deploying the LockRegistry');
    const { address } = await deploy(base.rpcUrl, base.owner, options.rpc === undefined ? 50 : 1_000);
    return { ...base, registry: address.toLowerCase() as Address, blockNumber };
  } catch (error) {
    await base.stop();
    throw error;
  }
}

type ChainBase = Omit<Chain, 'registry' | 'blockNumber'>;
type Reader = ReturnType<typeof createPublicClient>;

async function startOwn(options: SimulatorOptions, step: (text: string) => void): Promise<ChainBase> {
  step('starting a chain (anvil)');
  const anvil = await startAnvil({
    blockTimeSeconds: options.blockTime,
    accounts: 5,
    ...(options.port !== undefined && { port: options.port }),
  });
  const [first, second] = anvil.accounts;
  if (!first) throw new Error('anvil has no accounts');
  return {
    ...anvil,
    owner: privateKeyToAccount(first.privateKey),
    ownerKey: first.privateKey,
    ...(second && { guestKey: second.privateKey }),
  };
}

async function takeRunning(options: SimulatorOptions, step: (text: string) => void): Promise<ChainBase> {
  const rpcUrl = options.rpc as string;
  step(`asking the chain at ${new URL(rpcUrl).host}`);
  let owner: LocalAccount;
  try {
    owner = readKeyFile(options.keyFile as string) as LocalAccount;
  } catch (error) {
    throw new Failure(EXIT_CODES.usage, messageOf(error));
  }
  const reader = createPublicClient({ transport: http(rpcUrl, { retryCount: 1 }) });
  const chainId = await reader.getChainId().catch((error: unknown) => {
    throw new Failure(
      EXIT_CODES.network,
      `no JSON-RPC node answers at ${rpcUrl}: check the URL, or start the node (${messageOf(error)})`,
    );
  });
  if ((await reader.getBalance({ address: owner.address })) === 0n) {
    throw new Failure(
      EXIT_CODES.network,
      `${owner.address} has no funds on chain ${chainId}: send it some coins`,
    );
  }
  return { rpcUrl, chainId, owner, stop: async () => {} };
}

async function deploy(rpcUrl: string, account: LocalAccount, pollIntervalMs: number) {
  try {
    return await deployLockRegistry({ rpcUrl, account, pollIntervalMs });
  } catch (error) {
    throw new Failure(EXIT_CODES.network, messageOf(error));
  }
}

const PROBE_ABI = parseAbi([
  'function eip712Domain() view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)',
]);

/** Asks the contract for the domain that a lock's registration is signed for. @see EIP-5267 */
async function checkRegistry(reader: Reader, address: Address): Promise<void> {
  const wrong = `there is no LockRegistry at ${address}: check --registry, or leave it out to deploy one`;
  const [, name, version, , contract] = await reader
    .readContract({ address, abi: PROBE_ABI, functionName: 'eip712Domain' })
    .catch(() => {
      throw new Failure(EXIT_CODES.network, wrong);
    });
  if (name !== 'LockRegistry' || version !== '1' || contract.toLowerCase() !== address)
    throw new Failure(EXIT_CODES.network, wrong);
}
