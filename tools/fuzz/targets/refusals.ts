import type { DecodeErrorCode } from '../../../firmware/protocol/errors.js';

/** What `decodeCbor` documents. */
export const CBOR_REFUSALS: readonly DecodeErrorCode[] = Object.freeze([
  'truncated',
  'trailing',
  'non-canonical',
  'duplicate',
  'depth',
  'size',
  'utf8',
  'type',
  'range',
]);

/** What `parseJson` documents. */
export const JSON_REFUSALS: readonly DecodeErrorCode[] = Object.freeze(['size', 'utf8', 'depth', 'json']);
