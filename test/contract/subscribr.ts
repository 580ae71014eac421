import assert from 'node:assert/strict';
import { cellsIn, jsonOf, objectsIn, pageOf } from './world/pages.ts';
import { both, type Check, type Row } from './world/row.ts';
import { assertLike, assertType } from './world/shape.ts';
import type { Answer, As, Target } from './world/targets.ts';

/** Subscribr's page, https://subscribr.ai/youtube-api/reference/team. Each section of the page is cut into what it promises. */

interface Section {
  readonly method: string;
  readonly path: string;
  readonly request: string | undefined;
  readonly status: number;
  readonly example: Record<string, unknown>;
  /** `| team.id | integer | … |` */
  readonly fields: readonly string[][];
  /** `| 403 | API access not available | … |` */
  readonly errors: readonly string[][];
}

const page = pageOf('subscribr');
const sections = new Map(
  page
    .split(/^(?=(?:GET|POST|DELETE) \/)/m)
    .slice(1)
    .map((text) => {
      const [, method = '', path = ''] = /^(\w+) ([/a-z{}]+)/.exec(text) ?? [];
      return [`${method} ${path}`, sectionOf(text, method, path)];
    }),
);

function sectionOf(text: string, method: string, path: string): Section {
  const objects = objectsIn(text);
  const after = (title: string) => cellsIn(text.split(`\n${title}\n`)[1] ?? '');
  const fields = after('Response Fields').filter(([name = '', , more]) => more !== undefined && /^[a-z]/.test(name));
  const errors = after('Error Responses').filter(([status]) => Number(status) > 0);
  const status = Number(/^Response \((\d+)\)$/m.exec(text)?.[1]);
  return { method, path, request: objects.length > 1 ? objects[0] : undefined, status, example: jsonOf(objects.at(-1)), fields, errors };
}

const sectionFor = (endpoint: string): Section => {
  const section = sections.get(endpoint);
  assert.ok(section, `The page has no ${endpoint}.`);
  return section;
};

const ask = (target: Target, method: string, path: string, body?: unknown, as?: As): Promise<Answer> =>
  target.ask('subscribr', method, `/api/v1${path}`, body, as);

/** What stands at a path of a field table: `tokens[].name`. */
function valuesAt(answer: unknown, path: string): unknown[] {
  const [name = '', ...rest] = path.replace(/(?<=\w)\[\]/g, '.[]').split('.');
  const found = name === '[]' ? (answer as unknown[]) : [(answer as Record<string, unknown>)[name]];
  return rest.length === 0 ? found : found.flatMap((value) => valuesAt(value, rest.join('.')));
}

/** The answer is like the page's example, and every field of its table is of the kind that the table names. */
function assertAnswers(section: Section, answer: Answer, example: unknown = section.example): void {
  assert.equal(answer.status, section.status, answer.text);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
  assertLike(answer.json, example);
  for (const [path = '', type = ''] of section.fields) for (const value of valuesAt(answer.json, path)) assertType(value, type, path);
}

/** `{message}`, and for faults of the input where each lies. */
function assertRefused(answer: Answer, status: number, sentence?: string): void {
  assert.equal(answer.status, status, answer.text);
  assert.deepEqual(Object.keys(answer.json), status === 422 ? ['message', 'errors'] : ['message'], answer.text);
  assert.equal(typeof answer.json.message, 'string');
  if (sentence) assert.equal(answer.json.message, sentence);
}

let count = 0;
/** A team whose owner's address asks for this. */
async function teamOf(target: Target, magic = ''): Promise<As> {
  count += 1;
  return { customer: await target.teamOf(`kim.${count}${magic && `+${magic}`}@team.example`) };
}

/** A call on that endpoint as the page makes it; a token's number where the path has one. */
async function called(target: Target, { method, path, request }: Section, as: As): Promise<Answer> {
  return ask(target, method, path.replace('{token}', '4711'), request, as);
}

/** How each refusal of the page comes about. */
const provoked: Readonly<Record<string, (target: Target, section: Section) => Promise<Answer[]>>> = {
  '401 (unauthenticated)': (target, section) =>
    Promise.all(['', 'x', `sk_live_${'0'.repeat(32)}`, `lk_${'0'.repeat(40)}`].map((key) => called(target, section, { key }))),
  '403 API access not available': async (target, section) => [await called(target, section, await teamOf(target, 'creator-plan'))],
  '403 No team associated with user': async (target, section) => [await called(target, section, await teamOf(target, 'noteam'))],
  '422 (validation)': async (target, section) => {
    const as = await teamOf(target);
    const { name, abilities } = jsonOf(section.request);
    assert.equal((await called(target, section, as)).status, 201);
    const longest = { name: 'x'.repeat(255), abilities };
    assert.equal((await ask(target, 'POST', section.path, longest, as)).status, 201);
    const wrong = [
      { name, abilities },
      { name: 'x'.repeat(256), abilities },
      { abilities },
      { name: '', abilities },
      { name: 7, abilities },
      { name: 'B' },
      { name: 'B', abilities: 'intel:read' },
      { name: 'B', abilities: ['intel:read', 'channels:write'] },
      { name: 'B', abilities: [7] },
      [],
    ];
    return Promise.all(wrong.map((body) => ask(target, 'POST', section.path, body, as)));
  },
  '404 (not found)': async (target, section) => {
    const [mine, theirs] = [await teamOf(target), await teamOf(target)];
    const { id } = (await called(target, sectionFor('POST /team/tokens'), theirs)).json.token as { id: number };
    const paths = ['4711', String(id), '0', '-1', 'x', '9'.repeat(30)];
    return Promise.all(paths.map((token) => ask(target, 'DELETE', section.path.replace('{token}', token), undefined, mine)));
  },
};

