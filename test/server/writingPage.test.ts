/** @file The page of `rnn serve`: who gets it, what it contains, and writing in a browser. */
import { expect, test } from "vitest";
import { chromium, seenIn } from "../support/chromium.js";
import { serve, token } from "./served.js";

test("serve: the page needs the token in its URL, and loads nothing from elsewhere", async () => {
  const { origin } = await serve();
  expect((await fetch(origin)).status).toBe(401);
  const response = await fetch(`${origin}/?token=${token}`);
  const page = await response.text();
  expect(response.status).toBe(200);
  expect(response.headers.get("content-security-policy")).toMatch(
    /^default-src 'none'; script-src 'sha256-[^ ]+'; style-src 'sha256-[^ ]+'; connect-src 'self'; .*frame-ancestors 'none'$/,
  );
  expect(page).toContain("<option>storyteller</option>");
  expect(page).not.toMatch(/https?:\/\/|\bsrc=|\bhref=/);
  expect(page).not.toContain(token);
});

/** Functions for the expressions that run in the page. */
const helpers = `
  const at = (id) => document.getElementById(id);
  const until = async (holds) => {
    for (let tries = 0; !holds(); tries++) {
      if (tries > 500) throw new Error("it does not come to " + holds);
      await new Promise((after) => setTimeout(after, 20));
    }
  };
  const press = (key, rest) => document.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true, ...rest }));
`;

test.skipIf(chromium === undefined)(
  "serve: in a browser the page offers words, writes with the model, stops, undoes and redoes",
  async () => {
    const { origin } = await serve();
    const url = `${origin}/?token=${token}`;
    const { value, requests, messages } = await seenIn<Record<string, string>>(
      url,
      `(async () => {${helpers}
    const text = at("text");
    text.value = "Once upon a";
    text.dispatchEvent(new Event("input"));
    await until(() => at("words").children.length > 1 && at("sentences").children.length > 0);
    const word = at("words").querySelector("button").firstChild.textContent;
    press("1", { altKey: true, code: "Digit1" });
    const taken = text.value;
    at("temperature").value = "0";
    at("max-tokens").value = "40";
    at("form").requestSubmit();
    await until(() => at("stop").disabled && at("state").textContent.includes("tokens"));
    const written = text.value;
    press("z", { ctrlKey: true });
    const undone = text.value;
    press("y", { ctrlKey: true });
    const redone = text.value;
    at("max-tokens").value = "10000";
    at("form").requestSubmit();
    await until(() => text.value.length > redone.length);
    text.setSelectionRange(0, 4);
    const length = text.value.length;
    await until(() => text.value.length > length);
    const longer = text.value;
    press("Escape");
    await until(() => at("stop").disabled);
    const state = at("state").textContent;
    const stopped = text.value;
    at("form").requestSubmit();
    await until(() => text.value.length > stopped.length);
    press("z", { ctrlKey: true });
    await until(() => at("stop").disabled);
    return { word, taken, written, undone, redone, longer, stopped, undoneWhileWriting: text.value, state };
  })()`,
    );
    const { word = "", taken = "", written = "", longer = "", stopped = "" } = value;
    expect(taken).toBe(`Once upon a ${word}`);
    expect(written.startsWith(taken)).toBe(true);
    expect(written.length).toBeGreaterThan(taken.length + 20);
    expect(value).toMatchObject({
      undone: taken,
      redone: written,
      undoneWhileWriting: stopped,
      state: expect.stringMatching(/^Stopped\. Seed \d+/),
    });
    expect(longer.startsWith(written)).toBe(true); // what is selected meanwhile stays
    expect(requests.filter((one) => !one.startsWith(origin))).toEqual([]);
    expect(messages).toEqual([]);
  },
);
