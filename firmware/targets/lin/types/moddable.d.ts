// What the simulator's modules have beyond those of a board, as far as this target uses it.

declare module 'embedded:io/socket/listener' {
  class Listener {
    constructor(options: { readonly port: number; readonly onReadable: (count: number) => void });
    read(): unknown;
  }
  export default Listener;
}

declare module 'file' {
  export class File {
    constructor(path: string, forWriting?: boolean);
    read(type: typeof ArrayBuffer): ArrayBuffer;
    write(bytes: ArrayBuffer): void;
    close(): void;
    static exists(path: string): boolean;
    static delete(path: string): boolean;
    /** Replaces what has the new name. */
    static rename(from: string, to: string): boolean;
  }
  export class Iterator {
    constructor(path: string);
    next(): { readonly name: string } | undefined;
  }
  export const Directory: { create(path: string): void };
}
