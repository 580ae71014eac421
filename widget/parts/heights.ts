import { InlayResizeEvent } from '../events.ts';

/** Tells the page each new height of an element, in whole pixels. */
export function heightsOf(element: HTMLElement): ResizeObserver {
  let last = 0;
  return new ResizeObserver(() => {
    const height = Math.round(element.offsetHeight);
    if (height !== last) element.dispatchEvent(new InlayResizeEvent(height));
    last = height;
  });
}
