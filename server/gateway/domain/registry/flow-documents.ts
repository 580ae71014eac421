import { Failure } from '../../../../shared/problem.ts';
import { sha256Of } from '../records/ids.ts';
import type { Blobs, Box, FlowDocument, Storage } from '../records/ports.ts';
import { findPartner } from './partners.ts';

/** Bytes of a flow's document at most: as base64 it must fit into the vendor's 7,000,000 characters. */
export const documentCap = 5_000_000;

const about = (partnerId: string, name: string): string[] => ['flow-document', partnerId, name];
const missing = () => new Failure('not-found', 'The partner has no document of this name.');

/** The PDFs of a partner's `sign` steps. What is in them the vendor judges when an envelope is made; here they are kept, sealed. */
export function createFlowDocuments({ storage, box, blobs }: { storage: Storage; box: Box; blobs: Blobs }) {
  async function base64Of({ partnerId, name, address }: FlowDocument): Promise<string> {
    const kept = await blobs.get(address);
    if (!kept) throw new Failure('internal', undefined, { cause: new Error(`The blob of a document named ${name} is gone.`) });
    return box.open(kept, about(partnerId, name));
  }

  return {
    async list(partnerId: string): Promise<FlowDocument[]> {
      await findPartner(storage.read, partnerId);
      return storage.read.documents.list(partnerId);
    },

    async put(partnerId: string, name: string, bytes: Buffer, actor: string, at: number): Promise<FlowDocument> {
      await findPartner(storage.read, partnerId);
      if (!bytes.subarray(0, 1024).includes('%PDF-')) throw new Failure('document-refused', 'These bytes are not a PDF.');
      const address = await blobs.put(box.seal(bytes.toString('base64'), about(partnerId, name)));
      const sha256 = sha256Of(bytes);
      const { row, earlier } = await storage.transact(async (stores) => {
        await findPartner(stores, partnerId);
        const replaced = await stores.documents.find(partnerId, name);
        const fresh: FlowDocument = { partnerId, name, address, size: bytes.length, sha256, updatedAt: at };
        await stores.documents.put(fresh);
        await stores.record({ kind: 'document.put', at, partner: partnerId, actor, about: { document: name, sha256 } });
        await stores.signings.resume(partnerId, 'document', undefined, at);
        await stores.runs.resumed(partnerId);
        return { row: fresh, earlier: replaced };
      });
      if (earlier) await blobs.delete(earlier.address);
      return row;
    },

    async read(partnerId: string, name: string): Promise<{ row: FlowDocument; bytes: Buffer }> {
      await findPartner(storage.read, partnerId);
      const row = await storage.read.documents.find(partnerId, name);
      if (!row) throw missing();
      return { row, bytes: Buffer.from(await base64Of(row), 'base64') };
    },

    /** Is it there, with these bytes? */
    async holds(partnerId: string, name: string, sha256: string): Promise<boolean> {
      const row = await storage.read.documents.find(partnerId, name);
      return row?.sha256 === sha256 && (await blobs.get(row.address)) !== undefined;
    },

    /** The document as a vendor's request carries it; nothing when there is none of this name. */
    async open(partnerId: string, name: string): Promise<{ sha256: string; base64: string } | undefined> {
      const row = await storage.read.documents.find(partnerId, name);
      return row && { sha256: row.sha256, base64: await base64Of(row) };
    },

    async delete(partnerId: string, name: string, actor: string, at: number): Promise<void> {
      const { address } = await storage.transact(async (stores) => {
        await findPartner(stores, partnerId);
        const row = await stores.documents.find(partnerId, name);
        if (!row) throw missing();
        const own = await stores.flows.newest(partnerId);
        if (own?.flow.steps.some((step) => step.kind === 'sign' && step.document === name))
          throw new Failure('run-wrong-state', 'The flow in force has this document signed.');
        if (await stores.signings.awaits(partnerId, name))
          throw new Failure('run-wrong-state', 'A customer is about to be given this document to sign.');
        await stores.documents.delete(partnerId, name);
        await stores.record({ kind: 'document.deleted', at, partner: partnerId, actor, about: { document: name } });
        return row;
      });
      await blobs.delete(address);
    },
  };
}
export type FlowDocuments = ReturnType<typeof createFlowDocuments>;
