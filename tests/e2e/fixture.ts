import { PuppetNode } from './puppet-node.js';
import { TestLock, type TestLockOptions } from './test-lock.js';

/** Runs a test with a paired and registered lock, and ends the lock whatever happens. */
export async function withLock(
  options: TestLockOptions,
  work: (lock: TestLock) => Promise<void>,
): Promise<void> {
  const lock = await TestLock.start(options);
  try {
    await work(lock);
    lock.check();
  } finally {
    lock.stop();
  }
}

/** The same with a lock that asks nobody but a node which lies as the test says. */
export async function withPuppet(
  options: TestLockOptions,
  work: (lock: TestLock, puppet: PuppetNode) => Promise<void>,
): Promise<void> {
  const { chain } = options;
  const puppet = await PuppetNode.start(chain.anvil.rpcUrl, chain.registry);
  try {
    await withLock({ endpoints: [puppet.url], ...options }, (lock) => work(lock, puppet));
  } finally {
    await puppet.stop();
  }
}
