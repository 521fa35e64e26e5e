/** What JupyterLab's packages expect of a page and jsdom lacks. Imported before them. */
const nothing = (): void => undefined;

class Observer {
  observe = nothing;
  unobserve = nothing;
  disconnect = nothing;
  takeRecords = (): [] => [];
}

class DragEventOfTests extends Event {
  readonly dataTransfer = null;
}

Object.assign(globalThis, {
  ResizeObserver: Observer,
  IntersectionObserver: Observer,
  DragEvent: DragEventOfTests,
  requestIdleCallback: (callback: () => void) => setTimeout(callback),
  cancelIdleCallback: clearTimeout,
});
globalThis.matchMedia = (query) =>
  ({
    matches: false,
    media: query,
    addEventListener: nothing,
    removeEventListener: nothing,
  }) as unknown as MediaQueryList;

Element.prototype.scrollIntoView = nothing;
// CodeMirror measures text; here it has no size.
Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
