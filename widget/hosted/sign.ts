import { SignPage } from './sign-page.ts';

/** The page that an e-mail's link opens. The token is in the fragment, which no server and no log sees, and stays there for a reload. */
const mount = document.getElementById('sign');
if (mount) new SignPage(mount, location.hash.slice(1));
addEventListener('hashchange', () => location.reload());
