// All the script a partner writes: where the widget gets its token. The key stays on the portal's server.
const widget = document.querySelector('inlay-widget');
widget.fetchToken = () =>
  fetch(`/token?customer=${encodeURIComponent(widget.dataset.customer)}`, { method: 'POST' })
    .then((response) => (response.ok ? response.json() : Promise.reject(new Error('The portal got no token.'))))
    .then((answer) => answer.token);
