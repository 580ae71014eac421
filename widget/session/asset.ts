/** A file that lies beside this script, the same for everybody: asked for as nobody, from nowhere. */
export const asset = (address: string): Promise<Response> => fetch(address, { credentials: 'omit', referrerPolicy: 'no-referrer' });
