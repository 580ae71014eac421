/** The gateway without a face: every view as calls, and the one error that they reject with. */
export { InlayClient, type Opened } from '../client.ts';
export { LinkError } from '../session/link-error.ts';
