/** Which sessions looked at which run lately. In memory: after a restart everybody is simply seen again. */
export function createPresence(now: () => number, span = 30_000) {
  const seen = new Map<string, Map<string, number>>();
  return {
    /** Notes this session's look and says whether another session looked at the run within the span. */
    look(runId: string, sessionId: string): boolean {
      const at = now();
      const sessions = seen.get(runId) ?? new Map<string, number>();
      for (const [id, last] of sessions) if (last < at - span) sessions.delete(id);
      sessions.set(sessionId, at);
      seen.set(runId, sessions);
      if (seen.size > 10_000) for (const [id, each] of seen) if ([...each.values()].every((last) => last < at - span)) seen.delete(id);
      return sessions.size > 1;
    },
    leave(runId: string, sessionId: string): void {
      seen.get(runId)?.delete(sessionId);
    },
  };
}
export type Presence = ReturnType<typeof createPresence>;
