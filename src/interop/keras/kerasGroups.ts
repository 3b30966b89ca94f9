/** @file The groups of a Keras file that hold layers' weights: Keras counts the layers of a class. */

/**
 * @param classNames of the layers, in the order in which Keras counts them
 * @returns each layer's group, as in lstm, dense and lstm_1
 */
export function groupNames(classNames: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return classNames.map((className) => {
    const kind = snakeCase(className);
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    return count > 0 ? `${kind}_${count}` : kind;
  });
}

/** As in simple_rnn, conv1d, global_max_pooling1d. */
const snakeCase = (className: string): string =>
  className
    .replaceAll(/\W+/g, "")
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
