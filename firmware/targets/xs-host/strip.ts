const STRIPPED = ['name', 'length'] as const;

/**
 * Takes `name` and `length` from every function that the language brings along, as Moddable's linker does with
 * `strip`, so that firmware which leans on them fails here and not on a lock.
 * @returns how many properties went
 */
export function stripBuiltIns(): number {
  const seen = new Set<object>();
  const waiting: object[] = [globalThis];
  let count = 0;
  for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
    if (seen.has(object)) continue;
    seen.add(object);
    if (typeof object === 'function') {
      for (const field of STRIPPED) {
        if (Object.hasOwn(object, field) && Reflect.deleteProperty(object, field)) count++;
      }
    }
    for (const next of neighbours(object)) waiting.push(next);
  }
  return count;
}

function neighbours(object: object): readonly object[] {
  const values: unknown[] = [Object.getPrototypeOf(object)];
  for (const key of Reflect.ownKeys(object)) {
    const property = Object.getOwnPropertyDescriptor(object, key);
    values.push(property?.value, property?.get, property?.set);
  }
  return values.filter((value): value is object => {
    return typeof value === 'function' || (typeof value === 'object' && value !== null);
  });
}
