/** The registry's storage: what is absent is 0, as in the EVM. Keys as the functions below make them. */
export type RegistryStorage = ReadonlyMap<string, bigint>;

/** One slot's new value. */
export type StorageWrite = readonly [key: string, value: bigint];

/** What puts storage back: a slot's value before, undefined where there was none. */
export type StorageUndo = readonly (readonly [key: string, value: bigint | undefined])[];

/** Key of a lock's word: `epoch:16 | seq:32 | notAfter:40 | action:8 | owner:160`. */
export function lockKey(lockId: bigint): string {
  return `lock ${lockId.toString(16)}`;
}

/** Key of a guest's terms, which a new epoch forgets. */
export function termsKey(lockId: bigint, epoch: bigint, guest: bigint): string {
  return `terms ${lockId.toString(16)} ${epoch} ${guest.toString(16)}`;
}

/** Key of the account that may move one token. */
export function approvedKey(lockId: bigint): string {
  return `approved ${lockId.toString(16)}`;
}

/** Key of whether an operator may move all tokens of an owner: 0 or 1. */
export function operatorKey(owner: bigint, operator: bigint): string {
  return `operator ${owner.toString(16)} ${operator.toString(16)}`;
}

/** `lockState(lockId)` of the contract. */
export function lockState(storage: RegistryStorage, lockId: bigint): bigint {
  return storage.get(lockKey(lockId)) ?? 0n;
}

/** `guestTerms(lockId, guest)` of the contract: those of the lock's epoch. */
export function guestTerms(storage: RegistryStorage, lockId: bigint, guest: bigint): bigint {
  return storage.get(termsKey(lockId, lockState(storage, lockId) >> 240n, guest)) ?? 0n;
}

/** `ownerOf(lockId)` of the contract; 0 where that reverts. */
export function ownerOf(storage: RegistryStorage, lockId: bigint): bigint {
  return BigInt.asUintN(160, lockState(storage, lockId));
}

/** `getApproved(lockId)` of the contract; 0 where that reverts. */
export function approvedOf(storage: RegistryStorage, lockId: bigint): bigint {
  return storage.get(approvedKey(lockId)) ?? 0n;
}

/** Writes into a storage, and tells how to undo that. */
export function write(storage: Map<string, bigint>, writes: readonly StorageWrite[]): StorageUndo {
  return writes.map(([key, value]) => {
    const before = storage.get(key);
    storage.set(key, value);
    return [key, before];
  });
}

/** Puts back what `write` replaced; the last write goes first. */
export function undo(storage: Map<string, bigint>, undone: StorageUndo): void {
  for (let i = undone.length - 1; i >= 0; i--) {
    const [key, before] = undone[i] as StorageUndo[number];
    if (before === undefined) storage.delete(key);
    else storage.set(key, before);
  }
}
