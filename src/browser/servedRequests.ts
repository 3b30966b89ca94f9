/** @file Requests of the page to the server that it came from. */

/** What the page reads of an event of `/v1/completions`; an error ends the events. */
export type Completion = {
  choices: { text: string }[];
  usage?: { completion_tokens: number } | null;
  error?: { message: string };
};

/** What the page reads of the answer of `/suggestions`. */
export type Suggested = { words: { text: string; probability: number }[]; sentences: string[] };

const token = new URLSearchParams(location.search).get("token") ?? "";

/** @throws Error with the server's message */
async function send(path: string, body: object, signal: AbortSignal): Promise<Response> {
  const response = await fetch(path, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  if (response.ok) return response;
  const { error } = (await response.json()) as { error: { message: string } };
  throw new Error(error.message);
}

/** The answer to a request. @throws Error with the server's message */
export async function request<Value>(path: string, body: object, signal: AbortSignal): Promise<Value> {
  const response = await send(path, body, signal);
  return (await response.json()) as Value;
}

/** The events of `/v1/completions`, as they arrive. @throws Error with the server's message */
export async function* completions(body: object, signal: AbortSignal): AsyncGenerator<Completion> {
  const response = await send("/v1/completions", body, signal);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const events = (rest + part.value).split("\n\n");
    rest = events.pop()!;
    for (const event of events) {
      const data = event.replace(/^data: /, "");
      if (data === "[DONE]") return;
      const value = JSON.parse(data) as Completion;
      if (value.error) throw new Error(value.error.message);
      yield value;
    }
  }
  throw new Error("the connection to the server ended");
}
