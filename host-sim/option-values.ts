import { InvalidArgumentError } from 'commander';
import { ENDPOINTS_MAX } from '../firmware/protocol/limits.js';

/** A parser of whole numbers in a range. It and those below throw InvalidArgumentError. */
export function count(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`Expected ${min} to ${max}.`);
    return value;
  };
}

export function url(text: string): string {
  if (!/^https?:\/\/[!-~]+$/.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError('Expected a URL such as http://127.0.0.1:8545.');
  }
  return text;
}

/** One to ENDPOINTS_MAX URLs with commas between. */
export function urls(text: string): readonly string[] {
  const list = text.split(',').map(url);
  if (list.length > ENDPOINTS_MAX) throw new InvalidArgumentError(`Expected at most ${ENDPOINTS_MAX} URLs.`);
  return list;
}

/** @returns the address in lower case */
export function address(text: string): string {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) throw new InvalidArgumentError('Expected 0x and 40 hex digits.');
  return text.toLowerCase();
}
