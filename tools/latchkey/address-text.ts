import { type Address, getAddress, isAddress } from 'viem';
import { EXIT_CODES, Failure } from './owner/failure.js';

/**
 * Reads an address that a person typed: 40 hex digits, and the checksum where its letters are mixed.
 * @returns it in lowercase
 * @throws Failure `usage`
 * @see EIP-55
 */
export function parseAddress(text: string, what: string): Address {
  const bare = text.trim();
  if (!/^0x[0-9a-fA-F]{40}$/.test(bare)) {
    throw new Failure(
      EXIT_CODES.usage,
      `"${bare}" is no address for the ${what}: expected 0x and 40 hex digits, found ${bare.length} characters`,
    );
  }
  const digits = bare.slice(2);
  const isMixed = digits !== digits.toLowerCase() && digits !== digits.toUpperCase();
  if (isMixed && !isAddress(bare)) {
    throw new Failure(
      EXIT_CODES.usage,
      `${bare} is mistyped: its capital letters do not match, compare it with where you copied it from`,
    );
  }
  return bare.toLowerCase() as Address;
}

/** Ten groups of four digits, for two people or two screens to compare. */
export function fingerprint(address: Address): string {
  return (address.slice(2).match(/.{4}/g) ?? []).join(' ').toLowerCase();
}

/** With its checksum, as wallets show it. */
export function checksummed(address: Address): Address {
  return getAddress(address);
}

/** 0x1234…abcd */
export function shortAddress(address: string): string {
  return `${address.slice(0, 6)}…${address.slice(-4)}`;
}
