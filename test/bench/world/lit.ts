/** What the widget takes of Lit, alone; built to be weighed. */
export { css, html, LitElement } from 'lit';
