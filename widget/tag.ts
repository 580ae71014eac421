/** What a page may set on the tag, and call. The class comment of `InlayWidget` says what each is for. */
export interface Tag {
  token: string | undefined;
  fetchToken: (() => Promise<string>) | undefined;
  locale: string | undefined;
  theme: 'light' | 'dark' | 'auto';
  server: string;
  headingLevel: number | string;
  worker: 'none' | undefined;
  reload(): Promise<void>;
  logout(): Promise<void>;
}
