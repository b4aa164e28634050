/** Gas of one transaction on each chain's schedule. */
export interface Gas {
  readonly ethereum: number;
  readonly iotex: number;
}

const BASE = 21_000;
const ZERO_BYTE = 4;
const NONZERO_BYTE = 16;
const FLOOR_TOKEN = 10;
const IOTEX_BASE = 10_000;
const IOTEX_BYTE = 100;
const IOTEX_FLOOR_BYTE = 250;

/** What Ethereum asks before the first instruction runs. @see EIP-2028 */
export function intrinsicGas(data: Uint8Array): number {
  return data.reduce((gas, byte) => gas + (byte === 0 ? ZERO_BYTE : NONZERO_BYTE), BASE);
}

/** What Ethereum asks at least, however little runs. @see EIP-7623 */
export function floorGas(data: Uint8Array): number {
  return data.reduce((gas, byte) => gas + FLOOR_TOKEN * (byte === 0 ? 1 : 4), BASE);
}

/** The larger of 10,000 + 100 a byte of calldata + execution, and 10,000 + 250 a byte. */
export function iotexGas(data: Uint8Array, execution: number): number {
  return Math.max(
    IOTEX_BASE + IOTEX_BYTE * data.length + execution,
    IOTEX_BASE + IOTEX_FLOOR_BYTE * data.length,
  );
}
