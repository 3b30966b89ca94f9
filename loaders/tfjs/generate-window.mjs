/** @file New text: `node generate.mjs "Once"`, or `import { generate } from "./generate.mjs"`. */
import { answers, draw, open, wordsFor } from "./model.mjs";

const opened = await open();
const { vocabulary, encode, decode } = opened;

/** Ids of new text, one by one: the model reads the last tokens anew for each, as many as it learned from. */
export function* generateIds(prompt, { length, temperature }) {
  const { beforePrompt, withoutPrompt, never } = vocabulary.writes;
  const ids = [...beforePrompt, ...prompt];
  if (ids.length === 0) ids.push(...withoutPrompt);
  for (let count = 0; count < length; count++) {
    const [logits] = answers(opened, [ids.slice(-vocabulary.longest)]);
    const id = draw(logits, never, temperature);
    if (id === 1) break; // the end of a document
    yield id;
    ids.push(id);
  }
}

/** The prompt, and so many tokens after it. */
export function generate(prompt = "", { length = 300, temperature = 0.5 } = {}) {
  const ids = encode(prompt);
  const written = decode([...ids, ...generateIds(ids, { length, temperature })]);
  return prompt + written.slice(decode(ids).length); // what is unknown of a prompt stays as it is
}

for (const prompt of wordsFor(import.meta.url)) console.log(generate(prompt));
