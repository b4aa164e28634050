import { parseHex } from '../../firmware/protocol/hex.js';
import type { Report } from '../../firmware/protocol/report.js';
import { readVectors } from './read-vectors.js';

/** One signed report, with every stage of its making. */
export interface ReportVector {
  readonly name: string;
  readonly report: Report;
  readonly payload: Uint8Array;
  readonly sigStructure: Uint8Array;
  readonly signature: Uint8Array;
  readonly cose: Uint8Array;
  readonly hash16: Uint8Array;
}

export interface ReportVectors {
  readonly publicKey65: Uint8Array;
  readonly lock: Uint8Array;
  readonly protectedHeader: Uint8Array;
  readonly reports: readonly ReportVector[];
}

type Json = { readonly [field: string]: unknown };

/** Reads `report.json`: a chain of reports signed with a published key. */
export function readReportVectors(): ReportVectors {
  const file = readVectors<Json & { readonly reports: readonly Json[] }>('report.json');
  return {
    publicKey65: parseHex(file['publicKey'], 65),
    lock: parseHex(file['lock'], 20),
    protectedHeader: parseHex(file['protectedHeader']),
    reports: file.reports.map((entry) => ({
      name: String(entry['name']),
      report: fromJson(entry['report'] as Json) as unknown as Report,
      payload: parseHex(entry['payload']),
      sigStructure: parseHex(entry['sigStructure']),
      signature: parseHex(entry['signature'], 64),
      cose: parseHex(entry['cose']),
      hash16: parseHex(entry['hash16'], 16),
    })),
  };
}

/** Hex becomes bytes; the one 64-bit number is decimal text, because JSON has no such integers. */
function fromJson(value: Json): Json {
  return Object.fromEntries(
    Object.entries(value).map(([field, item]) => {
      if (field === 'lastCommand' || field === 'adoption') return [field, fromJson(item as Json)];
      if (field === 'nonce' && !String(item).startsWith('0x')) return [field, BigInt(String(item))];
      return [field, typeof item === 'string' && item.startsWith('0x') ? parseHex(item) : item];
    }),
  );
}
