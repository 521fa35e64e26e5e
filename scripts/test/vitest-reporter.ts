import { appendFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule, SerializedError } from 'vitest/node';
import type { Result } from './result.ts';

/** Writes one JSON line a test, with the reason of each skip, to the file that DATALAYER_SECRETS_TEST_RESULTS names. */
export default class implements Reporter {
  readonly #file = process.env['DATALAYER_SECRETS_TEST_RESULTS'] ?? '';

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    const ms = Math.round(test.diagnostic()?.duration ?? 0);
    const name = `${test.module.relativeModuleId} > ${test.fullName}`;
    if (result.state === 'failed') this.#write({ name, state: 'failed', ms, message: first(result.errors) });
    else if (result.state === 'skipped')
      this.#write({ name, state: 'skipped', ms, ...(result.note && { message: result.note }) });
    else this.#write({ name, state: 'passed', ms });
  }

  /** A file that could not be loaded, or a suite whose hooks failed, has no tests to report it. */
  onTestModuleEnd(module: TestModule): void {
    const suites = [module, ...module.children.allSuites()];
    for (const suite of suites) {
      const errors = suite.errors();
      const name =
        suite === module
          ? module.relativeModuleId
          : `${module.relativeModuleId} > ${'fullName' in suite ? suite.fullName : ''}`;
      if (errors.length > 0) this.#write({ name, state: 'failed', ms: 0, message: first(errors) });
    }
  }

  onTestRunEnd(_modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    for (const error of unhandled)
      this.#write({ name: 'an error outside any test', state: 'failed', ms: 0, message: first([error]) });
  }

  #write(result: Result): void {
    appendFileSync(this.#file, `${JSON.stringify(result)}\n`);
  }
}

function first(errors: readonly { message?: string; stack?: string }[]): string {
  return errors[0]?.stack ?? errors[0]?.message ?? 'no message';
}
