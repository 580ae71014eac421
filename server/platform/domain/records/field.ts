import type { FieldOption, FieldPlace, FieldType, FieldValue } from '../../../../shared/signing/fields.ts';

/** What a field is, whoever asked for it. */
export interface FieldForm {
  readonly type: FieldType;
  /** At least one: what is answered stands at all of them, of a radio at those of its chosen option. */
  readonly places: readonly FieldPlace[];
  readonly required: boolean;
  readonly label: string | null;
  /** Unique within its document, envelope or template. */
  readonly name: string | null;
  readonly multiline: boolean;
  /** In characters (Unicode code points). */
  readonly maxLength: number | null;
  /** Of radio and dropdown, at least one. */
  readonly options: readonly FieldOption[] | null;
  /** What a checkbox's tick stands for. */
  readonly exportValue: string | null;
  /** Of a kind that answers its type. */
  readonly value: FieldValue | null;
}

/** A field as it is asked for, of an envelope or a template. */
export interface FieldRequest extends FieldForm {
  /** A signer's e-mail; in a template the role of whoever signs. */
  readonly signer: string;
}
