/** @file Errors of a user: their messages have the value, the place and the next step, in one line. */

/** A mistake that a person can correct; its message is one line with the value, the place and the next step. */
export class UserError extends Error {
  override readonly name: string = "UserError";
  /** The exit code of the process: 1 for a failure, 2 for wrong usage. */
  readonly exitCode: 1 | 2 = 1;
}

/** An option that is unknown, out of its range, or does not fit the others; the command line shows it with a reference to the help of the command. */
export class UsageError extends UserError {
  override readonly name = "UsageError";
  override readonly exitCode = 2;
}

/**
 * Runs work on a file. A UserError that it throws gets the name of the file as a prefix, once.
 * @param name of the file or folder, as the user wrote it
 */
export function inFile<Result>(name: string, work: () => Result): Result {
  try {
    const result = work();
    return result instanceof Promise
      ? (result.catch((error: unknown) => {
          throw namingFile(name, error);
        }) as Result)
      : result;
  } catch (error) {
    throw namingFile(name, error);
  }
}

function namingFile(name: string, error: unknown): unknown {
  if (!(error instanceof UserError) || error.message.startsWith(name)) return error;
  const Class = error instanceof UsageError ? UsageError : UserError;
  return new Class(`${name}: ${error.message}`, { cause: error });
}

/** Whether an allocation failed: in JavaScript, in the addon or in WebAssembly. */
export const isOutOfMemory = (error: unknown): error is RangeError =>
  error instanceof RangeError &&
  /allocation failed|could not allocate|does not fit into memory|Invalid (?:typed )?array length|Invalid array buffer length|Invalid string length/i.test(
    error.message,
  );

/** The message of any thrown value. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The code of a system error, such as "ENOSPC"; undefined for other errors. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "syscall" in error && "code" in error ? String(error.code) : undefined;
