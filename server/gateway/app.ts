import type { Router } from '@koa/router';
import Koa, { type Middleware } from 'koa';
import compose from 'koa-compose';
import { secureHeaders } from '../http/answer/headers.ts';
import { isLeaving } from '../http/answer/leaving.ts';
import {
  answerFailures,
  bearerChallenge,
  type Challenge,
  type Dialect,
  keyChallenge,
  problemDialect,
  type Report,
} from '../http/answer/problem.ts';
import { passOver } from '../http/body/body.ts';
import { kelviqDialect, loyvaDialect, scaikeyDialect, scribelessDialect, subscribrDialect } from './routes/dialects.ts';

export interface Doors {
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

/** One way in: which paths are its, in whose language it refuses, and who answers. */
interface Door {
  readonly paths: RegExp;
  readonly dialect: Dialect;
  readonly challenge: Challenge;
  readonly answers: readonly Middleware[];
}

const serving = (router: Router): Middleware[] => [router.routes(), router.allowedMethods()] as unknown as Middleware[];

/** RFC 9449, 7.1. */
const proofChallenge: Challenge = (ctx, { code }) => {
  const algs = 'algs="ES256"';
  if (ctx.get('Authorization') === '') return `DPoP ${algs}`;
  return `DPoP error="${code.startsWith('proof-') ? 'invalid_dpop_proof' : 'invalid_token'}", ${algs}`;
};
const partnerKey: Challenge = () => keyChallenge('X-API-Key');
const kelviqKey: Challenge = () => keyChallenge('X-Kelviq-Partner-Key');

/** Every door of the gateway; the first whose paths fit takes the call. */
const doorsOf = (doors: Doors, problem: Dialect): readonly Door[] => [
  { paths: /^\/(api\/v2\/)?embed\/token$/, dialect: loyvaDialect, challenge: partnerKey, answers: serving(doors.embedToken) },
  {
    paths: /^\/embed\//,
    dialect: problem,
    challenge: proofChallenge,
    answers: [
      doors.cors,
      doors.rate,
      ...serving(doors.session),
      ...serving(doors.onboarding),
      ...serving(doors.vendorPage),
      ...serving(doors.ceremony),
      ...serving(doors.vault),
    ],
  },
  { paths: /^\/api\/v1\/admin\/partners\/?[^/]*$/, dialect: scaikeyDialect, challenge: bearerChallenge, answers: serving(doors.registry) },
  {
    paths: /^\/api\/v1\/admin\//,
    dialect: problem,
    challenge: bearerChallenge,
    answers: [...serving(doors.flowDocuments), ...serving(doors.administration)],
  },
  { paths: /^\/partner\//, dialect: problem, challenge: partnerKey, answers: serving(doors.runs) },
  { paths: /^\/api\/v1\/team(\/|$)/, dialect: subscribrDialect, challenge: bearerChallenge, answers: serving(doors.proxied.subscribr) },
  { paths: /^\/api\/v1\/partner\//, dialect: kelviqDialect, challenge: kelviqKey, answers: serving(doors.proxied.kelviq) },
  { paths: /^\/api\/v2\/partner\/webhook$/, dialect: loyvaDialect, challenge: partnerKey, answers: serving(doors.webhook) },
  { paths: /^\/api\/v2\//, dialect: loyvaDialect, challenge: partnerKey, answers: serving(doors.proxied.loyva) },
  { paths: /^\/api\//, dialect: scribelessDialect, challenge: partnerKey, answers: serving(doors.proxied.scribeless) },
  { paths: /^\//, dialect: problem, challenge: bearerChallenge, answers: serving(doors.public) },
];

/** The clock as a Date header, written anew once a second. */
function dated(now: () => number): () => string {
  let second = 0;
  let text = '';
  return () => {
    const at = Math.floor(now() / 1_000);
    if (at !== second) {
      second = at;
      text = new Date(at * 1_000).toUTCString();
    }
    return text;
  };
}

export function createApp(doors: Doors, { publicUrl, report, now }: { publicUrl: string; report: Report; now: () => number }): Koa {
  const app = new Koa();
  const table = doorsOf(doors, problemDialect(`${publicUrl}/problems/`)).map(({ paths, dialect, challenge, answers }) => ({
    paths,
    enter: compose([answerFailures(dialect, report, challenge), ...answers]),
  }));
  app.use(passOver);
  app.use(secureHeaders);
  // The element sets its clock by this header, so it must be of the clock that judges the proofs.
  const date = dated(now);
  app.use((ctx, next) => {
    ctx.res.setHeader('Date', date());
    return next();
  });
  app.use((ctx, next) => table.find(({ paths }) => paths.test(ctx.path))?.enter(ctx, next) ?? next());
  // What goes wrong while an answer is being sent, when nobody can be told any more. A caller who leaves is nobody's breakage.
  app.on('error', (error) => {
    if (!isLeaving(error)) report(error, 'sending');
  });
  return app;
}
