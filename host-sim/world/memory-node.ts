import { formatQuantity } from '../../firmware/protocol/hex.js';
import type { RpcTransactionJson } from './chain-transaction.js';
import type { LogsFilter, RpcLog } from './log-index.js';

/** What a node knows of a chain: the whole, or what a world lets it see. */
export interface ChainView {
  readonly head: number;
  logs(filter: LogsFilter): readonly RpcLog[];
  transactionByHash(hash: string): RpcTransactionJson | null;
}

/** In what nodes differ. */
export interface NodeHabits {
  /** Answers one error to a batch. */
  readonly refusesBatches?: boolean;
  /** Refuses longer ranges of blocks. */
  readonly logRangeBlocksMax?: number;
  /** Answers `[]` to a range above its head, where anvil answers an error. */
  readonly takesFutureRanges?: boolean;
}

/**
 * Answers a JSON-RPC body as anvil does: `eth_blockNumber`, `eth_chainId` where the view names one, `eth_getLogs`,
 * `eth_getTransactionByHash`, alone or in a batch. Whatever the body is, there is an answer.
 */
export function answerRpc(
  view: ChainView & { readonly chainId?: bigint },
  body: Uint8Array,
  habits: NodeHabits = {},
): Uint8Array {
  let asked: unknown;
  try {
    asked = JSON.parse(textOf(body));
  } catch {
    return bytesOf(errorText(null, INVALID));
  }
  if (!Array.isArray(asked)) return bytesOf(answerCall(view, asked, habits));
  const isBatch = asked.length > 0 && asked.every((call) => typeof call === 'object' && call !== null);
  if (!isBatch || habits.refusesBatches === true) return bytesOf(errorText(null, INVALID));
  return bytesOf(`[${asked.map((call) => answerCall(view, call, habits)).join(',')}]`);
}

interface Fault {
  readonly code: number;
  readonly message: string;
}

type Json = Readonly<Record<string, unknown>>;

const INVALID: Fault = Object.freeze({ code: -32600, message: 'Invalid request' });
const NO_METHOD: Fault = Object.freeze({ code: -32601, message: 'Method not found' });
const LOG_TEXTS = new WeakMap<RpcLog, string>();
const HASH = /^0x[0-9a-f]{64}$/i;
const ADDRESS = /^0x[0-9a-f]{40}$/i;
const QUANTITY = /^0x[0-9a-f]{1,12}$/i;

/** The caller's parameters are not what the method takes. */
class BadParams extends Error {
  readonly fault: Fault;

  constructor(message: string, code = -32602) {
    super(message);
    this.fault = { code, message };
  }
}

function answerCall(
  view: ChainView & { readonly chainId?: bigint },
  call: unknown,
  habits: NodeHabits,
): string {
  if (typeof call !== 'object' || call === null) return errorText(null, INVALID);
  const { id = null, method, params = [], jsonrpc } = call as Json;
  if (typeof id !== 'number' && typeof id !== 'string') return errorText(null, INVALID);
  if (jsonrpc !== '2.0' || typeof method !== 'string') return errorText(id, INVALID);
  try {
    const result = resultOf(view, method, params, habits);
    return result === undefined ? errorText(id, NO_METHOD) : resultText(id, result);
  } catch (error) {
    if (error instanceof BadParams) return errorText(id, error.fault);
    throw error;
  }
}

/** @returns JSON text; undefined for a method that nobody knows here */
function resultOf(
  view: ChainView & { readonly chainId?: bigint },
  method: string,
  params: unknown,
  habits: NodeHabits,
): string | undefined {
  switch (method) {
    case 'eth_blockNumber':
      return `"0x${view.head.toString(16)}"`;
    case 'eth_chainId':
      return view.chainId === undefined ? undefined : `"${formatQuantity(view.chainId)}"`;
    case 'eth_getLogs':
      return logsText(view, onlyOf(params), habits);
    case 'eth_getTransactionByHash': {
      const hash = onlyOf(params);
      if (typeof hash !== 'string' || !HASH.test(hash)) throw new BadParams('invalid string length');
      return JSON.stringify(view.transactionByHash(hash.toLowerCase()));
    }
    default:
      return undefined;
  }
}

function logsText(view: ChainView, filter: unknown, habits: NodeHabits): string {
  if (typeof filter !== 'object' || filter === null) throw new BadParams('invalid type: expected a filter');
  const { address, fromBlock, toBlock, topics } = filter as Json;
  const from = blockOf(fromBlock, view.head);
  const to = blockOf(toBlock, view.head);
  const { takesFutureRanges = false, logRangeBlocksMax } = habits;
  if (from > view.head && !takesFutureRanges)
    throw new BadParams(`BlockOutOfRangeError: block height is ${view.head} but requested was ${from}`);
  if (logRangeBlocksMax !== undefined && to - from >= logRangeBlocksMax)
    throw new BadParams('exceed maximum block range', -32000);
  const addresses = oneOrMany(address, ADDRESS);
  const range = { topics: topicsOf(topics), fromBlock: from, toBlock: Math.min(to, view.head) };
  const logs = view.logs(addresses === null ? range : { addresses, ...range });
  return `[${logs.map(textOfLog).join(',')}]`;
}

/** A log is asked for again and again as long as its block may yet be another's. */
function textOfLog(log: RpcLog): string {
  let text = LOG_TEXTS.get(log);
  if (text === undefined) {
    text = JSON.stringify(log);
    LOG_TEXTS.set(log, text);
  }
  return text;
}

function topicsOf(topics: unknown): readonly (readonly string[] | null)[] {
  if (topics === undefined || topics === null) return [];
  if (!Array.isArray(topics) || topics.length > 4) throw new BadParams('invalid topics');
  return topics.map((topic) => oneOrMany(topic, HASH));
}

/** @returns null where anything fits */
function oneOrMany(value: unknown, form: RegExp): readonly string[] | null {
  if (value === undefined || value === null) return null;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) return null;
  return list.map((member) => {
    if (typeof member !== 'string' || !form.test(member)) throw new BadParams('invalid string length');
    return member.toLowerCase();
  });
}

function blockOf(block: unknown, head: number): number {
  if (block === undefined || block === null) return head;
  if (typeof block !== 'string') throw new BadParams('invalid type: expected a block');
  if (QUANTITY.test(block)) return Number(block);
  if (block === 'earliest') return 0;
  if (['latest', 'pending', 'safe', 'finalized'].includes(block)) return head;
  throw new BadParams('hex string without 0x prefix');
}

function onlyOf(params: unknown): unknown {
  if (!Array.isArray(params) || params.length !== 1) {
    const found = Array.isArray(params) ? params.length : 0;
    throw new BadParams(`expected params sequence with length 1 but got ${found}`);
  }
  return params[0];
}

function resultText(id: number | string, result: string): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`;
}

function errorText(id: number | string | null, fault: Fault): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"error":${JSON.stringify(fault)}}`;
}

function textOf(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
}

/** Not out of Buffer's pool: what a lock is given it may keep. */
function bytesOf(text: string): Uint8Array {
  const out = new Uint8Array(Buffer.byteLength(text));
  Buffer.from(out.buffer).write(text);
  return out;
}
