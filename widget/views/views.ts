import type { SessionAnswer } from '../../shared/embed.ts';
import { bring } from '../session/bring.ts';
import type { ViewClass } from './view.ts';

export type WidgetType = SessionAnswer['widget_type'];

const views: Partial<Record<WidgetType, () => Promise<ViewClass>>> = {
  onboarding: () => bring(() => import('./onboarding/onboarding.ts')).then((module) => module.Onboarding),
  sign: () => bring(() => import('./signing/sign.ts')).then((module) => module.Sign),
};

/** The view of a widget type, in its own chunk; undefined when this version has none. */
export const viewOf = async (type: WidgetType): Promise<ViewClass | undefined> => views[type]?.();

/** Fetches the view an embed token names while the session opens. It is a guess from a claim nobody checked: the session decides. */
export async function viewNamedIn(token = ''): Promise<void> {
  try {
    await viewOf(JSON.parse(atob(token.split('.')[1]?.replace(/-/g, '+').replace(/_/g, '/') ?? '')).widget);
  } catch {
    // Not a token we can read, or a script that did not come: what follows says so.
  }
}
