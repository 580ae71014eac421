interface Look {
  readonly first: number;
  last: number;
}

/** Which sessions looked at which run lately. In memory: after a restart everybody is simply seen again. */
export function createPresence(elapsed: () => number, span = 30_000) {
  const seen = new Map<string, Map<string, Look>>();

  /** Runs lie in the order of their last looks. */
  function forgetOld(at: number): void {
    for (const [runId, sessions] of seen) {
      if ([...sessions.values()].some(({ last }) => last >= at - span)) break;
      seen.delete(runId);
    }
  }

  return {
    /**
     * Notes this session's look, and says whether another one looked since this one came. A page that was there before and is gone
     * (a reload, say) does not count: only what still looks is open somewhere else.
     */
    look(runId: string, sessionId: string): boolean {
      const at = elapsed();
      const sessions = seen.get(runId) ?? new Map<string, Look>();
      for (const [id, { last }] of sessions) if (last < at - span) sessions.delete(id);
      const mine = sessions.get(sessionId) ?? { first: at, last: at };
      mine.last = at;
      sessions.set(sessionId, mine);
      seen.delete(runId);
      seen.set(runId, sessions);
      forgetOld(at);
      return [...sessions].some(([id, { last }]) => id !== sessionId && last > mine.first);
    },
    leave(runId: string, sessionId: string): void {
      seen.get(runId)?.delete(sessionId);
    },
  };
}
export type Presence = ReturnType<typeof createPresence>;
