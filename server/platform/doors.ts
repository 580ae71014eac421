import type { Router } from '@koa/router';
import { ceremonyPath } from '../../shared/signing/ceremony.ts';
import { subscribrPaths } from '../../shared/vendors/subscribr.ts';
import { bearerChallenge, keyChallenge, problemDialect } from '../http/answer/problem.ts';
import { type Door, serving, under } from '../http/doors.ts';
import { kelviqDialect, loyvaDialect, pageDialect, scribelessDialect, subscribrDialect } from './routes/dialects.ts';
import { vaultReadingPath } from './routes/vault/reading.ts';

/** Who answers, by name: those of one vendor together, and what people open and anybody may read as `pages`. */
export interface Answers {
  ceremony: Router;
  vaultReading: Router;
  subscribr: Router;
  kelviq: Router;
  loyva: readonly Router[];
  scribeless: Router;
  pages: readonly Router[];
}

const problem = problemDialect('/problems/');
const kelviqKey = () => keyChallenge('X-Kelviq-Partner-Key');
const partnerKey = () => keyChallenge('X-API-Key');

/** Every door of the platform: what belongs to no vendor is refused with a page. */
export const platformDoors = (answers: Answers): readonly Door[] => [
  { paths: under(ceremonyPath), dialect: problem, challenge: bearerChallenge, answers: serving(answers.ceremony) },
  { paths: under(vaultReadingPath), dialect: problem, challenge: bearerChallenge, answers: serving(answers.vaultReading) },
  { paths: under(subscribrPaths.team), dialect: subscribrDialect, challenge: bearerChallenge, answers: serving(answers.subscribr) },
  { paths: under('/api/v1'), dialect: kelviqDialect, challenge: kelviqKey, answers: serving(answers.kelviq) },
  { paths: under('/api/v2'), dialect: loyvaDialect, challenge: partnerKey, answers: serving(...answers.loyva) },
  { paths: under('/api'), dialect: scribelessDialect, challenge: partnerKey, answers: serving(answers.scribeless) },
  { paths: under(''), dialect: pageDialect, challenge: bearerChallenge, answers: serving(...answers.pages) },
];
