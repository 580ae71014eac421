import { Failure, type Fault } from '../../../../shared/problem.ts';

/** Failure `invalid-input` with every fault, if there is one. */
export function refuseIf(errors: readonly Fault[]): void {
  if (errors.length > 0) throw new Failure('invalid-input', undefined, { errors });
}
