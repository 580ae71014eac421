import Router from '@koa/router';
import type { Context } from 'koa';
import { loyvaKeyHeader, loyvaPaths } from '../../../../shared/vendors/loyva.ts';
import { assertGet } from '../../../http/answer/get-only.ts';
import { reply } from '../../../http/answer/reply.ts';
import { parse, readJson } from '../../../http/body/input.ts';
import type { Envelopes } from '../../domain/envelope/envelopes.ts';
import type { Envelope } from '../../domain/records/envelope.ts';
import { keyMark } from '../../domain/records/secrets.ts';
import type { Certificates } from '../../domain/vault/certificate.ts';
import type { Compliance } from '../../domain/vault/compliance.ts';
import { type FileKind, type FileLinks, filenameOf, fileOf } from '../../domain/vault/file-links.ts';
import type { Releases } from '../../domain/vault/releases.ts';
import type { Vault } from '../../domain/vault/vault.ts';
import type { Callers } from '../callers.ts';
import { EnvelopeAnswer, envelopeAnswer } from '../loyva/answers.ts';
import { idOf, queryOf } from '../loyva/input.ts';
import {
  AcknowledgeAnswer,
  acknowledgeAnswer,
  CertificateAnswer,
  ComplianceAnswer,
  certificateAnswer,
  complianceAnswer,
  LinkAnswer,
  linkAnswer,
  ReleaseAnswer,
  releaseAnswer,
} from './answers.ts';
import { AcknowledgeRequest, LinkQuery, ReleaseRequest } from './input.ts';

interface Domain {
  readonly callers: Callers;
  readonly envelopes: Envelopes;
  readonly vault: Vault;
  readonly fileLinks: FileLinks;
  readonly compliance: Compliance;
  readonly certificates: Certificates;
  readonly releases: Releases;
}

/** How long the address of a custody record in a certificate is good for, in seconds. */
const custodyLife = 3_600;

/** Loyva's vault: https://docs.stg.loyva.net/api-reference/vault. */
export function vaultRoutes(domain: Domain, now: () => number): Router {
  const { callers, envelopes, vault, fileLinks, compliance, certificates, releases } = domain;
  const router = new Router({ sensitive: true });
  const one = `${loyvaPaths.envelopes}/:id`;
  const askedBy = (ctx: Context) => keyMark(ctx.get(loyvaKeyHeader));

  const takeIn = (kind: Envelope['kind']) => async (ctx: Context) => {
    const account = await callers.loyva(ctx, 'vault:write');
    await vault.storeById(account, idOf(ctx), kind, now());
    reply(ctx, 200, EnvelopeAnswer, { data: envelopeAnswer(await envelopes.get(account, idOf(ctx)), now()) });
  };
  router.post(`${one}/vault-in-signed`, takeIn('esign'));
  router.post(`${one}/vault-in-upload`, takeIn('paper'));

  const linkTo = (kind: FileKind) => async (ctx: Context) => {
    assertGet(ctx);
    const account = await callers.loyva(ctx, 'vault:read');
    const { expires: life, single_use: once } = parse(LinkQuery, queryOf(ctx));
    const made = await fileLinks.link(account, idOf(ctx), { kind, life, once, askedBy: askedBy(ctx) }, now());
    reply(ctx, 200, LinkAnswer, { data: linkAnswer(made, life) });
  };
  router.get(`${one}/vault/signed-url`, linkTo('authoritative'));
  router.get(`${one}/vault/copy/signed-url`, linkTo('copy'));

  router.get(`${one}/compliance`, async (ctx) => {
    const account = await callers.loyva(ctx, 'compliance:read');
    const { envelope } = await envelopes.get(account, idOf(ctx));
    reply(ctx, 200, ComplianceAnswer, { data: complianceAnswer(envelope, await compliance.check(envelope, now())) });
  });

  router.get(`${one}/vault/certificate`, async (ctx) => {
    assertGet(ctx);
    const account = await callers.loyva(ctx, 'compliance:read');
    const { envelope } = await envelopes.get(account, idOf(ctx));
    const at = now();
    // Refused here as every file of the vault is.
    fileOf(envelope, 'copy', at);
    const file = await vault.custodyRecord(envelope);
    const made = await fileLinks.link(account, envelope.id, { kind: 'custody', life: custodyLife, once: false, askedBy: askedBy(ctx) }, at);
    const { certificate, jws } = await certificates.issue(envelope, { file, filename: filenameOf(made.link) }, at);
    reply(ctx, 200, CertificateAnswer, { data: certificateAnswer(certificate, jws, made) });
  });

  router.post(`${one}/vault-out`, async (ctx) => {
    const account = await callers.loyva(ctx, 'vault:release');
    const asked = parse(ReleaseRequest, await readJson(ctx));
    const { envelope, url } = await releases.release(account, idOf(ctx), asked, now());
    reply(ctx, 200, ReleaseAnswer, { data: releaseAnswer(envelope, url) });
  });

  router.post(`${one}/vault-out/acknowledge`, async (ctx) => {
    const account = await callers.loyva(ctx, 'vault:release');
    const { sha256 } = parse(AcknowledgeRequest, await readJson(ctx));
    reply(ctx, 200, AcknowledgeAnswer, { data: acknowledgeAnswer(await releases.acknowledge(account, idOf(ctx), sha256, now())) });
  });
  return router;
}
