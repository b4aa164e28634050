/** @returns `count` bytes, at most 64, from the computer's kernel */
export function hostRandom(count: number): Uint8Array {
  return new Uint8Array(random(count));
}

/** Nothing but `native(name).call(this, …)`: only that form becomes a host function. */
function random(this: unknown, count: number): ArrayBuffer {
  return native('xs_latchkey_random').call(this, count) as ArrayBuffer;
}
