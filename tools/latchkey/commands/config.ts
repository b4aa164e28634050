import type { Command } from 'commander';
import type { Address } from 'viem';
import { parseAddress } from '../address-text.js';
import { chainName, parseChain } from '../chains.js';
import type { Config } from '../config.js';
import { EXIT_CODES, Failure } from '../owner/failure.js';
import { tableLines } from '../table.js';
import { type AddCommand, examples, openTool } from '../tool.js';

const SETTABLE = ['chain', 'rpc', 'registry', 'key', 'lock'] as const;

/** `config`: shows the defaults, or sets one. */
export const addConfig: AddCommand = (program, io) => {
  program
    .command('config')
    .description('shows the defaults of latchkey.json, or sets one; an empty value forgets it')
    .argument('[name]', SETTABLE.join(', '))
    .argument('[value]')
    .addHelpText('after', examples('latchkey config', 'latchkey config chain iotex-testnet'))
    .action((name: string | undefined, value: string | undefined, _flags, command: Command) => {
      const { output, config } = openTool(io, command);
      if (name !== undefined && value !== undefined) config.change(changeOf(name, value));
      const { path, content } = config;
      output.result({ event: 'config', file: path, ...content }, [path, ...linesOf(content)]);
    });
};

function changeOf(name: string, value: string): Partial<Config> {
  if (value === '') return { [checked(name)]: undefined };
  switch (checked(name)) {
    case 'chain':
      return { chain: chainName(parseChain(value)) };
    case 'registry':
      return { registry: parseAddress(value, 'registry') as Address };
    default:
      return { [name]: value };
  }
}

function checked(name: string): (typeof SETTABLE)[number] {
  const found = SETTABLE.find((other) => other === name);
  if (found) return found;
  throw new Failure(EXIT_CODES.usage, `there is no default "${name}": say ${SETTABLE.join(', ')}`);
}

function linesOf(content: Config): readonly string[] {
  const locks = Object.entries(content.locks ?? {});
  return [
    ...tableLines(SETTABLE.map((name) => [name, String(content[name] ?? '-')])),
    ...tableLines(locks.map(([name, lock]) => [`lock ${name}`, `${lock.address} on chain ${lock.chainId}`])),
  ];
}
