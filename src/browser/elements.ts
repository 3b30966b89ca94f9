/** @file Finds and creates elements of the page. */

/** The element with an id. @throws TypeError if the page has none, which is a bug */
export function element<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const existing = document.getElementById(id);
  if (existing instanceof kind) return existing;
  throw new TypeError(`the page has no ${kind.name} "${id}"`);
}

/** Creates an element. */
export function createElement<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  ...content: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const fresh = document.createElement(tag);
  if (className !== "") fresh.className = className;
  fresh.append(...content);
  return fresh;
}

/** Removes a data element from the page and returns its text, which may be large and is needed once. */
export function takeText(id: string): string {
  const holder = element(id, HTMLScriptElement);
  holder.remove();
  return holder.textContent;
}

/** A function that calls another one once before the next frame, however often it is called. */
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

/** Properties of the model that the page stores: task, labels, unit of length. */
export const settings = (): DOMStringMap => element("model", HTMLElement).dataset;
