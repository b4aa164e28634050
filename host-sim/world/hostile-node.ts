import { formatHex, formatQuantity } from '../../firmware/protocol/hex.js';
import { HTTP_BODY_BYTES_MAX } from '../../firmware/protocol/limits.js';
import { TOPIC } from '../../firmware/protocol/lock-registry.js';
import type { Archive, SignedWord } from './archive.js';
import type { RpcTransactionJson } from './chain-transaction.js';
import { FORGED_LIES, type Forger, type ForgeTarget } from './forger.js';
import type { LieName } from './lies.js';
import type { LogsFilter, RpcLog } from './log-index.js';
import type { MemoryChain } from './memory-chain.js';
import { answerRpc, type ChainView, type NodeHabits } from './memory-node.js';
import type { Prng } from './prng.js';

/** What a node is up to at the moment. */
export type NodeMood =
  | 'honest'
  | 'withholding' // the true height, and none of the newer events
  | 'stale' // an older chain, as a node that fell behind
  | 'replaying' // besides the truth, whatever was ever signed, mined or not
  | 'lying' // forged events and transactions, and bodies that are no answers
  | 'failing'; // 429 and 5xx

export const HOSTILE_MOODS: readonly NodeMood[] = Object.freeze([
  'withholding',
  'stale',
  'replaying',
  'lying',
  'failing',
]);

/** What comes of asking a node. */
export type NodeAnswer =
  | {
      readonly kind: 'body';
      readonly status: number;
      readonly body: Uint8Array;
      readonly retryAfterSeconds?: number;
    }
  | { readonly kind: 'hang' }
  | { readonly kind: 'cut' };

/** A transaction that a node tells of, whether or not it is on the chain. */
export interface Rumour {
  readonly hash: string;
  /** Topic 0 of the event that names it. */
  readonly topic: string;
  /** What the node shows under the hash; where absent, what somebody has truly signed. */
  readonly json?: RpcTransactionJson;
}

export interface HostileNodeOptions {
  readonly chain: MemoryChain;
  readonly archive: Archive;
  readonly forger: Forger;
  readonly prng: Prng;
  readonly habits: NodeHabits;
  /** Unix seconds of the world's true time. */
  readonly nowSeconds: () => number;
  readonly target: () => ForgeTarget;
  /** The lock is shown the true bytes of a word. */
  readonly onShown: (word: SignedWord) => void;
  readonly count: (fault: string) => void;
}

const BODY_LIES: readonly LieName[] = Object.freeze([
  'not-json',
  'truncated-body',
  'deep-nesting',
  'big-body',
  'log-flood',
  'wrong-ids',
  'rpc-error',
  'http-500',
  'odd-height',
  'odd-log',
  'absurd-height',
  'withhold',
  'hang',
  'cut-connection',
]);
const FLOOD_LOGS = 200;
const STALE_BLOCKS_MAX = 400;
/** Behind whatever else is in the block. */
const RUMOUR_INDEX = 1_000;
const HUGE_HEAD = 2 ** 47 - 1;

/** A JSON-RPC node in memory that is honest, late, broken or a liar, by its mood. */
export class HostileNode implements ChainView {
  readonly #options: HostileNodeOptions;
  readonly #forged = new Map<string, RpcTransactionJson | null>();
  /** Whatever its mood: nobody reaches it. */
  isAway = false;
  #mood: NodeMood = 'honest';
  #heldFromBlock = Number.POSITIVE_INFINITY;
  #staleBlocks = 0;
  #lie: LieName | undefined;
  readonly #rumours = new Map<string, Rumour>();

  constructor(options: HostileNodeOptions) {
    this.#options = options;
  }

  get mood(): NodeMood {
    return this.#mood;
  }

  set mood(mood: NodeMood) {
    const { chain, prng } = this.#options;
    this.#mood = mood;
    this.#lie = undefined;
    this.#heldFromBlock = mood === 'withholding' ? chain.head + 1 : Number.POSITIVE_INFINITY;
    this.#staleBlocks = mood === 'stale' ? prng.between(1, STALE_BLOCKS_MAX) : 0;
  }

  /** Tells of this too from now on, whatever its mood. */
  whisper(rumour: Rumour): void {
    this.#rumours.set(rumour.hash, rumour);
  }

  /** Tells no rumour any more and shows nothing forged, or not this one. */
  hush(hash?: string): void {
    if (hash !== undefined) {
      this.#rumours.delete(hash);
      return;
    }
    this.#rumours.clear();
    this.#forged.clear();
  }

