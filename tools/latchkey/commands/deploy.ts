import type { Command } from 'commander';
import { DeployError, deployLockRegistry } from '../../../contracts/script/deploy.js';
import { openChain } from '../chain-link.js';
import { chainName, chainWords, knownRpcUrl } from '../chains.js';
import { openKey } from '../key-ring.js';
import { EXIT_CODES, Failure } from '../owner/failure.js';
import { type AddCommand, examples, openTool, type Tool } from '../tool.js';

/** `deploy`: a LockRegistry of one's own, remembered as the default. */
export const addDeploy: AddCommand = (program, io) => {
  program
    .command('deploy')
    .description('deploys a LockRegistry and remembers where it is')
    .addHelpText('after', examples('latchkey deploy --chain anvil --key owner'))
    .action((_flags, command: Command) => deploy(openTool(io, command)));
};

async function deploy(tool: Tool): Promise<void> {
  const { output, config } = tool;
  const chain = await openChain(tool);
  const account = await openKey(tool);
  output.progress(`deploying from ${account.address} on ${chainWords(chain.chainId)}, waiting for a block`);
  const { address, blockNumber, transactionHash, chainId } = await deployLockRegistry({
    rpcUrl: chain.rpcUrl,
    account,
  }).catch((error: unknown) => {
    throw error instanceof DeployError ? new Failure(EXIT_CODES.failed, error.message) : error;
  });
  config.change({
    chain: chainName(chainId),
    rpc: chain.rpcUrl === knownRpcUrl(chainId) ? undefined : chain.rpcUrl,
    registry: address,
    registryBlock: blockNumber,
  });
  output.result({ event: 'deployed', registry: address, chainId, block: blockNumber, tx: transactionHash }, [
    `LockRegistry ${address} on ${chainWords(chainId)}, block ${blockNumber}`,
    `remembered in ${config.path}`,
  ]);
}
