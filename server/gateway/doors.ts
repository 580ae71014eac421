import type { Router } from '@koa/router';
import type { Middleware } from 'koa';
import { bearerChallenge, type Challenge, keyChallenge, problemDialect } from '../http/answer/problem.ts';
import { type Door, serving, under } from '../http/doors.ts';
import { kelviqDialect, loyvaDialect, scaikeyDialect, scribelessDialect, subscribrDialect } from './routes/dialects.ts';

/** Who answers, by name. */
export interface Answers {
  embedToken: Router;
  session: Router;
  onboarding: Router;
  ceremony: Router;
  vendorPage: Router;
  registry: Router;
  administration: Router;
  flowDocuments: Router;
  runs: Router;
  proxied: Readonly<Record<'scribeless' | 'kelviq' | 'loyva' | 'subscribr', Router>>;
  vault: Router;
  webhook: Router;
  public: Router;
  cors: Middleware;
  rate: Middleware;
}

/** RFC 9449, 7.1. */
const proofChallenge: Challenge = (ctx, { code }) => {
  const algs = 'algs="ES256"';
  if (ctx.get('Authorization') === '') return `DPoP ${algs}`;
  return `DPoP error="${code.startsWith('proof-') ? 'invalid_dpop_proof' : 'invalid_token'}", ${algs}`;
};
const partnerKey: Challenge = () => keyChallenge('X-API-Key');
const kelviqKey: Challenge = () => keyChallenge('X-Kelviq-Partner-Key');

/** Every door of the gateway. */
export function gatewayDoors(answers: Answers, publicUrl: string): readonly Door[] {
  const problem = problemDialect(`${publicUrl}/problems/`);
  return [
    { paths: /^\/(api\/v2\/)?embed\/token$/, dialect: loyvaDialect, challenge: partnerKey, answers: serving(answers.embedToken) },
    {
      paths: /^\/embed\//,
      dialect: problem,
      challenge: proofChallenge,
      answers: [
        answers.cors,
        answers.rate,
        ...serving(answers.session, answers.onboarding, answers.vendorPage, answers.ceremony, answers.vault),
      ],
    },
    {
      paths: /^\/api\/v1\/admin\/partners\/?[^/]*$/,
      dialect: scaikeyDialect,
      challenge: bearerChallenge,
      answers: serving(answers.registry),
    },
    {
      paths: /^\/api\/v1\/admin\//,
      dialect: problem,
      challenge: bearerChallenge,
      answers: serving(answers.flowDocuments, answers.administration),
    },
    { paths: /^\/partner\//, dialect: problem, challenge: partnerKey, answers: serving(answers.runs) },
    { paths: under('/api/v1/team'), dialect: subscribrDialect, challenge: bearerChallenge, answers: serving(answers.proxied.subscribr) },
    { paths: /^\/api\/v1\/partner\//, dialect: kelviqDialect, challenge: kelviqKey, answers: serving(answers.proxied.kelviq) },
    { paths: /^\/api\/v2\/partner\/webhook$/, dialect: loyvaDialect, challenge: partnerKey, answers: serving(answers.webhook) },
    { paths: /^\/api\/v2\//, dialect: loyvaDialect, challenge: partnerKey, answers: serving(answers.proxied.loyva) },
    { paths: /^\/api\//, dialect: scribelessDialect, challenge: partnerKey, answers: serving(answers.proxied.scribeless) },
    { paths: /^\//, dialect: problem, challenge: bearerChallenge, answers: serving(answers.public) },
  ];
}
