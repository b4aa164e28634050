// The modules of ECMA-419 and of the Moddable SDK (8.2) that this target names, as far as it uses them. The SDK
// has types of its own, which `mcconfig` takes; these serve where no SDK is installed.

declare module 'embedded:io/digital' {
  const Digital: import('../../../drivers/io.js').DigitalConstructor;
  export default Digital;
}

declare module 'embedded:io/pwm' {
  const PWM: import('../../../drivers/io.js').PwmConstructor;
  export default PWM;
}

declare module 'embedded:io/analog' {
  const Analog: import('../../../drivers/io.js').AnalogConstructor;
  export default Analog;
}

declare module 'embedded:io/serial' {
  const Serial: import('../../../drivers/io.js').SerialConstructor;
  export default Serial;
}

declare module 'embedded:io/socket/tcp' {
  const TCP: import('../../../drivers/capped-socket.js').SocketConstructor;
  export default TCP;
}

declare module 'embedded:io/socket/tcp/tls' {
  const TLSSocket: import('../../../drivers/capped-socket.js').SocketConstructor;
  export default TLSSocket;
}

declare module 'embedded:network/http/client' {
  const HTTPClient: import('../../../drivers/io.js').HttpNetwork['io'];
  export default HTTPClient;
}

declare module 'embedded:network/interface/wifi' {
  const WiFi: import('../../../drivers/io.js').WifiConstructor;
  export default WiFi;
}

declare module 'embedded:storage/key-value' {
  const KeyValueStorage: import('../../../drivers/io.js').KeyValueIo;
  export default KeyValueStorage;
}

declare module 'timer' {
  const Timer: import('../../../drivers/io.js').TimerIo;
  export default Timer;
}

declare module 'time' {
  const Time: import('../../../drivers/io.js').TicksIo & {
    /** Sets the system's clock. */
    set(unixSeconds: number): void;
  };
  export default Time;
}

declare module 'net' {
  const Net: {
    /** Asks the name servers that DHCP named; without an address where they know none. */
    resolve(name: string, callback: (name: string, address?: string) => void): void;
  };
  export default Net;
}

declare module 'sntp' {
  class SNTP {
    static readonly time: number;
    static readonly retry: number;
    static readonly error: number;
    constructor(
      options: { readonly host: string },
      callback: (message: number, value?: number) => string | undefined,
    );
    close(): void;
  }
  export default SNTP;
}

declare module 'mc/config' {
  const config: Readonly<Record<string, unknown>>;
  export default config;
}
