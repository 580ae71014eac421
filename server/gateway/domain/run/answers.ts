import type { MintOnboarding } from '../../../../shared/embed.ts';
import type { Values } from '../../../../shared/onboarding/flow.ts';
import type { FieldType } from '../../../../shared/signing/fields.ts';
import type { Customer, Mint, Run } from '../records/entities.ts';
import type { Box } from '../records/ports.ts';

/** What a run's answers, a customer's profile and a mint's signer are sealed about. */
export const answersAbout = (runId: string): string[] => ['answers', runId];
export const readAnswers = (box: Box, run: Run): Values => JSON.parse(box.open(run.answers, answersAbout(run.id))) as Values;

/** What the partner tells of a customer at mint, to fill in and to lock. */
export type Profile = Omit<MintOnboarding['customer'], 'external_id'>;
export const profileAbout = (customerId: string): string[] => ['profile', customerId];
export const readProfile = (box: Box, { id, profile }: Customer): Profile => JSON.parse(box.open(profile, profileAbout(id))) as Profile;

/** Signers are named by e-mail, which no token carries: it is kept with the mint. */
export const signerAbout = (jti: string): string[] => ['signer', jti];
export const readSigner = (box: Box, { jti, signer }: Pick<Mint, 'jti' | 'signer'>): string =>
  signer ? box.open(signer, signerAbout(jti)) : '';

/** An envelope that is wanted. Signers in their order; a field names its signer by e-mail. */
export interface EnvelopeOrder {
  /** Ours; by it the envelope is found again when the answer was lost. */
  readonly externalId: string;
  readonly title: string;
  readonly content: { readonly filename: string; readonly base64: string } | { readonly templateId: string };
  readonly signers: readonly { readonly email: string; readonly name: string; readonly role: string }[];
  readonly fields: readonly {
    readonly type: FieldType;
    readonly signer: string;
    readonly page: number;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly required: boolean;
    readonly label?: string | undefined;
    readonly name?: string | undefined;
    /** What it is filled with until the signer changes it. */
    readonly value?: string | boolean | undefined;
  }[];
  /** The same for the fields of a template, or of the document's form, by their names. */
  readonly values: Readonly<Record<string, string | boolean>>;
}
