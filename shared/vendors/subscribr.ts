/** Subscribr's team calls: https://subscribr.ai/youtube-api/reference/team. `Authorization: Bearer`; `…/tokens/{id}` takes DELETE. */
export const subscribrPaths = { team: '/api/v1/team', credits: '/api/v1/team/credits', tokens: '/api/v1/team/tokens' } as const;
