import TCP from 'embedded:io/socket/tcp';
import TLSSocket from 'embedded:io/socket/tcp/tls';
import HTTPClient from 'embedded:network/http/client';
import { capSocket, type SocketConstructor } from '../../drivers/capped-socket.js';
import type { HttpNetwork } from '../../drivers/io.js';
import { HTTP_BODY_BYTES_MAX } from '../../protocol/limits.js';
import { LwipResolver } from './lwip-resolver.js';

/** Status line and headers of an answer, bytes; the client keeps only those that it was asked for. */
const HEAD_BYTES_MAX = 6_144;
/** The answers of a handshake, certificates included, bytes. */
const HANDSHAKE_BYTES_MAX = 24_576;

/** @returns HTTP over TCP, each answer bounded in bytes */
export function createHttp(): HttpNetwork {
  const dns = { io: LwipResolver };
  const socket = { io: capSocket(TCP as unknown as SocketConstructor, HTTP_BODY_BYTES_MAX + HEAD_BYTES_MAX) };
  return network({ io: HTTPClient as unknown as HttpNetwork['io'], dns, socket });
}

/** @returns HTTP over TLS 1.2 against the roots in the manifest, bounded below and above the encryption */
export function createHttps(): HttpNetwork {
  const dns = { io: LwipResolver };
  const wire = {
    io: capSocket(
      TCP as unknown as SocketConstructor,
      HTTP_BODY_BYTES_MAX + HEAD_BYTES_MAX + HANDSHAKE_BYTES_MAX,
    ),
  };
  const socket = {
    io: capSocket(TLSSocket as unknown as SocketConstructor, HTTP_BODY_BYTES_MAX + HEAD_BYTES_MAX),
    TCP: wire,
    secure: { applicationLayerProtocolNegotiation: 'http/1.1' },
  };
  return network({ io: HTTPClient as unknown as HttpNetwork['io'], dns, socket });
}

/** The driver hands on whatever stands beside the constructor without looking inside. */
function network(parts: HttpNetwork & { readonly dns: object; readonly socket: object }): HttpNetwork {
  return parts;
}
