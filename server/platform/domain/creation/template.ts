import type { Fault } from '../../../../shared/problem.ts';
import { envelopeLimits } from '../../../../shared/vendors/loyva.ts';
import { printFaults } from '../files/print.ts';
import type { Envelope } from '../records/envelope.ts';
import type { FieldRequest } from '../records/field.ts';
import type { Template } from '../records/template.ts';
import { fieldFaults, printedOf } from './field-faults.ts';
import type { AskedField } from './field-request.ts';
import type { EnvelopeRequest, SignerRequest, UploadedDocument } from './request.ts';

export interface TemplateRequest {
  readonly name: string;
  readonly order: Envelope['order'];
  readonly document: UploadedDocument;
  /** Without it those of the document itself are taken. */
  readonly fields?: readonly AskedField[] | undefined;
}

/** In the order in which the fields name them; in a sequential envelope that in which they sign. */
export const rolesOf = ({ fields }: Pick<Template, 'fields'>): string[] => [...new Set(fields.map(({ signer }) => signer))];

/** Everything that is wrong with the request apart from its document. `missing` gives the characters that no font has. */
export const templateFaults = (request: TemplateRequest, missing: (texts: readonly string[]) => string[]): Fault[] => [
  ...fieldFaults(request.fields ?? []),
  ...withoutSignature(request.fields ?? []),
  ...printFaults(printed(request), missing),
];

export const tooManyRoles = (roles: readonly string[]): Fault[] =>
  roles.length > envelopeLimits.signers ? [fault('/fields', 'too-many-roles', `must name at most ${envelopeLimits.signers} roles`)] : [];

/** Whoever has such a role would finish without having signed. */
function withoutSignature(fields: readonly FieldRequest[]): Fault[] {
  const roles = rolesOf({ fields });
  const crowd = tooManyRoles(roles);
  if (crowd.length > 0) return crowd;
  const signing = new Set(fields.filter(({ type }) => type === 'signature').map(({ signer }) => signer));
  return roles
    .filter((role) => !signing.has(role))
    .map((role) => fault('/fields', 'signature-missing', `needs a signature field for ${role}`));
}

const printed = ({ name, fields = [] }: TemplateRequest): [pointer: string, text: string][] => [
  ['/name', name],
  ...fields.map(({ signer }, i): [string, string] => [`/fields/${i}/signer`, signer]),
  ...printedOf(fields),
];

/** What keeps an envelope from being made of this template: every role has exactly one signer, and every signer one of its roles. */
export function castFaults(template: Template, { signers }: Pick<EnvelopeRequest, 'signers'>): Fault[] {
  const roles = rolesOf(template);
  if (!signers) return roles.length === 1 ? [] : [fault('/signers', 'role-missing', `must name who signs as each of ${roles.join(', ')}`)];
  return [
    ...roles
      .filter((role) => !signers.some((signer) => signer.role === role))
      .map((role) => fault('/signers', 'role-missing', `needs a signer with the role ${role}`)),
    ...signers.flatMap(({ role }, i) =>
      role !== null && roles.includes(role) ? [] : [fault(`/signers/${i}/role`, 'no-such-role', `must be one of ${roles.join(', ')}`)],
    ),
  ];
}

/** Who signs, each with a role; without signers the customer has the only one. */
export function castOf(template: Template, { signers, customer }: Pick<EnvelopeRequest, 'signers' | 'customer'>): SignerRequest[] {
  const roles = rolesOf(template);
  const cast = signers ?? [{ ...customer, role: roles[0] ?? null, order: undefined }];
  return cast.map((signer) => ({ ...signer, order: signer.order ?? roles.indexOf(signer.role ?? '') + 1 }));
}

const fault = (pointer: string, code: string, message: string): Fault => ({ pointer, code, message });
