import {
  type Address,
  BaseError,
  createWalletClient,
  type Hex,
  keccak256,
  type LocalAccount,
  NonceTooLowError,
  TransactionReceiptNotFoundError,
} from 'viem';
import { explainChainError } from './chain-errors.js';
import { type ChainLink, originOf } from './chain-link.js';
import type { ChosenLock } from './chosen-lock.js';
import { EXIT_CODES, Failure } from './owner/failure.js';
import { type CallKind, lastSent, rememberSent, type SentRecord } from './sent-book.js';
import type { Tool } from './tool.js';

/** A call of the registry that is to be signed. */
export interface RegistryCall {
  readonly kind: CallKind;
  readonly lock: Pick<ChosenLock, 'address' | 'registry'>;
  /**
   * Packs the calldata.
   * @param notAfterMin - an order that replaces another must end at this Unix second or later; 0 otherwise
   */
  readonly encode: (notAfterMin: number) => { readonly data: Hex; readonly notAfterSeconds?: number };
  /** Says in plain words what the calldata means, from its bytes alone: shown before they are signed. */
  readonly describe: (data: Hex) => readonly string[];
}

export interface SentCall {
  readonly hash: Hex;
  readonly from: Address;
  readonly nonce: number;
  readonly notAfterSeconds: number | undefined;
  readonly sentUnixMs: number;
  /** What it takes the place of. */
  readonly replaced: Hex | undefined;
}

/** Transactions of a key between two from here that nobody is asked about. */
const NONCE_JUMP_MAX = 256;

/**
 * Decodes, shows, signs and sends one call. Where the key's last transaction is an order for the same lock that
 * waits still, the new order takes its nonce with a later notAfter and a higher fee; a grant is never replaced.
 * @throws Failure in one line that says what to do next
 */
export async function sendCall(
  tool: Tool,
  chain: ChainLink,
  account: LocalAccount,
  call: RegistryCall,
): Promise<SentCall> {
  const from = account.address.toLowerCase() as Address;
  for (let isRetry = false; ; isRetry = true) {
    try {
      return await sendOnce(tool, chain, account, from, call);
    } catch (error) {
      // What was to be replaced was mined meanwhile.
      if (!isRetry && isNonceTooLow(error)) continue;
      throw explainChainError(error, chain.rpcUrl, from);
    }
  }
}

/** @returns the block that holds the transaction, or undefined while it waits @throws Failure where it was reverted */
export async function minedBlock(
  chain: ChainLink,
  { hash }: Pick<SentCall, 'hash'>,
): Promise<number | undefined> {
  try {
    const { status, blockNumber } = await chain.reader.getTransactionReceipt({ hash });
    if (status === 'success') return Number(blockNumber);
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined;
    throw explainChainError(error, chain.rpcUrl);
  }
  throw new Failure(EXIT_CODES.failed, `the registry reverted ${hash}: run latchkey status, then try again`);
}

async function sendOnce(
  tool: Tool,
  chain: ChainLink,
  account: LocalAccount,
  from: Address,
  call: RegistryCall,
): Promise<SentCall> {
  const { nonce, replaces, isHeld } = await nonceFor(tool, chain, from, call);
  const { data, notAfterSeconds } = call.encode((replaces?.notAfterSeconds ?? -1) + 1);
  for (const line of call.describe(data)) tool.output.note(line);
  const signer = createWalletClient({ account, transport: chain.transport });
  const request = await signer.prepareTransactionRequest({
    account,
    to: call.lock.registry,
    data,
    nonce,
    chain: null,
    chainId: chain.chainId,
  });
  const priced = {
    ...request,
    ...raisedFees(request, isHeld ? replaces : undefined),
    chainId: chain.chainId,
  };
  const serializedTransaction = await account.signTransaction(priced as never);
  const sentUnixMs = tool.io.nowUnixMs();
  const hash = keccak256(serializedTransaction);
  const { maxFeePerGas, maxPriorityFeePerGas, gasPrice } = priced as Fees;
  rememberSent(tool.home, chain.chainId, from, {
    nonce,
    hash,
    kind: call.kind,
    lock: call.lock.address,
    registry: call.lock.registry,
    ...(notAfterSeconds !== undefined && { notAfterSeconds }),
    feePerGas: String(maxFeePerGas ?? gasPrice ?? 0n),
    ...(maxPriorityFeePerGas !== undefined && { tipPerGas: String(maxPriorityFeePerGas) }),
  });
  // It is noted already: a node that breaks off may have taken it, and what is signed stays signed.
  await chain.reader.sendRawTransaction({ serializedTransaction });
  return { hash, from, nonce, notAfterSeconds, sentUnixMs, replaced: replaces?.hash };
}

