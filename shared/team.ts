/** What a token of Subscribr's may be allowed: all nine of https://subscribr.ai/youtube-api/reference/team. */
export const teamAbilities = [
  'intel:read',
  'intel:write',
  'scripts:read',
  'scripts:write',
  'thumbnails:read',
  'thumbnails:write',
  'channels:read',
  'webhooks:read',
  'webhooks:write',
] as const;
export type TeamAbility = (typeof teamAbilities)[number];

/** What somebody is in a team. */
export const teamRoles = ['owner', 'admin', 'editor', 'viewer', 'member'] as const;
export type TeamRole = (typeof teamRoles)[number];

/** The roles that may list, make and delete tokens. */
export const tokenRoles: readonly TeamRole[] = ['owner', 'admin'];

/** How a team's subscription stands. */
export const subscriptionStatuses = ['active', 'trial', 'inactive', 'paused'] as const;
export type SubscriptionStatus = (typeof subscriptionStatuses)[number];

/** Characters (code points) that a token's name may have. */
export const tokenNameLength = 255;
