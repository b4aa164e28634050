import type { Address } from 'viem';
import { parseAddress, shortAddress } from './address-text.js';
import { checkName } from './config.js';
import { nameBook } from './name-book.js';
import { EXIT_CODES, Failure } from './owner/failure.js';
import type { Tool } from './tool.js';

/** Names that this computer gives to addresses; nobody else sees them. */
export type People = Readonly<Record<string, Address>>;

/** An address, or a name of the address book. @throws Failure `usage` */
export function findPerson(tool: Tool, text: string): Address {
  const people = peopleOf(tool);
  const known = Object.hasOwn(people, text) ? people[text] : undefined;
  if (known !== undefined) return known;
  if (text.startsWith('0x')) return parseAddress(text, 'guest');
  throw new Failure(
    EXIT_CODES.usage,
    `nobody is called "${text}" in ${tool.config.path}: say an address, and --name ${text} to remember it`,
  );
}

/** @throws Failure where the name is none, or somebody else's */
export function rememberPerson(tool: Tool, name: string, address: Address): void {
  const people = peopleOf(tool);
  const other = Object.hasOwn(people, checkName(name, 'guest')) ? people[name] : undefined;
  if (other === address) return;
  if (other !== undefined)
    throw new Failure(EXIT_CODES.usage, `${name} is ${other} already: choose another name`);
  tool.config.change({ people: { ...people, [name]: address } });
}

export function nameOf(tool: Tool, address: string): string | undefined {
  return Object.entries(peopleOf(tool)).find(([, other]) => other === address.toLowerCase())?.[0];
}

/** anna (0x1234…abcd), or 0x1234…abcd; reads the names once for many addresses. */
export function personNamer(tool: Tool): (address: string) => string {
  const nameBookOf = nameBook(tool);
  return (address) => {
    const name = nameBookOf(address);
    const short = shortAddress(address);
    return name === short ? short : `${name} (${short})`;
  };
}

export function personWords(tool: Tool, address: string): string {
  return personNamer(tool)(address);
}

function peopleOf({ config }: Tool): People {
  return config.content.people ?? {};
}
