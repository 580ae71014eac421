/** Bytes as they come in, in one place that grows: a million pieces of one byte take the room of one piece of a million. */
export function gathered() {
  let room = Buffer.alloc(0);
  let length = 0;
  return {
    add(piece: Uint8Array): void {
      if (length + piece.length > room.length) {
        const grown = Buffer.allocUnsafe(Math.max(room.length * 2, length + piece.length));
        room.copy(grown, 0, 0, length);
        room = grown;
      }
      room.set(piece, length);
      length += piece.length;
    },
    bytes: (): Buffer => room.subarray(0, length),
  };
}
