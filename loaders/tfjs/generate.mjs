/** @file New text: `node generate.mjs "Once"`, or `import { generate } from "./generate.mjs"`. */
import * as tf from "@tensorflow/tfjs";
import { draw, open, wordsFor } from "./model.mjs";

const { model, vocabulary, encode, decode } = await open();

/** Of ids [1, time] and the states before them: the logits of what follows the last, and the states after it. The model's inputs and outputs are in this order. */
function read(ids, states) {
  const [logits, ...next] = [model.predict([tf.tensor2d([ids], undefined, "int32"), ...states])].flat();
  return { logits: Array.from(logits.dataSync().slice(-vocabulary.text.tokens.length)), next };
}

/** Ids of new text, one by one: each token is read once, and the states are carried on. */
export function* generateIds(prompt, { length, temperature }) {
  const { beforePrompt, withoutPrompt, never } = vocabulary.writes;
  let unread = [...beforePrompt, ...prompt];
  if (unread.length === 0) unread = withoutPrompt;
  const starts = vocabulary.states ?? []; // none without recurrent layers
  let states = starts.map(({ units, start }) => (start ? tf.tensor2d([start]) : tf.zeros([1, units])));
  for (let count = 0; count < length; count++) {
    const scope = tf.engine().startScope();
    const { logits, next } = read(unread, states);
    tf.dispose(states);
    states = next.map((state) => tf.keep(state));
    tf.engine().endScope(scope);
    const id = draw(logits, never, temperature);
    if (id === 1) break; // the end of a document
    yield id;
    unread = [id];
  }
  tf.dispose(states);
}

/** The prompt, and so many tokens after it. */
export function generate(prompt = "", { length = 300, temperature = 0.5 } = {}) {
  const ids = encode(prompt);
  const written = decode([...ids, ...generateIds(ids, { length, temperature })]);
  return prompt + written.slice(decode(ids).length); // what is unknown of a prompt stays as it is
}

for (const prompt of wordsFor(import.meta.url)) console.log(generate(prompt));
