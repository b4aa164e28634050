/** Looks again and again until it finds something. @throws Error past the bound */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | null,
  msMax = 15_000,
): Promise<T> {
  const endMs = performance.now() + msMax;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false && found !== null) return found;
    if (performance.now() > endMs) throw new Error(`not within ${msMax} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Does a thing again while it fails in a way that passes. */
export async function patiently<T>(passing: RegExp, work: () => Promise<T>, msMax = 5_000): Promise<T> {
  const endMs = performance.now() + msMax;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!passing.test(String(error)) || performance.now() > endMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
