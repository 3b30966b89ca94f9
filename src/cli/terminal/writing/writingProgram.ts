/** @file `rnn write`: runs the keys, the suggestions and the files on a terminal until the person leaves. */
import { existsSync } from "node:fs";
import { Chalk } from "chalk";
import { messageOf } from "../../../common/errors.js";
import type { SuggestionSession } from "../../../inference/suggestions/suggestionSession.js";
import { type ScreenStyle, writingScreen } from "../../../render/writingScreen.js";
import { terminal } from "../terminal.js";
import { historyOf } from "./authoredText.js";
import { ScreenTerminal } from "./screenTerminal.js";
import { exportText, freeName, type OpenedText, rescueText, saveText } from "./writingFiles.js";
import { type Key, pasted, pressed, type Step } from "./writingKeys.js";
import { isUnsaved, type Settings, type WritingState } from "./writingState.js";
import { viewOf } from "./writingView.js";

export type WritingOptions = {
  session: SuggestionSession;
  /** Names of the models, as the screen shows them. */
  models: readonly string[];
  settings: Settings;
  /** Null for a text that gets a name when it is saved. */
  file: string | null;
  opened: OpenedText;
  /** Whether a transcript is saved beside the text. */
  transcript: boolean;
};

/** The number of sentences that are offered. */
const offeredSentences = 3;
const stoppingSignals = ["SIGTERM", "SIGHUP", "SIGINT"] as const;

/** Runs until the person leaves, or a signal stops the program. @returns the exit code @throws what goes wrong, after the terminal is restored and the text is rescued */
export async function writeTogether(options: WritingOptions): Promise<number> {
  const program = new WritingProgram(options);
  return program.run();
}

class WritingProgram {
  private state: WritingState;
  private readonly screen: ScreenTerminal;
  private readonly style: ScreenStyle;
  private end: ((code: number) => void) | undefined;
  private fail: ((error: unknown) => void) | undefined;
  private due: NodeJS.Immediate | undefined;
  private suggestedFor = "";

  constructor(private readonly options: WritingOptions) {
    const { opened, file, settings, models } = options;
    this.screen = new ScreenTerminal({
      onKey: (key) => this.guarded(() => this.take(key)),
      onPaste: (text) => this.guarded(() => this.update({ state: pasted({ ...this.state, message: "" }, text) })),
      onResize: () => this.guarded(() => this.update({ state: { ...this.state, ...this.screen.size } })),
    });
    this.style = screenStyle();
    this.state = {
      history: historyOf(opened.page),
      mode: "page",
      savedText: opened.page.text,
      file,
      settings,
      models,
      suggestions: [],
      offersSentences: false,
      seed: 0,
      selected: 0,
      typed: "",
      setting: 0,
      name: freeName("text", ".txt"),
      leavesAfterSaving: false,
      message: file !== null && opened.isNew ? `${file} is a new file` : "",
      ...this.screen.size,
    };
  }

  async run(): Promise<number> {
    const ended = new Promise<number>((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
    const stop = (signal: NodeJS.Signals): void => this.stopped(signal);
    for (const signal of stoppingSignals) process.on(signal, stop);
    const closed = (): void => this.stopped("SIGHUP"); // the terminal is gone
    const failed = (error: unknown): void => this.fail?.(error);
    process.stdin.on("end", closed).on("error", closed);
    process.stdout.on("error", closed);
    process.on("uncaughtException", failed);
    this.screen.open();
    let rescued: string | null = null;
    try {
      this.update({ state: this.state });
      return await ended;
    } catch (error) {
      rescued = this.rescue();
      throw error;
    } finally {
      clearImmediate(this.due);
      this.screen.close();
      process.stdin.off("end", closed).off("error", closed);
      process.stdout.off("error", closed);
      process.off("uncaughtException", failed);
      for (const signal of stoppingSignals) process.off(signal, stop);
      if (rescued !== null) terminal.note(`the unsaved text is in ${rescued}`);
    }
  }

  /** Errors of handlers end the program as those of `run` do. */
  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail?.(error);
    }
  }

  private take(key: Key): void {
    this.update(pressed(this.state, key));
  }

  private update({ state, request }: Step): void {
    this.state = state;
    this.draw();
    if (request === "leave") this.end?.(0);
    else if (request === "save") void this.save();
    else if (request === "export") void this.export();
    else this.suggestSoon();
  }

  private draw(): void {
    this.screen.draw(writingScreen(viewOf(this.state), this.style));
  }

  /** Suggests after the keys that are waiting, so that fast typing is not delayed. */
  private suggestSoon(): void {
    clearImmediate(this.due);
    this.due = setImmediate(() => this.guarded(() => this.suggest()));
  }

  private suggest(): void {
    const { history, settings, offersSentences, seed } = this.state;
    const text = history.page.text.slice(0, history.page.cursor);
    const wanted = JSON.stringify([text, settings, offersSentences, offersSentences && seed]);
    if (wanted === this.suggestedFor) return;
    this.suggestedFor = wanted;
    const { session } = this.options;
    const { temperature, choices: count, weights } = settings;
    session.weigh(weights);
    session.read(text);
    const suggestions = offersSentences
      ? sentences(session, seed, temperature)
      : session.suggestions({ count, temperature });
    this.state = { ...this.state, suggestions };
    this.draw();
  }

  private async save(): Promise<void> {
    const { file, name, history, leavesAfterSaving } = this.state;
    const path = file ?? name.trim();
    try {
      if (file === null && existsSync(path)) throw new Error("a file has this name; type another one");
      await saveText(path, history.page, this.options.opened.form, this.options.transcript);
      this.state = { ...this.state, file: path, savedText: history.page.text, mode: "page", message: `saved ${path}` };
      if (leavesAfterSaving) this.end?.(0);
    } catch (error) {
      const message = `could not save ${path}: ${messageOf(error)}`;
      this.state = { ...this.state, message, leavesAfterSaving: false, mode: file === null ? "name" : "page" };
    }
    this.draw();
  }

  private async export(): Promise<void> {
    try {
      const path = await exportText(this.state.file, this.state.history.page);
      this.state = { ...this.state, message: `exported ${path}` };
    } catch (error) {
      this.state = { ...this.state, message: `could not export: ${messageOf(error)}` };
    }
    this.draw();
  }

  private stopped(signal: NodeJS.Signals): void {
    const rescued = this.rescue();
    this.screen.close();
    if (rescued !== null) terminal.note(`the unsaved text is in ${rescued}`);
    this.end?.(signalExits[signal] ?? 1);
  }

  /** Saves an unsaved text beside its file. @returns the path; null if there is none */
  private rescue(): string | null {
    if (!isUnsaved(this.state)) return null;
    const { file, history } = this.state;
    this.state = { ...this.state, savedText: history.page.text };
    return rescueText(file, history.page.text);
  }
}

/** 128 and the number of the signal, as shells have it. */
const signalExits: { readonly [Signal in NodeJS.Signals]?: number } = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Different sentences; those that are empty are left out. */
function sentences(session: SuggestionSession, seed: number, temperature: number): WritingState["suggestions"] {
  const drawn = Array.from({ length: offeredSentences }, (_, index) =>
    session.sentence(seed * offeredSentences + index, temperature),
  );
  return [...new Set(drawn)].filter((text) => text !== "").map((text) => ({ text, probability: 0 }));
}

function screenStyle(): ScreenStyle {
  const chalk = new Chalk(process.env["NO_COLOR"] ? { level: 0 } : {});
  return { bar: chalk.inverse, model: chalk.cyan, faint: chalk.dim };
}
