import { type CborValue, decodeCbor, encodeCbor } from '../protocol/cbor.js';
import { DecodeError } from '../protocol/errors.js';
import { type LockSettings, settingsFromCbor, settingsToCbor } from '../protocol/pairing.js';

/** What a device keeps for life: its key, and what pairing told it. */
export interface Identity {
  readonly secretKey32: Uint8Array;
  readonly settings: LockSettings | undefined;
}

export function encodeIdentity(identity: Identity): Uint8Array {
  const settings: CborValue = identity.settings === undefined ? null : settingsToCbor(identity.settings);
  return encodeCbor([identity.secretKey32, settings]);
}

/** Decodes what `encodeIdentity` wrote. @throws DecodeError `type` and the codes of `decodeCbor` */
export function decodeIdentity(bytes: Uint8Array): Identity {
  const fields = decodeCbor(bytes);
  if (!Array.isArray(fields) || fields.length !== 2)
    throw new DecodeError('type', 'expected an identity record');
  const [secretKey32, settings] = fields as readonly CborValue[];
  if (!(secretKey32 instanceof Uint8Array) || secretKey32.length !== 32) {
    throw new DecodeError('type', 'expected a 32-byte key');
  }
  return { secretKey32, settings: settings === null ? undefined : settingsFromCbor(settings) };
}
