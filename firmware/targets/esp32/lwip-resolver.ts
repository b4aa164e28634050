// biome-ignore lint/style/useNodejsImportProtocol: Moddable's module of that name, not Node's.
import Net from 'net';

export interface ResolveOptions {
  readonly host: string;
  readonly onResolved: (host: string, address: string) => void;
  readonly onError: (error: Error) => void;
}

/** Name look-up for the HTTP client by the name servers that DHCP named, not by ones that are built in. */
export class LwipResolver {
  resolve({ host, onResolved, onError }: ResolveOptions): void {
    Net.resolve(host, (name, address) => {
      if (address === undefined) onError(new Error(`no address for ${name}`));
      else onResolved(name, address);
    });
  }

  close(): void {}
}
