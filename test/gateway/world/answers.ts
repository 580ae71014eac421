import assert from 'node:assert/strict';
import type { Fault, Problem } from '../../../shared/problem.ts';
import type { StartedGateway } from '../../start-gateway.ts';
import { createVisitor, mintedToken } from '../../visitor.ts';

export type Json = Record<string, unknown>;

/** A refusal of the RFC 9457 doors, whose status and code must be these. */
export async function refused(answer: Response | Promise<Response>, status: number, code: string): Promise<Problem> {
  const response = await answer;
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
  const problem = JSON.parse(text) as Problem;
  assert.equal(problem.code, code, text);
  assert.equal(problem.status, status);
  assert.match(problem.type, new RegExp(`/problems/${code}$`));
  return problem;
}

/** The pointers of a refusal's faults, in order. */
export const pointers = (faults: readonly Fault[] | undefined): string[] => (faults ?? []).map(({ pointer }) => pointer);

/** The JSON of an answer, whose status must be this. */
export async function answered<T = Json>(answer: Response | Promise<Response>, status = 200): Promise<T> {
  const response = await answer;
  const text = await response.text();
  assert.equal(response.status, status, text);
  return (text ? JSON.parse(text) : undefined) as T;
}

/** A visitor with an open session for that customer. */
export async function entered(gateway: StartedGateway, key: string, origin: string, external_id: string, customer: object = {}) {
  const visitor = await createVisitor(gateway.url, origin, gateway.clock.now);
  await answered(visitor.open(await mintedToken(gateway.url, key, { customer: { external_id, ...customer } })), 201);
  return visitor;
}
