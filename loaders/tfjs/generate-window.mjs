/** @file Generates text: `node generate.mjs "Once"`, or `import { generate } from "./generate.mjs"`. */
import { logitsOf, draw, open, argumentsFor } from "./model.mjs";
import { follower } from "./follow.mjs";

const opened = await open();
const { vocabulary, encode, decode } = opened;
const { next: following, excluded } = follower(vocabulary);

/** Yields generated ids. For each one the model reads the last tokens again, as many as in training. */
export function* generateIds(prompt, { length, temperature }) {
  const { beforePrompt, withoutPrompt, never } = vocabulary.writes;
  const ids = [...beforePrompt, ...prompt];
  if (ids.length === 0) ids.push(...withoutPrompt);
  let written = 0; // the state of `follow.mjs`: a text does not end within a character
  for (let count = 0; count < length || written !== 0; count++) {
    const [logits] = logitsOf(opened, [ids.slice(-vocabulary.longest)]);
    const id = draw(logits, [...never, ...excluded(written)], temperature);
    if (id === 1) break; // the end of a document
    written = following(written, id);
    yield id;
    ids.push(id);
  }
}

/** The prompt and up to `length` tokens after it. */
export function generate(prompt = "", { length = 300, temperature = 0.5 } = {}) {
  const ids = encode(prompt);
  const generated = decode([...ids, ...generateIds(ids, { length, temperature })]);
  return prompt + generated.slice(decode(ids).length); // unknown parts of the prompt stay unchanged
}

for (const prompt of argumentsFor(import.meta.url)) console.log(generate(prompt));
