import { fileURLToPath } from 'node:url';

/** The project's folder, seen from what is built. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
