/** One HTTP/1.1 message as it went over the wire. */
export interface HttpMessage {
  /** Start line, headers and the empty line after them. */
  readonly headerBytes: number;
  readonly bodyBytes: number;
  readonly body: string;
}

const HEAD_END = '\r\n\r\n';
const HEAD_BYTES_MAX = 16_384;

/**
 * Cuts one direction of a connection into messages and counts their bytes.
 * @throws Error where a message names no length of its body: such bytes cannot be told apart
 * @see RFC 9112 section 6.3
 */
export class HttpCounter {
  #waiting: Buffer = Buffer.alloc(0);

  /** @returns the messages that these bytes complete */
  feed(bytes: Uint8Array): readonly HttpMessage[] {
    this.#waiting = Buffer.concat([this.#waiting, bytes]);
    const messages: HttpMessage[] = [];
    for (let next = this.#take(); next; next = this.#take()) messages.push(next);
    return messages;
  }

  #take(): HttpMessage | undefined {
    const headEnd = this.#waiting.indexOf(HEAD_END);
    if (headEnd < 0) {
      if (this.#waiting.length > HEAD_BYTES_MAX) throw new Error('expected HTTP headers, found none');
      return undefined;
    }
    const headerBytes = headEnd + HEAD_END.length;
    const length = /^content-length:[ \t]*([0-9]+)[ \t]*\r?$/im.exec(
      this.#waiting.subarray(0, headerBytes).toString('latin1'),
    )?.[1];
    if (length === undefined) throw new Error('expected a content-length, found none');
    const bodyBytes = Number(length);
    if (this.#waiting.length < headerBytes + bodyBytes) return undefined;
    const body = this.#waiting.subarray(headerBytes, headerBytes + bodyBytes).toString('utf8');
    this.#waiting = this.#waiting.subarray(headerBytes + bodyBytes);
    return { headerBytes, bodyBytes, body };
  }
}
