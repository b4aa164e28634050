import { lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join, relative } from 'node:path';
import { EXIT_CODES, Failure } from '../../tools/latchkey/owner/failure.js';
import { type ControlAnswer, type ControlTarget, isWord, obeyWords } from './control-words.js';
import { holderOf } from './folder-claim.js';

/** Where a lock is controlled: a port on loopback, or a socket in the file system. */
export type ControlPlace = { readonly port: number } | { readonly path: string };

export interface ControlPort {
  readonly place: ControlPlace;
  close(): void;
}

const LINE_BYTES_MAX = 256;
const CONNECTIONS_MAX = 16;
const ANSWER_MS_MAX = 5_000;
/** What the kernel takes as a socket's path on every Unix, bytes. */
const SOCKET_PATH_BYTES_MAX = 103;

/**
 * Listens for control words: a line in, one JSON object a line out, in order. Writes into the folder where it listens,
 * so that `askControl` finds it. Whoever may open the socket may do to the door what a hand could.
 * @param wanted - absent: a socket in the folder, or a free port where its path would be too long
 * @throws Failure where the place is taken or cannot be made
 */
export async function openControl(
  folder: string,
  target: ControlTarget,
  wanted: ControlPlace = defaultPlace(folder),
): Promise<ControlPort> {
  const server = createServer((socket) => serve(socket, target));
  server.maxConnections = CONNECTIONS_MAX;
  if ('path' in wanted) removeSocket(wanted.path);
  const place = await listen(server, wanted);
  const file = placeFile(folder);
  writeFileSync(file, `${JSON.stringify(place)}\n`, { mode: 0o600 });
  return {
    place,
    close: () => {
      server.close();
      rmSync(file, { force: true });
    },
  };
}

/**
 * Sends one line of words to the lock that runs in a folder.
 * @throws Failure where none runs there, or it does not answer
 */
export async function askControl(folder: string, words: readonly string[]): Promise<ControlAnswer> {
  const place = placeOf(folder);
  if (place === undefined || holderOf(folder) === undefined) {
    throw new Failure(
      EXIT_CODES.network,
      `no lock runs in ${folder}: start one with npm run lock -- --data ${folder}`,
    );
  }
  const socket =
    'port' in place ? connect({ host: '127.0.0.1', port: place.port }) : connect(shortest(place.path));
  try {
    return await answerTo(socket, words);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new Failure(EXIT_CODES.network, `the lock in ${folder} does not answer: ${problem}`);
  } finally {
    socket.destroy();
  }
}

function serve(socket: Socket, target: ControlTarget): void {
  let rest = '';
  let isOver = false;
  socket.setTimeout(60_000, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    if (isOver) return;
    const lines = (rest + data.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const words = line.trim().split(/\s+/);
      socket.write(`${JSON.stringify(obeyWords(target, words))}\n`);
      // A web page can make a browser speak to this port; its headers are no words, so its body is never read.
      if (!isWord(words[0] ?? '')) {
        isOver = true;
        socket.destroySoon();
        return;
      }
    }
    if (rest.length > LINE_BYTES_MAX) socket.destroy();
  });
}

/** The folder is claimed, so a socket there is one that a killed process left; anything else stays. */
function removeSocket(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path, { force: true });
}

function listen(server: Server, wanted: ControlPlace): Promise<ControlPlace> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const what = 'port' in wanted ? `port ${wanted.port}` : wanted.path;
      reject(
        new Failure(
          EXIT_CODES.failed,
          `cannot listen at ${what} (${error.message}): name another with --control`,
        ),
      );
    });
    server.listen(
      'port' in wanted ? { host: '127.0.0.1', port: wanted.port } : { path: shortest(wanted.path) },
      () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? { port: address.port } : wanted);
      },
    );
  });
}

function answerTo(socket: Socket, words: readonly string[]): Promise<ControlAnswer> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setTimeout(ANSWER_MS_MAX, () => reject(new Error('nothing came')));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('it closed the connection')));
    socket.on('data', (data) => {
      text += data.toString('utf8');
      const end = text.indexOf('\n');
      if (end >= 0) resolve(JSON.parse(text.slice(0, end)) as ControlAnswer);
    });
    socket.write(`${words.join(' ').replaceAll('\n', ' ')}\n`);
  });
}

function defaultPlace(folder: string): ControlPlace {
  const path = join(folder, 'control.sock');
  const fits = process.platform !== 'win32' && Buffer.byteLength(shortest(path)) <= SOCKET_PATH_BYTES_MAX;
  return fits ? { path } : { port: 0 };
}

function placeOf(folder: string): ControlPlace | undefined {
  try {
    return JSON.parse(readFileSync(placeFile(folder), 'utf8')) as ControlPlace;
  } catch {
    return undefined;
  }
}

function placeFile(folder: string): string {
  return join(folder, 'control.json');
}

/** A socket's path has a low limit: the way from here may be shorter. */
function shortest(path: string): string {
  const here = relative(process.cwd(), path);
  return here.length < path.length ? here : path;
}
