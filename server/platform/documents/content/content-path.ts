/** The path that is being made (ISO 32000-2, 8.5.2), as far as readers may go on from it in different ways. */
export interface Path {
  move(): void;
  rectangle(): void;
  /** Has it a point to go on from? Some readers begin at the first that is named, some at the corner, some not at all. */
  extend(): boolean;
  close(): void;
  /** W may stand before the path as well: Ghostscript wrote it so. */
  clip(): void;
  /** Was it closed while it was a point alone? For some readers that is a dot. */
  isDot(): boolean;
  /** It is painted, or not: whether it clips and is nothing. */
  end(): boolean;
}

export function createPath(): Path {
  let [begun, alone, dot, clips] = [false, false, false, false];
  return {
    move() {
      [begun, alone] = [true, true];
    },
    rectangle() {
      [begun, alone] = [true, false];
    },
    extend() {
      alone = false;
      return begun;
    },
    close() {
      dot ||= alone;
    },
    clip() {
      clips = true;
    },
    isDot: () => dot,
    end() {
      const isNothing = clips && !begun;
      [begun, alone, dot, clips] = [false, false, false, false];
      return isNothing;
    },
  };
}
