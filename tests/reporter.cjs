// Mocha's `spec` on the terminal, and the counts as JSON in the file that LATCHKEY_TEST_REPORT names.
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

class SpecAndCounts extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.LATCHKEY_TEST_REPORT;
    if (file) runner.once('end', () => writeFileSync(file, JSON.stringify({ stats: this.stats })));
  }
}

module.exports = SpecAndCounts;
