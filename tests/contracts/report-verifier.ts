import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { bytesToHex, decodeFunctionResult, encodeFunctionData, type Hex, parseAbi } from 'viem';
import { COMPILER_SETTINGS, sourcePath } from '../../tools/codegen/compile.js';

/** What a contract that takes reports would call, with its gas. */
const HARNESS = `
pragma solidity 0.8.37;
import {ReportSignature} from "src/libraries/ReportSignature.sol";
contract Harness {
  function check(bytes calldata report, uint8 v) external view returns (address lock, uint256 gasUsed) {
    uint256 before = gasleft();
    lock = ReportSignature.signerOf(report, v);
    gasUsed = before - gasleft();
  }
}`;

const ABI = parseAbi(['function check(bytes report, uint8 v) view returns (address lock, uint256 gasUsed)']);
/** Any address; the code is put there for each call alone. */
const PLACE = '0x00000000000000000000000000000000000c05e1';

export type Answer = { readonly lock: Hex; readonly gasUsed: number } | 'refused';

/** Asks the chain itself, by a call, who signed a report. */
export class ReportVerifier {
  readonly #rpcUrl: string;
  readonly #code: Hex;

  /** Compiles ReportSignature.sol. @param rpcUrl - a node that takes state overrides */
  constructor(rpcUrl: string) {
    this.#rpcUrl = rpcUrl;
    this.#code = compile();
  }

  /** @returns who signed, by the v that fits, with the gas of that check */
  async check(report: Uint8Array): Promise<Answer> {
    const answer = await this.checkWith(report, 27);
    return answer === 'refused' ? this.checkWith(report, 28) : answer;
  }

  async checkWith(report: Uint8Array, v: number): Promise<Answer> {
    const data = encodeFunctionData({ abi: ABI, functionName: 'check', args: [bytesToHex(report), v] });
    const params = [{ to: PLACE, data }, 'latest', { [PLACE]: { code: this.#code } }];
    const response = await fetch(this.#rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_call', params }),
    });
    const { result, error } = (await response.json()) as { result?: Hex; error?: { message: string } };
    if (error) {
      assert.match(error.message, /revert/);
      return 'refused';
    }
    const [lock, gasUsed] = decodeFunctionResult({
      abi: ABI,
      functionName: 'check',
      data: result ?? assert.fail(),
    });
    return { lock: lock.toLowerCase() as Hex, gasUsed: Number(gasUsed) };
  }
}

function compile(): Hex {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const solc = createRequire(import.meta.url)('solc') as {
    compile(input: string, callbacks: { import(path: string): { contents: string } }): string;
  };
  const input = {
    language: 'Solidity',
    sources: { 'Harness.sol': { content: HARNESS } },
    settings: {
      ...COMPILER_SETTINGS,
      outputSelection: { 'Harness.sol': { Harness: ['evm.deployedBytecode.object'] } },
    },
  };
  const output = JSON.parse(
    solc.compile(JSON.stringify(input), {
      import: (path) => ({ contents: readFileSync(sourcePath(root, path), 'utf8') }),
    }),
  );
  const errors = (output.errors ?? []).filter(({ severity }: { severity: string }) => severity === 'error');
  assert.deepEqual(errors, []);
  return `0x${output.contracts['Harness.sol'].Harness.evm.deployedBytecode.object}`;
}
