/** @file The one class for a person's mistakes: its message names the value, the place and the next step. */

export class UserError extends Error {
  override readonly name: string = "UserError";
  /** The process's exit code: 1, the work could not be done; 2, the command was used wrongly. */
  readonly exitCode: 1 | 2 = 1;
}

/** A command line that asks for what cannot be: shown with the way to the command's help. */
export class UsageError extends UserError {
  override readonly name = "UsageError";
  override readonly exitCode = 2;
}

/**
 * Runs some work on a file; the message of a UserError that it throws begins with the file, once.
 * @param name of the file or folder, as a person gave it
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

/** The message of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The system's name for what went wrong, such as "ENOSPC"; undefined for an error of any other kind. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "syscall" in error && "code" in error ? String(error.code) : undefined;
