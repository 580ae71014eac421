import { readTable } from './world/expectations.ts';

/**
 * Every route of the platform, written by hand from the vendors' pages; scopes are Loyva's scope column. `own`: with the right key, about what is
 * the caller's; `other`: with another account's key of the same vendor.
 */
export const platformTable = readTable(`
## loyva: own other
GET    /api/v2/partner/envelopes                               envelopes:read   200 200
POST   /api/v2/partner/envelopes                               envelopes:write  422 422
GET    /api/v2/partner/envelopes/:id                           envelopes:read   200 404
GET    /api/v2/partner/envelopes/:id/status                    envelopes:read   200 404
POST   /api/v2/partner/envelopes/:id/upload                    envelopes:write  409 404
POST   /api/v2/partner/envelopes/:id/void                      envelopes:write  409 404
POST   /api/v2/partner/envelopes/:id/remind                    envelopes:write  409 404
GET    /api/v2/partner/envelopes/:id/signing-links             envelopes:read   409 404
POST   /api/v2/partner/envelopes/:id/vault-in-signed           vault:write      409 404
POST   /api/v2/partner/envelopes/:id/vault-in-upload           vault:write      200 404
GET    /api/v2/partner/envelopes/:id/vault/signed-url          vault:read       200 404
GET    /api/v2/partner/envelopes/:id/vault/copy/signed-url     vault:read       200 404
GET    /api/v2/partner/envelopes/:id/vault/certificate         compliance:read  200 404
GET    /api/v2/partner/envelopes/:id/compliance                compliance:read  200 404
POST   /api/v2/partner/envelopes/:id/vault-out                 vault:release    200 404
POST   /api/v2/partner/envelopes/:id/vault-out/acknowledge     vault:release    422 404
PATCH  /api/v2/partner/webhook                                 envelopes:write  200 200
POST   /api/v2/embed/token#sign                                esign:write      200 404
POST   /api/v2/embed/token#vault                               vault:read       200 404
GET    /api/v2/partner/templates                               envelopes:read   200 200
POST   /api/v2/partner/templates                               envelopes:write  422 422
GET    /api/v2/partner/templates/:id                           envelopes:read   200 404
DELETE /api/v2/partner/templates/:id                           envelopes:write  200 404
POST   /api/v2/partner/erasures                               envelopes:write  422 422

## scribeless: own other
POST   /api/partner/teams                                      partner          400 400
## customer: own other
GET    /api/account/status                                     customer         200 200

## kelviq: own other
GET    /api/v1/partner/organizations                           partner          200 200
POST   /api/v1/partner/organizations                           partner          400 400
GET    /api/v1/partner/organizations/:identifier               partner          200 404
GET    /api/v1/partner/organizations/by-external-id/:externalId partner         200 404

## subscribr: own other
GET    /api/v1/team                                            team             200 200
GET    /api/v1/team/credits                                    team             200 200
GET    /api/v1/team/tokens                                     team             200 200
POST   /api/v1/team/tokens                                     team             422 422
DELETE /api/v1/team/tokens/:token                              team             200 404

## ceremony: own
GET    /api/v2/embed/ceremony                                  sign             200
GET    /api/v2/embed/ceremony/document                         sign             409
POST   /api/v2/embed/ceremony/consent                          sign             422
POST   /api/v2/embed/ceremony/pages                            sign             422
PUT    /api/v2/embed/ceremony/fields                           sign             422
POST   /api/v2/embed/ceremony/outline                          sign             422
POST   /api/v2/embed/ceremony/finish                           sign             422
POST   /api/v2/embed/ceremony/decline                          sign             422

## vault: own
GET    /api/v2/embed/vault                                     vault            200
GET    /api/v2/embed/vault/copy                                vault            200

## signed address: own
GET    /files/:id/:kind                                        signature        200

## anybody: own
GET    /                                                       anybody          200
GET    /platform.css                                           anybody          200
GET    /icon.svg                                               anybody          200
GET    /templates                                              anybody          200
GET    /sign                                                   anybody          200
GET    /sign.js                                                anybody          200
GET    /vault                                                  anybody          200
GET    /vault.js                                               anybody          200
GET    /chunks/:name                                           anybody          404
GET    /pdfjs/*path                                            anybody          404
GET    /fonts/:name                                            anybody          404
GET    /authority.pem                                          anybody          200
GET    /problems/:code                                         anybody          404
GET    /.well-known/inlay-ceremony                             anybody          200
GET    /.well-known/jwks.json                                  anybody          200
GET    /readyz                                                 anybody          200
GET    /log/checkpoint                                         anybody          200
GET    /log/key                                                anybody          200
GET    /invitation                                             anybody          404
POST   /invitation                                             anybody          415
GET    /checkout                                               anybody          404
POST   /checkout                                               anybody          415
GET    /outbox                                                 anybody          200
GET    /outbox/:id                                             anybody          404
`);
