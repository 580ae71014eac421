import { VaultPage } from './vault-page.ts';

/** The page that a vault token opens. The token leaves the address at once: whoever looks at the window, or goes back to it, has none. */
const mount = document.getElementById('vault');
const token = location.hash.slice(1);
history.replaceState(null, '', location.pathname);
if (mount) new VaultPage(mount, token);
addEventListener('hashchange', () => location.reload());
