import { readFileSync } from 'node:fs';

/** Gas of one transaction on each chain's schedule. */
export interface Gas {
  readonly ethereum: number;
  readonly iotex: number;
}

export interface GasPrices {
  readonly order: Gas;
  readonly registration: Gas;
}

const SNAPSHOT = new URL('../../../contracts/snapshots/gas.json', import.meta.url);

/** What the contract's transactions cost, as its snapshot has them from receipts. @throws Error where it lacks one */
export function readGasPrices(): GasPrices {
  const prices = JSON.parse(readFileSync(SNAPSHOT, 'utf8')) as Readonly<Record<string, Gas>>;
  const priceOf = (kind: string): Gas => {
    const price = prices[kind];
    if (price === undefined) throw new Error(`the gas snapshot has no "${kind}"`);
    return price;
  };
  return { order: priceOf('command by the owner'), registration: priceOf('register') };
}