/** Viewers and editors may not touch tokens; the page has a sentence for each call. */
const asMember = async (target: Target, section: Section): Promise<Answer[]> =>
  Promise.all(['viewer', 'editor'].map(async (role) => called(target, section, await teamOf(target, role))));

const badOf =
  (section: Section): Check =>
  async (target) => {
    assert.ok(section.errors.length > 0);
    for (const [status = '', label = ''] of section.errors) {
      const provoke = label.startsWith('Only team administrators') ? asMember : provoked[`${status} ${label}`];
      assert.ok(provoke, `Nobody knows how ${status} ${label} comes about.`);
      const sentence = label.startsWith('(') ? undefined : label;
      for (const answer of await provoke(target, section)) assertRefused(answer, Number(status), sentence);
    }
    for (const answer of (await provoked['401 (unauthenticated)']?.(target, section)) ?? []) assertRefused(answer, 401);
  };

function row(endpoint: string, good: (target: Target, section: Section) => Promise<void>): Row {
  const section = sectionFor(endpoint);
  return { page: 'subscribr', endpoint, at: both, good: (target) => good(target, section), bad: badOf(section) };
}

const rolesOf = (section: Section) => /: (.+)$/.exec(section.fields.find(([name]) => name === 'team.user_role')?.[2] ?? '')?.[1];

export const subscribrRows: readonly Row[] = [
  row('GET /team', async (target, section) => {
    assert.equal(rolesOf(section), 'owner, admin, editor, viewer, or member');
    for (const role of ['owner', 'viewer', 'editor']) {
      const answer = await ask(target, 'GET', '/team', undefined, await teamOf(target, role === 'owner' ? '' : role));
      assertAnswers(section, answer);
      const team = answer.json.team as { user_role: string; subscription: { status: string; is_paused: boolean } };
      assert.equal(team.user_role, role);
      assert.ok(['active', 'trial', 'inactive', 'paused'].includes(team.subscription.status));
    }
    // The partner's own key opens a team as well.
    assertAnswers(section, await ask(target, 'GET', '/team'));
  }),
  row('GET /team/credits', async (target, section) => {
    const answer = await ask(target, 'GET', '/team/credits', undefined, await teamOf(target));
    assertAnswers(section, answer);
    const credits = answer.json.credits as Record<string, number>;
    assert.equal(credits.current_credits, credits.credits_remaining);
    assert.equal((credits.credits_used_this_period ?? 0) + (credits.credits_remaining ?? 0), credits.plan_credits);
  }),
  row('GET /team/tokens', async (target, section) => {
    const as = await teamOf(target);
    assert.deepEqual((await ask(target, 'GET', '/team/tokens', undefined, as)).json, { tokens: [] });
    const [literal] = section.example.tokens as { name: string; abilities: string[] }[];
    assert.ok(literal);
    const { name, abilities } = literal;
    const { id, token } = (await ask(target, 'POST', '/team/tokens', { name, abilities }, as)).json.token as { id: number; token: string };
    const never = { id, name, abilities, last_used_at: null };
    const answer = await ask(target, 'GET', '/team/tokens', undefined, as);
    assertAnswers(section, answer, { tokens: [never] });
    assert.deepEqual(answer.json, { tokens: [never] });
    // At the gateway the token itself opens nothing, so only here it can have been used.
    if (target.name === 'gateway') return;
    assert.equal((await ask(target, 'GET', '/team', undefined, { key: token })).status, 200);
    assertAnswers(section, await ask(target, 'GET', '/team/tokens', undefined, as));
  }),
  row('POST /team/tokens', async (target, section) => {
    const as = await teamOf(target);
    const answer = await called(target, section, as);
    assertAnswers(section, answer);
    const token = answer.json.token as { name: string; abilities: string[]; token: string };
    const asked = jsonOf(section.request);
    assert.deepEqual([token.name, token.abilities], [asked.name, asked.abilities]);
    // "Each element must be one of": all nine of them may be asked for.
    const nine = [...page.matchAll(/\b[a-z]+:(?:read|write)\b/g)].map(([ability]) => ability);
    const abilities = [...new Set(nine)];
    assert.equal(abilities.length, 9);
    assertAnswers(section, await ask(target, 'POST', '/team/tokens', { name: 'All of them', abilities }, as));
    // A token of the gateway's partner opens the vendor, not the gateway.
    if (target.name === 'gateway') return assertRefused(await ask(target, 'GET', '/team', undefined, { key: token.token }), 401);
    assert.equal((await ask(target, 'GET', '/team', undefined, { key: token.token })).status, 200);
  }),
  row('DELETE /team/tokens/{token}', async (target, section) => {
    const as = await teamOf(target);
    const { id } = (await called(target, sectionFor('POST /team/tokens'), as)).json.token as { id: number };
    const gone = await ask(target, 'DELETE', `/team/tokens/${id}`, undefined, as);
    assert.deepEqual([gone.status, gone.json], [section.status, section.example]);
    assertRefused(await ask(target, 'DELETE', `/team/tokens/${id}`, undefined, as), 404);
    assert.deepEqual((await ask(target, 'GET', '/team/tokens', undefined, as)).json, { tokens: [] });
  }),
];

export const subscribrEndpoints: readonly string[] = [...sections.keys()];
