import { readTable } from './world/expectations.ts';

/**
 * Every route of the gateway, written by hand from the scope column of Loyva's page and from docs/api.md. `own`: with the right credential, about what is
 * the caller's; `other`: another partner's, whose keys are another organization's at the vendors; `mode`: a test key where only live keys
 * are stored, and the other way round.
 */
export const gatewayTable = readTable(`
## loyva: own other mode
GET    /api/v2/partner/envelopes                               envelopes:read   200 200 403
POST   /api/v2/partner/envelopes                               envelopes:write  422 422 403
GET    /api/v2/partner/envelopes/:id                           envelopes:read   200 404 403
GET    /api/v2/partner/envelopes/:id/status                    envelopes:read   200 404 403
POST   /api/v2/partner/envelopes/:id/upload                    envelopes:write  409 404 403
POST   /api/v2/partner/envelopes/:id/void                      envelopes:write  409 404 403
POST   /api/v2/partner/envelopes/:id/remind                    envelopes:write  409 404 403
GET    /api/v2/partner/envelopes/:id/signing-links             envelopes:read   409 404 403
POST   /api/v2/partner/envelopes/:id/vault-in-signed           vault:write      409 404 403
POST   /api/v2/partner/envelopes/:id/vault-in-upload           vault:write      200 404 403
GET    /api/v2/partner/envelopes/:id/vault/signed-url          vault:read       200 404 403
GET    /api/v2/partner/envelopes/:id/vault/copy/signed-url     vault:read       200 404 403
GET    /api/v2/partner/envelopes/:id/vault/certificate         compliance:read  200 404 403
GET    /api/v2/partner/envelopes/:id/compliance                compliance:read  200 404 403
POST   /api/v2/partner/envelopes/:id/vault-out                 vault:release    200 404 403
POST   /api/v2/partner/envelopes/:id/vault-out/acknowledge     vault:release    422 404 403
GET    /api/v2/partner/templates                               envelopes:read   200 200 403
POST   /api/v2/partner/templates                               envelopes:write  422 422 403
GET    /api/v2/partner/templates/:id                           envelopes:read   200 404 403
DELETE /api/v2/partner/templates/:id                           envelopes:write  200 404 403

## scribeless: own other mode
POST   /api/partner/teams                                      provision:write  400 400 403
GET    /api/account/status                                     provision:read   200 404 403

## kelviq: own other mode
GET    /api/v1/partner/organizations                           provision:read   200 200 403
POST   /api/v1/partner/organizations                           provision:write  400 400 403
GET    /api/v1/partner/organizations/:identifier               provision:read   200 404 403
GET    /api/v1/partner/organizations/by-external-id/:externalId provision:read  200 404 403

## subscribr: own other mode
GET    /api/v1/team                                            team:read        200 200 403
GET    /api/v1/team/credits                                    team:read        200 200 403
GET    /api/v1/team/tokens                                     team:read        200 200 403
POST   /api/v1/team/tokens                                     team:write       422 422 403
DELETE /api/v1/team/tokens/:token                              team:write       404 404 403

## partner: own other mode
PATCH  /api/v2/partner/webhook                                 envelopes:write  200 200 200
POST   /embed/token#onboarding                                 onboarding:write 200 200 200
POST   /embed/token#sign                                       esign:write      200 404 403
POST   /embed/token#vault                                      vault:read       200 404 403
POST   /api/v2/embed/token#onboarding                          onboarding:write 200 200 200
POST   /api/v2/embed/token#sign                                esign:write      200 404 403
POST   /api/v2/embed/token#vault                               vault:read       200 404 403
GET    /partner/runs                                           onboarding:write 200 200 200
GET    /partner/runs/:id                                       onboarding:write 200 404 404
POST   /partner/runs/:id/retry                                 onboarding:write 409 404 404
POST   /partner/runs/:id/adopt                                 onboarding:write 422 404 404
POST   /partner/runs/:id/reset                                 onboarding:write 422 404 404

## session: own
POST   /embed/session/refresh                                  onboarding,sign,vault 200
DELETE /embed/session                                          onboarding,sign,vault 204
GET    /embed/onboarding                                       onboarding       200
PATCH  /embed/onboarding/draft                                 onboarding       422
POST   /embed/onboarding/steps/:id                             onboarding       400
POST   /embed/onboarding/steps/:id/reopen                      onboarding       400
GET    /embed/ceremony                                         sign,onboarding  200
GET    /embed/ceremony/document                                sign,onboarding  409
POST   /embed/ceremony/frame                                   sign,onboarding  404
GET    /embed/ceremony/outcome                                 sign,onboarding  200
POST   /embed/ceremony/consent                                 sign,onboarding  400
POST   /embed/ceremony/pages                                   sign,onboarding  422
PUT    /embed/ceremony/fields                                  sign,onboarding  422
POST   /embed/ceremony/outline                                 sign,onboarding  422
POST   /embed/ceremony/decline                                 sign,onboarding  400
POST   /embed/ceremony/finish                                  sign,onboarding  400
GET    /embed/vault                                            vault            200
GET    /embed/vault/copy                                       vault            200
GET    /embed/vault/certificate                                vault            200

## embed token: own
POST   /embed/session                                          unused           201

## admin: own
GET    /api/v1/admin/partners                                  read             200
POST   /api/v1/admin/partners                                  write            422
GET    /api/v1/admin/partners/:partner                         read             404
PATCH  /api/v1/admin/partners/:partner                         write            404
DELETE /api/v1/admin/partners/:partner                         write            404
GET    /api/v1/admin/partners/:partner/keys                    read             404
POST   /api/v1/admin/partners/:partner/keys                    write            404
DELETE /api/v1/admin/partners/:partner/keys/:id                write            404
POST   /api/v1/admin/partners/:partner/keys/:id/rotate         write            404
GET    /api/v1/admin/partners/:partner/origins                 read             404
POST   /api/v1/admin/partners/:partner/origins                 write            422
DELETE /api/v1/admin/partners/:partner/origins                 write            422
GET    /api/v1/admin/partners/:partner/credentials             read             404
PUT    /api/v1/admin/partners/:partner/credentials             write            422
POST   /api/v1/admin/partners/:partner/credentials/:id/test    write            404
DELETE /api/v1/admin/partners/:partner/credentials/:id         write            404
GET    /api/v1/admin/partners/:partner/flow                    read             404
PUT    /api/v1/admin/partners/:partner/flow                    write            422
GET    /api/v1/admin/partners/:partner/flow/documents          read             404
GET    /api/v1/admin/partners/:partner/flow/documents/:name    read             404
PUT    /api/v1/admin/partners/:partner/flow/documents/:name    write            415
DELETE /api/v1/admin/partners/:partner/flow/documents/:name    write            404
GET    /api/v1/admin/partners/:partner/runs                    read             404
POST   /api/v1/admin/partners/:partner/runs/:id/retry          write            404
POST   /api/v1/admin/partners/:partner/runs/:id/adopt          write            422
POST   /api/v1/admin/partners/:partner/runs/:id/reset          write            422
GET    /api/v1/admin/partners/:partner/audit                   read             404
POST   /api/v1/admin/keys/rotate                               write            200

## anybody: own
GET    /                                                       anybody          200
GET    /inlay.js                                               anybody          200
GET    /pdf.js                                                 anybody          200
GET    /inlay/*path                                            anybody          404
GET    /pages.css                                              anybody          200
GET    /chunks/:name                                           anybody          404
GET    /fonts/:name                                            anybody          404
GET    /pdfjs/*path                                            anybody          404
GET    /problems/:code                                         anybody          404
GET    /.well-known/jwks.json                                  anybody          200
GET    /readyz                                                 anybody          200
`);
