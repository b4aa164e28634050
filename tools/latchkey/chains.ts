import { EXIT_CODES, Failure } from './owner/failure.js';

export interface KnownChain {
  readonly name: string;
  readonly chainId: number;
  /** A node that anybody may ask; asks no key and promises nothing. */
  readonly rpcUrl: string;
}

/** Chains that have a name here; any other is named by its number and needs --rpc. */
export const KNOWN_CHAINS: readonly KnownChain[] = Object.freeze([
  { name: 'anvil', chainId: 31_337, rpcUrl: 'http://127.0.0.1:8545' },
  { name: 'iotex', chainId: 4_689, rpcUrl: 'https://babel-api.mainnet.iotex.io' },
  { name: 'iotex-testnet', chainId: 4_690, rpcUrl: 'https://babel-api.testnet.iotex.io' },
  { name: 'sepolia', chainId: 11_155_111, rpcUrl: 'https://ethereum-sepolia-rpc.publicnode.com' },
]);

/** @param text - a known name, or a chain id in decimal @throws Failure on anything else */
export function parseChain(text: string): number {
  const known = KNOWN_CHAINS.find(({ name }) => name === text);
  if (known) return known.chainId;
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text);
  const names = KNOWN_CHAINS.map(({ name }) => name).join(', ');
  throw new Failure(EXIT_CODES.usage, `no chain is called "${text}": say ${names}, or a chain id`);
}

/** @returns what people call the chain, with its number */
export function chainWords(chainId: number): string {
  const known = KNOWN_CHAINS.find((chain) => chain.chainId === chainId);
  return known ? `${known.name} (${chainId})` : `chain ${chainId}`;
}

/** The name that `parseChain` reads. */
export function chainName(chainId: number): string {
  return KNOWN_CHAINS.find((chain) => chain.chainId === chainId)?.name ?? String(chainId);
}

export function knownRpcUrl(chainId: number): string | undefined {
  return KNOWN_CHAINS.find((chain) => chain.chainId === chainId)?.rpcUrl;
}
