import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { verifyReport } from '../../firmware/crypto/report.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { REPORT_BYTES_MAX } from '../../firmware/protocol/limits.js';
import { type Report, readReport } from '../../firmware/protocol/report.js';
import { EXIT_CODES, Failure, messageOf } from './owner/failure.js';
import { ReportLines } from './report-source.js';

export interface ReportSinkOptions {
  /** Where reports are appended, one a line in 0x hex. */
  readonly file: string;
  /** Whose reports are taken, by address in lowercase hex; anybody else's would fill the disk. */
  readonly isKnown: (lock: string) => boolean;
  /** Whether GET answers with the file. */
  readonly serves: boolean;
  readonly onTaken?: (lock: string, report: Report) => void;
  readonly onRefused?: (problem: string) => void;
}

const CONNECTIONS_MAX = 64;
const REQUEST_MS_MAX = 10_000;
const CHUNK_BYTES = 1 << 20;
const TEXT = Object.freeze({ 'content-type': 'text/plain' });

/**
 * Takes reports that locks post as application/cose. Answers 2xx only once the disk has them; verifies that the
 * lock signed, and not its place in the chain of reports: whoever reads the file does.
 */
export class ReportSink {
  readonly #options: ReportSinkOptions;
  readonly #handle: number;
  readonly #server: Server;
  readonly #engine = guardEngine(createNobleEngine());
  /**
   * Digests of all that the file holds: a lock sends again what it has no answer to, and whoever has seen a lock's
   * reports could fill the disk with them.
   */
  readonly #taken: Set<string>;
  #isTorn = false;

  /** @throws Failure where the file cannot be opened */
  constructor(options: ReportSinkOptions) {
    this.#options = options;
    this.#handle = openForAppending(options.file);
    this.#taken = digestsIn(this.#handle);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#server.requestTimeout = REQUEST_MS_MAX;
    this.#server.headersTimeout = REQUEST_MS_MAX;
  }

  /** @returns the port @throws Failure where it is taken */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error) => {
        reject(
          new Failure(
            EXIT_CODES.network,
            `cannot listen on ${host}:${port} (${messageOf(error)}): say another --port`,
          ),
        );
      });
      this.#server.listen(port, host, () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => {
      this.#server.close(() => {
        closeSync(this.#handle);
        resolve();
      });
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET' && this.#options.serves) return this.#send(request, response);
    if (request.method !== 'POST') return this.#refuse(response, 405, 'expected POST');
    if (request.headers['content-type'] !== 'application/cose')
      return this.#refuse(response, 415, 'expected application/cose');
    const body = await readBody(request);
    if (body === undefined) return this.#refuse(response, 413, `expected at most ${REPORT_BYTES_MAX} bytes`);
    const [status, problem] = this.#take(body);
    if (problem !== undefined) return this.#refuse(response, status, problem);
    response.writeHead(status).end();
  }

  #take(cose: Uint8Array): readonly [status: number, problem?: string] {
    let lock: string;
    let report: Report;
    try {
      lock = formatHex(readReport(cose).lock20);
      // Before the curve: a stranger's reports cost next to nothing.
      if (!this.#options.isKnown(lock)) return [403, `no lock of ours: ${lock}`];
      ({ report } = verifyReport(this.#engine, cose));
    } catch (error) {
      if (error instanceof DecodeError) return [400, error.message];
      throw error;
    }
    const digest = digestOf(cose);
    if (this.#taken.has(digest)) return [204];
    const line = formatHex(cose);
    try {
      // What a full disk took of a line must not run into the next one.
      const text = Buffer.from(`${this.#isTorn ? '\n' : ''}${line}\n`);
      this.#isTorn = true;
      for (let at = 0; at < text.length; ) at += writeSync(this.#handle, text, at);
      fsyncSync(this.#handle);
      this.#isTorn = false;
    } catch (error) {
      return [507, `the disk did not take it: ${messageOf(error)}`];
    }
    this.#taken.add(digest);
    this.#options.onTaken?.(lock, report);
    return [204];
  }

  /** The file from a byte on, as `--reports URL` asks for it. */
  #send(request: IncomingMessage, response: ServerResponse): void {
    const { size } = fstatSync(this.#handle);
    const start = Number(/^bytes=(\d{1,15})-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (start > 0 && start >= size) {
      response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
      return;
    }
    if (size === 0) {
      response.writeHead(200, TEXT).end();
      return;
    }
    const range = { 'content-range': `bytes ${start}-${size - 1}/${size}` };
    response.writeHead(start > 0 ? 206 : 200, {
      ...TEXT,
      ...(start > 0 && range),
      'content-length': size - start,
    });
    const stream = createReadStream(this.#options.file, { start, end: size - 1 });
    stream.on('error', () => response.destroy());
    stream.pipe(response);
  }

  #refuse(response: ServerResponse, status: number, problem: string): void {
    this.#options.onRefused?.(problem);
    // What is left of the body is not read.
    response.writeHead(status, { ...TEXT, connection: 'close' }).end(`${problem}\n`);
  }
}

/** @returns the body, or undefined where it is longer than any report */
async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > REPORT_BYTES_MAX) return undefined;
    parts.push(part as Buffer);
  }
  return Uint8Array.from(Buffer.concat(parts));
}

/** A line that a crash cut off is ended, so that the next report begins its own. */
function openForAppending(file: string): number {
  let handle: number;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    handle = openSync(file, 'a+', 0o600);
  } catch (error) {
    throw new Failure(EXIT_CODES.usage, `cannot write ${file} (${messageOf(error)}): say another --file`);
  }
  const { size } = fstatSync(handle);
  const last = Buffer.alloc(1);
  if (size > 0 && readSync(handle, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a) writeSync(handle, '\n');
  return handle;
}

function digestsIn(handle: number): Set<string> {
  const digests = new Set<string>();
  const lines = new ReportLines();
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let at = 0; ; ) {
    const count = readSync(handle, chunk, 0, CHUNK_BYTES, at);
    if (count === 0) return digests;
    at += count;
    for (const cose of lines.feed(chunk.toString('latin1', 0, count))) digests.add(digestOf(cose));
  }
}

/** 16 of 32 bytes: who could find two reports of a lock with the same ones would have to sign them. */
function digestOf(cose: Uint8Array): string {
  return createHash('sha256').update(cose).digest('base64').slice(0, 22);
}
