import type { WireExchange } from './wire-tap.js';

/** What one direction carries. */
export interface DirectionBytes {
  readonly body: number;
  readonly headers: number;
}

/** What one or more exchanges cost on the wire. */
export interface WireBytes {
  readonly requests: number;
  readonly up: DirectionBytes;
  readonly down: DirectionBytes;
  /** Bodies and headers, both ways. */
  readonly total: number;
}

/** The sample whose total is the median, and between which totals all lie. */
export interface WireSamples extends WireBytes {
  readonly samples: number;
  readonly totalMin: number;
  readonly totalMax: number;
}

/** Adds exchanges up. */
export function sumBytes(exchanges: readonly WireExchange[]): WireBytes {
  const up = { body: 0, headers: 0 };
  const down = { body: 0, headers: 0 };
  for (const exchange of exchanges) {
    up.body += exchange.up.bodyBytes;
    up.headers += exchange.up.headerBytes;
    down.body += exchange.down.bodyBytes;
    down.headers += exchange.down.headerBytes;
  }
  const total = up.body + up.headers + down.body + down.headers;
  return { requests: exchanges.length, up, down, total };
}

/** @throws Error where there is no sample */
export function medianBytes(samples: readonly WireBytes[]): WireSamples {
  const ascending = [...samples].sort((a, b) => a.total - b.total);
  const median = ascending[(ascending.length - 1) >> 1];
  const [least] = ascending;
  const most = ascending.at(-1);
  if (!median || !least || !most) throw new Error('nothing of this kind passed over the wire');
  return { ...median, samples: samples.length, totalMin: least.total, totalMax: most.total };
}

/** What the lock asked, and what it was told. */
export type LockExchange =
  | { readonly kind: 'poll'; readonly transactions: readonly string[]; readonly exchange: WireExchange }
  | { readonly kind: 'transaction'; readonly hash: string; readonly exchange: WireExchange }
  | { readonly kind: 'other'; readonly exchange: WireExchange };

/** Reads one exchange of the lock: a poll is the batch that asks for the head and for events. */
export function lockExchange(exchange: WireExchange): LockExchange {
  const asked = JSON.parse(exchange.up.body) as Call | readonly Call[];
  if (!Array.isArray(asked)) {
    const { method, params } = asked as Call;
    return method === 'eth_getTransactionByHash'
      ? { kind: 'transaction', hash: String(params[0]), exchange }
      : { kind: 'other', exchange };
  }
  const logs = (asked as readonly Call[]).find(({ method }) => method === 'eth_getLogs');
  const answers = JSON.parse(exchange.down.body) as readonly { id: unknown; result?: unknown }[];
  const result = Array.isArray(answers) ? answers.find(({ id }) => id === logs?.id)?.result : undefined;
  if (!logs || !Array.isArray(result)) return { kind: 'other', exchange };
  const transactions = result.map(({ transactionHash }: { transactionHash: string }) => transactionHash);
  return { kind: 'poll', transactions, exchange };
}

interface Call {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}
