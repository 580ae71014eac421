import { registerHooks } from 'node:module';
import runner from 'node:test';

/**
 * Stands for `node:test` in runs by name. Node begins a file's `before` where it stands and waits for it only ahead of a test: where the
 * name leaves a file no test, `after` would come while `before` is still at work, and what that opens would stay open.
 */
export const { afterEach, beforeEach, describe, test } = runner;

const begun: unknown[] = [];

export const before: typeof runner.before = (hook, options) =>
  runner.before((context) => {
    const done = hook?.(context, () => {});
    begun.push(done);
    return done;
  }, options);

export const after: typeof runner.after = (hook, options) =>
  runner.after(async (context) => {
    await Promise.allSettled(begun);
    await hook?.(context, () => {});
  }, options);

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'node:test' && context.parentURL !== import.meta.url
      ? { url: import.meta.url, shortCircuit: true }
      : next(specifier, context),
});