  /** Answers one exchange of the lock. */
  ask(body: Uint8Array): NodeAnswer {
    const { chain, prng, habits, nowSeconds, count } = this.#options;
    chain.mine(nowSeconds());
    if (this.isAway) return { kind: 'cut' };
    if (this.#mood === 'failing' && prng.chance(0.9)) {
      count('http-status');
      const retryAfterSeconds = prng.chance(0.4) ? prng.between(1, 400) : undefined;
      const status = prng.pick([429, 500, 502, 503, 301]);
      return {
        kind: 'body',
        status,
        body: EMPTY,
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      };
    }
    this.#lie = this.#mood === 'lying' ? prng.pick(prng.chance(0.5) ? FORGED_LIES : BODY_LIES) : undefined;
    if (this.#lie !== undefined) count(`lie ${this.#lie}`);
    return this.#bend({ kind: 'body', status: 200, body: answerRpc(this, body, habits) });
  }

  // The chain as this node shows it

  get head(): number {
    const { head } = this.#options.chain;
    if (this.#lie === 'absurd-height') return HUGE_HEAD;
    return Math.max(0, head - this.#staleBlocks);
  }

  logs(filter: LogsFilter): readonly RpcLog[] {
    const told = this.#logsByMood(filter);
    if (this.#rumours.size === 0) return told;
    const rumours = [...this.#rumours.values()].map(({ hash, topic }, i) =>
      this.#logOf(hash, filter, RUMOUR_INDEX + i, topic),
    );
    return [...told, ...rumours];
  }

  #logsByMood(filter: LogsFilter): readonly RpcLog[] {
    const { chain, prng, archive, count } = this.#options;
    if (this.#lie === 'withhold') return [];
    const toBlock = Math.min(filter.toBlock, this.#heldFromBlock - 1, this.head);
    const { addresses, topics, fromBlock } = filter;
    const true_ = chain.logs({ addresses, topics, fromBlock, toBlock });
    if (this.#lie !== undefined) return [...true_, ...this.#forgedLogs(filter)];
    if (this.#mood !== 'replaying' || archive.all.length === 0 || !prng.chance(0.5)) return true_;
    const words = Array.from({ length: prng.between(1, 4) }, () => this.#wordAgain());
    count('replay');
    return [...true_, ...words.map((word, i) => this.#logOf(word.hash, filter, i, topicOf(word)))];
  }

  transactionByHash(hash: string): RpcTransactionJson | null {
    const { chain, archive, onShown } = this.#options;
    const whispered = this.#rumours.get(hash)?.json;
    if (whispered !== undefined) return whispered;
    const forged = this.#forged.get(hash);
    if (forged !== undefined) return forged;
    const word = archive.find(hash);
    const known = chain.transactionByHash(hash);
    if (word === undefined) return known;
    onShown(word);
    return known ?? archive.recall(word);
  }

  /** Of late as a rule, or of any time. */
  #wordAgain(): SignedWord {
    const { prng, archive } = this.#options;
    const { all } = archive;
    const from = prng.chance(0.7) ? Math.max(0, all.length - 12) : 0;
    return all[prng.between(from, all.length - 1)] as SignedWord;
  }

  #forgedLogs(filter: LogsFilter): readonly RpcLog[] {
    const { chain, forger, prng, nowSeconds, target } = this.#options;
    const lie = this.#lie;
    if (lie === 'log-flood')
      return Array.from({ length: FLOOD_LOGS }, (_, i) => this.#logOf(formatHex(prng.bytes(32)), filter, i));
    if (lie === 'odd-log') return [{ ...this.#logOf(formatHex(prng.bytes(32)), filter, 0), data: '0x1234' }];
    if (lie === undefined || !FORGED_LIES.includes(lie)) return [];
    const { all } = this.#options.archive;
    const real = all.length === 0 ? null : chain.recall((all.at(-1) as SignedWord).hash);
    const { hash, json } = forger.forge(lie, target(), nowSeconds(), real ?? undefined);
    // The twin of a real one has its hash; shown so once, the truth must be told of it another time.
    if (lie === 'high-s') this.#forged.clear();
    this.#forged.set(hash, json);
    if (this.#forged.size > 64) this.#forged.clear();
    return [this.#logOf(hash, filter, 0)];
  }

  #logOf(
    hash: string,
    { fromBlock, toBlock }: LogsFilter,
    index: number,
    topic: string = TOPIC.commanded,
  ): RpcLog {
    const { chain, target } = this.#options;
    const words = topic === TOPIC.commanded ? 1 : 2;
    const blockNumber = Math.max(fromBlock, Math.min(toBlock, this.head));
    return {
      address: chain.registry,
      topics: [topic, `0x${'00'.repeat(12)}${formatHex(target().lock20).slice(2)}`],
      data: `0x${'00'.repeat(32 * words)}`,
      blockHash: `0x${'00'.repeat(32)}`,
      blockNumber: formatQuantity(blockNumber),
      blockTimestamp: '0x0',
      transactionHash: hash as `0x${string}`,
      transactionIndex: formatQuantity(index),
      logIndex: formatQuantity(index),
      removed: false,
    };
  }

  /** What is done to the whole body. */
  #bend(answer: Extract<NodeAnswer, { kind: 'body' }>): NodeAnswer {
    switch (this.#lie) {
      case 'not-json':
        return { ...answer, body: bytesOf('<html><body>Bad gateway</body></html>') };
      case 'truncated-body':
        return { ...answer, body: answer.body.slice(0, answer.body.length >> 1) };
      case 'deep-nesting':
        return { ...answer, body: bytesOf('['.repeat(2_000)) };
      case 'big-body':
        return { ...answer, body: new Uint8Array(HTTP_BODY_BYTES_MAX + 1).fill(0x20) };
      case 'wrong-ids':
        return { ...answer, body: bytesOf(textOf(answer.body).replaceAll('"id":1', '"id":7')) };
      case 'rpc-error':
        return {
          ...answer,
          body: bytesOf('{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no"}}'),
        };
      case 'http-500':
        return { ...answer, status: 500, body: EMPTY };
      case 'odd-height':
        return { ...answer, body: bytesOf(textOf(answer.body).replace(/"result":"0x/, '"result":"0x000')) };
      case 'hang':
        return { kind: 'hang' };
      case 'cut-connection':
        return { kind: 'cut' };
      default:
        return answer;
    }
  }
}

const EMPTY = new Uint8Array(0);

/** Topic 0 of the event that a word causes. */
export function topicOf({ command }: Pick<SignedWord, 'command'>): string {
  if (command.kind === 'order') return TOPIC.commanded;
  return command.kind === 'grant' ? TOPIC.granted : TOPIC.handedOver;
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
