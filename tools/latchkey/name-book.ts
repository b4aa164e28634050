import { shortAddress } from './address-text.js';
import { listKeys } from './key-ring.js';
import type { Tool } from './tool.js';

/** What people call an address: the name of a guest, key or lock of theirs, else its ends. */
export function nameBook({ home, config }: Pick<Tool, 'home' | 'config'>): (address: string) => string {
  const names = new Map<string, string>();
  for (const [name, { address }] of Object.entries(config.content.locks ?? {})) names.set(address, name);
  for (const { name, address } of listKeys(home)) if (address !== undefined) names.set(address, name);
  for (const [name, address] of Object.entries(config.content.people ?? {})) names.set(address, name);
  return (address) => names.get(address.toLowerCase()) ?? shortAddress(address);
}
