import type { LocalAccount } from 'viem';
import { formatHex, parseHex } from '../../firmware/protocol/hex.js';
import { EXIT_CODES, Failure } from './owner/failure.js';

/** How an opened key signs a 32-byte digest: r, s and v, 65 bytes. */
export function digestSigner({ sign }: LocalAccount): (digest32: Uint8Array) => Promise<Uint8Array> {
  if (sign === undefined)
    throw new Failure(EXIT_CODES.usage, 'this key signs transactions alone: say another --key');
  return async (digest32) => parseHex(await sign({ hash: formatHex(digest32) as `0x${string}` }), 65);
}
