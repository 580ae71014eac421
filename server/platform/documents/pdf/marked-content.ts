/** What says nothing of its own: the foot of every page, what is laid across it, or a line. */
export type Artifact = 'Footer' | 'Watermark' | 'Layout';

export const beginContent = (type: string, number: number): string => `/${type}<</MCID ${number}>>BDC`;
export const beginArtifact = (kind?: Artifact): string => (kind ? `/Artifact<</Type/Pagination/Subtype/${kind}>>BDC` : '/Artifact BMC');
