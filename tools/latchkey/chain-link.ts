import { type Address, createPublicClient, type HttpTransport, http, type PublicClient } from 'viem';
import { explainChainError } from './chain-errors.js';
import { chainWords, knownRpcUrl, parseChain } from './chains.js';
import { EXIT_CODES, Failure } from './owner/failure.js';
import type { Tool } from './tool.js';

/** A node that has said which chain it is of, and was right. */
export interface ChainLink {
  readonly chainId: number;
  readonly rpcUrl: string;
  readonly transport: HttpTransport;
  readonly reader: PublicClient;
}

const RETRIES = 1;
const TIMEOUT_MS = 10_000;
const RECEIPT_POLL_MS = 500;

/**
 * Asks the node of --rpc, of the lock or of latchkey.json for its chain id, and compares it.
 * @param of - what is meant: a lock of the configuration names its chain, and may name a node
 * @throws Failure where no node is named, none answers, or it is of another chain
 */
export async function openChain(
  { flags, config }: Tool,
  of: { readonly chainId?: number; readonly rpc?: string } = {},
): Promise<ChainLink> {
  const { content } = config;
  const configured = content.chain === undefined ? undefined : parseChain(content.chain);
  const expected = flags.chain === undefined ? (of.chainId ?? configured) : parseChain(flags.chain);
  if (flags.chain !== undefined && of.chainId !== undefined && of.chainId !== expected)
    throw new Failure(EXIT_CODES.usage, `the lock is on ${chainWords(of.chainId)}: leave --chain out`);
  const remembered = of.rpc ?? (expected === configured ? content.rpc : undefined);
  const rpcUrl = flags.rpc ?? remembered ?? (expected === undefined ? undefined : knownRpcUrl(expected));
  if (rpcUrl === undefined) {
    const which =
      expected === undefined ? 'say --chain anvil (or iotex, sepolia …) or --rpc URL' : `say --rpc URL`;
    throw new Failure(
      EXIT_CODES.usage,
      `no node is known${expected ? ` for ${chainWords(expected)}` : ''}: ${which}`,
    );
  }
  const link = connect(rpcUrl);
  const chainId = await link.reader.getChainId().catch((error: unknown) => {
    throw explainChainError(error, rpcUrl);
  });
  if (expected !== undefined && chainId !== expected) {
    throw new Failure(
      EXIT_CODES.network,
      `${originOf(rpcUrl)} is of ${chainWords(chainId)}, but ${chainWords(expected)} is meant: say another --rpc or --chain`,
    );
  }
  return { chainId, ...link };
}

/** @throws Failure where there is no code at the address: a call there would do nothing, and succeed */
export async function expectRegistry(
  { reader, rpcUrl, chainId }: ChainLink,
  registry: Address,
): Promise<void> {
  const code = await reader.getCode({ address: registry }).catch((error: unknown) => {
    throw explainChainError(error, rpcUrl);
  });
  if (code === undefined || code === '0x') {
    throw new Failure(
      EXIT_CODES.failed,
      `there is no LockRegistry at ${registry} on ${chainWords(chainId)}: check --registry, or latchkey deploy one`,
    );
  }
}

/** The path of a node's URL is often its password: only this part is shown. */
export function originOf(rpcUrl: string): string {
  return new URL(rpcUrl).origin;
}

function connect(rpcUrl: string): Omit<ChainLink, 'chainId'> {
  const url = URL.canParse(rpcUrl) ? new URL(rpcUrl) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new Failure(EXIT_CODES.usage, `"${rpcUrl}" is no http or https URL of a JSON-RPC node`);
  const transport = http(rpcUrl, { retryCount: RETRIES, timeout: TIMEOUT_MS });
  const reader = createPublicClient({ transport, pollingInterval: RECEIPT_POLL_MS, cacheTime: 0 });
  return { rpcUrl, transport, reader };
}
