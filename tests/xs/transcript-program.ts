import { decodeUtf8, encodeUtf8 } from '../../firmware/protocol/utf8.js';
import { chooseEngine, type XsEngineName } from '../../firmware/targets/xs-host/engine-choice.js';
import { decodeMessage, encodeMessage } from '../../firmware/targets/xs-host/frame.js';
import type { XsHost } from '../../firmware/targets/xs-host/xs-host.js';
import { engineTranscript } from '../conformance/engine-cases.js';
import { protocolTranscript } from '../conformance/protocol-cases.js';
import { signedTranscript } from '../conformance/signed-cases.js';

/** A batch stays far below a frame's limit: the longest line is a report. */
const BATCH_CHARS = 4_096;

/**
 * Tells the transcripts, on XS or on any host that looks like it: reads the vector files (`file`), then one `tell`
 * that names an engine, and answers `lines` and at last `done`.
 */
export default function main(host: XsHost): void {
  const files = new Map<string, unknown>();
  for (let frame = host.receive(); frame !== undefined; frame = host.receive()) {
    const message = decodeMessage(new Uint8Array(frame));
    if (message.kind === 'file') {
      files.set(String(message['name']), JSON.parse(decodeUtf8(message['bytes'] as Uint8Array)));
      continue;
    }
    const engine = chooseEngine(host, message['engine'] as XsEngineName);
    const vectors = { read: (name: string) => files.get(name) };
    const batch: string[] = [];
    let chars = 0;
    const flush = () => {
      host.send(encodeMessage({ kind: 'lines', bytes: encodeUtf8(batch.join('\n')) }));
      batch.length = 0;
      chars = 0;
    };
    for (const transcript of [
      protocolTranscript(vectors),
      signedTranscript(engine, vectors),
      engineTranscript(engine, Number(message['sampleCount'])),
    ]) {
      for (const line of transcript) {
        batch.push(line.replaceAll('\n', '\\n'));
        chars += line.length;
        if (chars >= BATCH_CHARS) flush();
      }
    }
    flush();
    host.send(encodeMessage({ kind: 'done' }));
  }
}
