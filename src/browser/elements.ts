/** @file The page's elements, by their ids, and new ones. */

/** @throws where the page has no such element: a bug */
export function element<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new TypeError(`the page has no ${kind.name} "${id}"`);
}

export function made<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  ...content: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const fresh = document.createElement(tag);
  if (className !== "") fresh.className = className;
  fresh.append(...content);
  return fresh;
}

/** Takes out of the page a text that is not for the eye: it may be large, and is needed once. */
export function takenText(id: string): string {
  const holder = element(id, HTMLScriptElement);
  holder.remove();
  return holder.textContent;
}

/** Calls a function once before the page is next drawn, however often it is asked to. */
export function beforeDrawing(draw: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };
}

/** What the page says of the model: its task, its labels and the like. */
export const settings = (): DOMStringMap => element("model", HTMLElement).dataset;
