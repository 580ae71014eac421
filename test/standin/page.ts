/**
 * The vendor's own signing page: it reads the fragment, lets its user sign or decline, and tells whoever framed it in words that nobody
 * documents. It keeps things in `sessionStorage`, as such pages do, and so needs an origin of its own.
 */
export const signingPage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign your contract</title>
<link rel="stylesheet" href="/sign.css"></head>
<body><main><h1>Contract</h1><p id="words">One moment.</p>
<form id="form" hidden><label><input type="checkbox" id="agree" required> I have read this contract</label>
<p><button name="act" value="sign">Sign</button> <button name="act" value="decline" formnovalidate>Decline</button></p></form></main>
<script src="/sign.js"></script></body></html>`;

export const signingStyle = `body{font:16px/1.5 Georgia,serif;margin:0;background:#f4efe6;color:#222}
main{max-width:34rem;margin:2rem auto;padding:2rem;background:#fff}
button{font:inherit;padding:.6rem 1.2rem}`;

export const signingScript = `
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? sessionStorage.getItem('token') ?? '';
sessionStorage.setItem('token', token);
const words = document.getElementById('words');
const form = document.getElementById('form');
const tell = (message) => { if (parent !== window) parent.postMessage(message, '*'); };
async function act(name) {
  const answer = await fetch(location.pathname + '/' + name, { method: 'POST', headers: { authorization: 'Bearer ' + token } });
  const { said } = await answer.json();
  words.textContent = said;
  form.hidden = name !== 'view' || !answer.ok;
  tell(name === 'view' ? 'lv:ready' : { lv: 2, payload: [name, answer.status] });
}
form.addEventListener('submit', (event) => { event.preventDefault(); act(event.submitter.value); });
act('view');
`;
