/** @file A table of definitions by name: those that come with rnn, and those that a program adds. */
import { UserError } from "./errors.js";
import { suggestion } from "./nearest.js";

/** Names that a program added, by the kind of the definition. Options accept them without loading the tables. */
const addedNames = new Map<string, Set<string>>();

/** The names of one kind, such as "tokenizer", that a program added. */
export const namesAdded = (kind: string): readonly string[] => [...(addedNames.get(kind) ?? [])];

/** Definitions of one kind, such as cells or samplers. */
export class Registry<Definition> {
  private readonly definitions: Map<string, Definition>;

  /**
   * @param kind the singular noun for a definition, such as "cell"
   * @param builtIn the definitions that come with rnn, by name
   */
  constructor(
    private readonly kind: string,
    builtIn: Readonly<Record<string, Definition>>,
  ) {
    this.definitions = new Map(Object.entries(builtIn));
  }

  /** Adds a definition. @throws UserError if the name is taken */
  define(name: string, definition: Definition): void {
    if (this.definitions.has(name)) throw new UserError(`there is a ${this.kind} ${name} already; take another name`);
    this.definitions.set(name, definition);
    addedNames.set(this.kind, new Set(addedNames.get(this.kind)).add(name));
  }

  /** Removes a definition; for tests that added one. */
  remove(name: string): void {
    this.definitions.delete(name);
    addedNames.get(this.kind)?.delete(name);
  }

  has(name: string): boolean {
    return this.definitions.has(name);
  }

  /** @throws UserError for an unknown name; the message has the nearest known names */
  get(name: string): Definition {
    const definition = this.definitions.get(name);
    if (definition === undefined)
      throw new UserError(`unknown ${this.kind} ${name}${suggestion(name, this.names(), `${this.kind}s`)}`);
    return definition;
  }

  /** In the order in which they were defined. */
  names(): string[] {
    return [...this.definitions.keys()];
  }
}
