import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPublicClient, http, keccak256 } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import {
  DeployError,
  type Deployment,
  deployLockRegistry,
  readKeyFile,
} from '../../contracts/script/deploy.js';
import { type Anvil, startAnvil } from './anvil.js';

const POOR_KEY = `0x${'11'.repeat(32)}` as const;

describe('deployLockRegistry', function () {
  this.timeout(30_000);
  let anvil: Anvil;
  let folder: string;

  before(async () => {
    anvil = await startAnvil({ chainId: 4690 });
    folder = mkdtempSync(join(tmpdir(), 'latchkey-deploy-'));
  });
  after(async () => {
    await anvil.stop();
    rmSync(folder, { recursive: true });
  });

  function keyFile(content: string): string {
    const path = join(folder, 'key');
    writeFileSync(path, content);
    return path;
  }

  async function assertDeployed(deployment: Deployment): Promise<void> {
    const reader = createPublicClient({ transport: http(anvil.rpcUrl) });
    const code = await reader.getCode({ address: deployment.address });
    const receipt = await reader.getTransactionReceipt({ hash: deployment.transactionHash });
    assert.ok(code);
    assert.deepEqual(deployment, {
      contract: 'LockRegistry',
      chainId: 4690,
      address: receipt.contractAddress?.toLowerCase(),
      blockNumber: Number(receipt.blockNumber),
      transactionHash: receipt.transactionHash,
      codeHash: keccak256(code),
    });
  }

  it('answers where the contract is', async () => {
    const account = readKeyFile(keyFile(anvil.accounts[0]?.privateKey ?? ''));
    await assertDeployed(await deployLockRegistry({ rpcUrl: anvil.rpcUrl, account, pollIntervalMs: 25 }));
  });

  it('waits for a block', async () => {
    const slow = await startAnvil({ blockTimeSeconds: 1 });
    try {
      const account = privateKeyToAccount(slow.accounts[0]?.privateKey ?? POOR_KEY);
      const { blockNumber } = await deployLockRegistry({ rpcUrl: slow.rpcUrl, account, pollIntervalMs: 50 });
      assert.ok(blockNumber > 0);
    } finally {
      await slow.stop();
    }
  });

  it('refuses an account without funds', async () => {
    const account = privateKeyToAccount(POOR_KEY);
    const expected = new DeployError(
      `${account.address} has no funds for the deployment: send it coins of this chain`,
    );
    await assert.rejects(deployLockRegistry({ rpcUrl: anvil.rpcUrl, account }), expected);
  });

  it('refuses too little', async () => {
    const account = privateKeyToAccount(`0x${'22'.repeat(32)}`);
    const body = { jsonrpc: '2.0', id: 1, method: 'anvil_setBalance', params: [account.address, '0x1'] };
    const headers = { 'content-type': 'application/json' };
    await fetch(anvil.rpcUrl, { method: 'POST', headers, body: JSON.stringify(body) });
    await assert.rejects(
      deployLockRegistry({ rpcUrl: anvil.rpcUrl, account }),
      /^DeployError: 0x\w+ has no funds/,
    );
  });

  it('refuses what is no URL, in one line', async () => {
    const account = privateKeyToAccount(POOR_KEY);
    for (const rpcUrl of ['', 'localhost:8545', 'ws://127.0.0.1:1', 'http://']) {
      await assert.rejects(
        deployLockRegistry({ rpcUrl, account }),
        /^DeployError: expected an http or https URL/,
        rpcUrl,
      );
    }
  });

  it('names a node that does not answer by its origin, and keeps the path, which may be a password', async () => {
    const account = privateKeyToAccount(POOR_KEY);
    const expected = new DeployError('no JSON-RPC node answers at http://127.0.0.1:1');
    await assert.rejects(deployLockRegistry({ rpcUrl: 'http://127.0.0.1:1/secret', account }), expected);
  });

  it('explains a server that speaks no JSON-RPC in one line', async () => {
    const server = await serve('<html>');
    try {
      const rpcUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const failure = deployLockRegistry({ rpcUrl, account: privateKeyToAccount(POOR_KEY) });
      await assert.rejects(failure, (error: Error) => {
        assert.equal(error.name, 'DeployError');
        assert.doesNotMatch(error.message, /\n/);
        return true;
      });
    } finally {
      server.close();
    }
  });

  it('refuses key files without naming what is in them', () => {
    const bad = ['', '0x12', 'ab'.repeat(33), `${'zz'.repeat(32)}`, `0x${'00'.repeat(32)}`, 'ff'.repeat(32)];
    for (const content of bad) {
      assert.throws(
        () => readKeyFile(keyFile(content)),
        (error: Error) =>
          error.name === 'DeployError' && (content === '' || !error.message.includes(content)),
      );
    }
    assert.throws(() => readKeyFile(join(folder, 'none')), /cannot read the key file/);
    assert.equal(readKeyFile(keyFile(`${'11'.repeat(32)}\n`)).address, privateKeyToAccount(POOR_KEY).address);
  });

  it('as a program writes a deployment file, and prints it as JSON', async () => {
    const out = join(folder, 'deployment.json');
    const key = keyFile(anvil.accounts[1]?.privateKey ?? '');
    const done = await run(['--rpc', anvil.rpcUrl, '--key-file', key, '--out', out, '--json']);
    assert.equal(done.code, 0, done.stderr);
    const deployment = JSON.parse(readFileSync(out, 'utf8')) as Deployment;
    assert.deepEqual(JSON.parse(done.stdout), deployment);
    await assertDeployed(deployment);
  });

  it('as a program fails with one line on stderr', async () => {
    const key = keyFile(POOR_KEY);
    for (const args of [
      ['--rpc', 'nonsense', '--key-file', key],
      ['--rpc', anvil.rpcUrl, '--key-file', join(folder, 'none')],
      ['--rpc', anvil.rpcUrl, '--key-file', key],
    ]) {
      const { code, stdout, stderr } = await run(args);
      assert.equal(code, 1);
      assert.equal(stdout, '');
      assert.equal(
        stderr.split('\n').filter((line) => line && !line.includes('waiting for the receipt')).length,
        1,
        stderr,
      );
    }
  });
});

function serve(body: string): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((_, response) => response.end(body));
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function run(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const program = fileURLToPath(new URL('../../contracts/script/deploy.js', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      output.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output.stderr += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output }));
  });
}
