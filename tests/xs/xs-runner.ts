import { buildXsRunner, findCompiler } from '../../host-sim/engines/xs-runner.js';

const BUILD_MS_MAX = 240_000;

/** Describes what runs on XS; on a machine without a C compiler, one skipped test says so. */
export function describeOnXs(title: string, tests: (runner: () => string) => void): void {
  describe(title, function () {
    this.timeout(BUILD_MS_MAX);
    if (findCompiler() === undefined) {
      it.skip('needs a C compiler: install gcc or clang');
      return;
    }
    let runner = '';
    before(async () => {
      runner = await buildXsRunner();
    });
    tests(() => runner);
  });
}
