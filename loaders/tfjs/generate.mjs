/** @file Generates text: `node generate.mjs "Once"`, or `import { generate } from "./generate.mjs"`. */
import * as tf from "@tensorflow/tfjs";
import { draw, open, argumentsFor } from "./model.mjs";
import { follower } from "./follow.mjs";

const { model, vocabulary, encode, decode } = await open();
const { next: following, excluded } = follower(vocabulary);

/** Reads ids [1, time] from the given states. @returns the logits of the next token, and the next states; inputs and outputs of the model are in this order */
function read(ids, states) {
  const [logits, ...next] = [model.predict([tf.tensor2d([ids], undefined, "int32"), ...states])].flat();
  return { logits: Array.from(logits.dataSync().slice(-vocabulary.text.tokens.length)), next };
}

/** Yields generated ids. Each token is read once; the states are carried from token to token. */
export function* generateIds(prompt, { length, temperature }) {
  const { beforePrompt, withoutPrompt, never } = vocabulary.writes;
  let unread = [...beforePrompt, ...prompt];
  if (unread.length === 0) unread = withoutPrompt;
  const starts = vocabulary.states ?? []; // empty without recurrent layers
  let states = starts.map(({ units, start }) => (start ? tf.tensor2d([start]) : tf.zeros([1, units])));
  let written = 0; // the state of `follow.mjs`: a text does not end within a character
  for (let count = 0; count < length || written !== 0; count++) {
    const scope = tf.engine().startScope();
    const { logits, next } = read(unread, states);
    tf.dispose(states);
    states = next.map((state) => tf.keep(state));
    tf.engine().endScope(scope);
    const id = draw(logits, [...never, ...excluded(written)], temperature);
    if (id === 1) break; // the end of a document
    written = following(written, id);
    yield id;
    unread = [id];
  }
  tf.dispose(states);
}

/** The prompt and up to `length` tokens after it. */
export function generate(prompt = "", { length = 300, temperature = 0.5 } = {}) {
  const ids = encode(prompt);
  const generated = decode([...ids, ...generateIds(ids, { length, temperature })]);
  return prompt + generated.slice(decode(ids).length); // unknown parts of the prompt stay unchanged
}

for (const prompt of argumentsFor(import.meta.url)) console.log(generate(prompt));
