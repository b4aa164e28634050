import { createPublicClient, webSocket } from 'viem';
import type { Closers } from './closers.js';

/** When each block was announced. */
export interface BlockWatch {
  /** Unix milliseconds; undefined for a block that was not announced here. */
  announcedUnixMs(blockNumber: number): number | undefined;
}

/** Lets the node announce its blocks: to ask for receipts would tell when they were asked for. */
export async function watchBlocks(rpcUrl: string, closers: Closers): Promise<BlockWatch> {
  const announced = new Map<number, number>();
  const url = rpcUrl.replace(/^http/, 'ws');
  const client = createPublicClient({ transport: webSocket(url, { reconnect: false }) });
  const socket = await client.transport.getRpcClient();
  // No farewell: the node may be gone already.
  closers.add(() => socket.close());
  await client.transport.subscribe({
    params: ['newHeads'],
    // viem passes on what the subscription carries, and types it as an answer to a call.
    onData: (data: { result?: { number?: string } | undefined }) => {
      if (data.result?.number !== undefined) announced.set(Number(data.result.number), Date.now());
    },
    onError: () => {},
  });
  return { announcedUnixMs: (blockNumber) => announced.get(blockNumber) };
}