interface Fees {
  readonly maxFeePerGas?: bigint;
  readonly maxPriorityFeePerGas?: bigint;
  readonly gasPrice?: bigint;
}

interface Place {
  readonly nonce: number;
  /** The order of this nonce that was signed before. */
  readonly replaces: SentRecord | undefined;
  /** Whether the node holds it. */
  readonly isHeld: boolean;
}

async function nonceFor(
  tool: Tool,
  { reader, chainId, rpcUrl }: ChainLink,
  from: Address,
  { kind, lock }: RegistryCall,
): Promise<Place> {
  const { home, output } = tool;
  const mined = await reader.getTransactionCount({ address: from, blockTag: 'latest' });
  const next = Math.max(mined, await reader.getTransactionCount({ address: from, blockTag: 'pending' }));
  const last = lastSent(home, chainId, from);
  const isReplaceable =
    kind === 'order' &&
    last?.kind === 'order' &&
    last.lock === lock.address &&
    last.registry === lock.registry &&
    last.nonce >= mined &&
    (last.nonce === next - 1 || last.nonce === next);
  if (isReplaceable) {
    output.note(`replaces the order ${last.hash}, which no block holds yet`);
    return { nonce: last.nonce, replaces: last, isHeld: last.nonce < next };
  }
  if (last !== undefined) await expectLikely(tool, next - last.nonce - 1, rpcUrl);
  if (next > mined) output.note(`${next - mined} transactions of this key wait for a block before it`);
  return { nonce: next, replaces: undefined, isHeld: false };
}

/**
 * A lock obeys no order whose nonce is below the last: a node that lies about it could have the owner sign one that
 * leaves all true ones behind.
 */
async function expectLikely({ io, output, flags }: Tool, sinceLast: number, rpcUrl: string): Promise<void> {
  if (sinceLast <= NONCE_JUMP_MAX) return;
  const claim = `${originOf(rpcUrl)} says that this key has sent ${sinceLast} transactions since its last one from here`;
  output.note(claim);
  if (flags.yes !== true && !(await io.prompt.confirm('Is that so?')))
    throw new Failure(EXIT_CODES.network, `${claim}: nothing was signed, say another --rpc`);
}

/** Nodes take a replacement that offers a tenth more; an eighth is on the safe side of their rounding. */
function raisedFees(now: unknown, replaces: SentRecord | undefined): Fees {
  const { maxFeePerGas, maxPriorityFeePerGas, gasPrice } = now as Fees;
  if (replaces === undefined) return {};
  const raised = (before: string | undefined, fresh: bigint | undefined) => {
    const least = (BigInt(before ?? 0) * 9n) / 8n + 1n;
    return fresh !== undefined && fresh > least ? fresh : least;
  };
  if (maxFeePerGas === undefined) return { gasPrice: raised(replaces.feePerGas, gasPrice) };
  const tip = raised(replaces.tipPerGas, maxPriorityFeePerGas);
  const fee = raised(replaces.feePerGas, maxFeePerGas);
  return { maxFeePerGas: fee > tip ? fee : tip, maxPriorityFeePerGas: tip };
}

function isNonceTooLow(error: unknown): boolean {
  return error instanceof BaseError && error.walk((cause) => cause instanceof NonceTooLowError) !== null;
}
