import { spawnSync } from 'node:child_process';
import { closeSync, constants, createReadStream, openSync, writeSync } from 'node:fs';
import { IoError } from '../../firmware/protocol/errors.js';
import type { ByteStream } from './byte-stream.js';

const BAUD = '115200';

/**
 * Opens a serial device such as /dev/ttyUSB0 as raw bytes at 115,200 baud; `stty` sets it up, so there is no
 * native package to build. Not on Windows.
 * @throws IoError with what to do about it
 */
export function openSerialDevice(path: string): ByteStream {
  const flag = process.platform === 'darwin' ? '-f' : '-F';
  // -hupcl: closing the port would reset the board.
  const options = [flag, path, BAUD, 'raw', '-echo', 'cs8', '-cstopb', '-parenb', 'clocal', '-hupcl'];
  const { status, error } = spawnSync('stty', options, { stdio: 'ignore' });
  if (status !== 0) {
    throw new IoError(
      `cannot open ${path}${error ? ` (${error.message})` : ''}: is it there, and may you use it?`,
    );
  }
  const handle = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
  const reader = createReadStream('', { fd: handle, autoClose: false });
  let closed = false;
  return {
    write: (bytes) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    },
    listen: (onBytes, onEnd) => {
      reader.on('data', (data) => onBytes(Uint8Array.from(data as Buffer)));
      reader.on('error', (failure) => onEnd(`${path}: ${failure.message}`));
      reader.on('end', () => onEnd(`${path} was unplugged`));
    },
    close: () => {
      if (closed) return;
      closed = true;
      reader.destroy();
      closeSync(handle);
    },
  };
}
