// What XS adds to the language.

/** Names a function of a C file; `xsc` reads the string, so it must be a literal. */
declare function native(name: string): (...args: readonly unknown[]) => unknown;

/** Writes to the debugger, and nowhere in a release build. */
declare function trace(text: string): void;
