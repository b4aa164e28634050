import { type CborValue, decodeCbor, encodeCbor } from '../protocol/cbor.js';
import { asArray, asBytes } from '../protocol/cbor-fields.js';
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
  const [secretKey32, settings] = asArray(decodeCbor(bytes), 2);
  return {
    secretKey32: asBytes(secretKey32, 32),
    settings: settings === null ? undefined : settingsFromCbor(settings),
  };
}
