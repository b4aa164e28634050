import { connect, createServer, type Server, type Socket } from 'node:net';
import { HttpCounter, type HttpMessage } from './http-counter.js';

/** One request and its answer. */
export interface WireExchange {
  readonly askedUnixMs: number;
  readonly answeredUnixMs: number;
  readonly up: HttpMessage;
  readonly down: HttpMessage;
}

export interface WireTap {
  readonly url: string;
  /** Everything that passed, in the order of the answers. */
  readonly exchanges: readonly WireExchange[];
  stop(): Promise<void>;
}

/**
 * Stands between a client and a node on loopback: passes every byte on unchanged, and counts them.
 * Bytes that it cannot count end their connection, so that no figure leaves them out.
 * @param upstream - HTTP URL of the node
 */
export async function startWireTap(upstream: string): Promise<WireTap> {
  const { hostname, port } = new URL(upstream);
  const exchanges: WireExchange[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const node = connect({ host: hostname, port: Number(port) });
    for (const socket of [client, node]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('close', () => sockets.delete(socket));
    }
    tap(client, node, (exchange) => exchanges.push(exchange));
  });
  const ownPort = await listen(server);
  return {
    url: `http://127.0.0.1:${ownPort}`,
    exchanges,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function tap(client: Socket, node: Socket, onExchange: (exchange: WireExchange) => void): void {
  const asked: { readonly up: HttpMessage; readonly askedUnixMs: number }[] = [];
  const upCounter = new HttpCounter();
  const downCounter = new HttpCounter();
  const end = () => {
    client.destroy();
    node.destroy();
  };
  // What is counted before it is passed on is known by the time its reader acts on it.
  const pass = (from: Socket, to: Socket, count: (bytes: Buffer) => void) => {
    from.on('data', (bytes: Buffer) => {
      try {
        count(bytes);
        to.write(bytes);
      } catch {
        end();
      }
    });
    from.on('close', end);
    from.on('error', end);
  };
  pass(client, node, (bytes) => {
    for (const up of upCounter.feed(bytes)) asked.push({ up, askedUnixMs: Date.now() });
  });
  pass(node, client, (bytes) => {
    for (const down of downCounter.feed(bytes)) {
      const question = asked.shift();
      if (!question) throw new Error('an answer that nobody asked for');
      onExchange({ ...question, down, answeredUnixMs: Date.now() });
    }
  });
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}
