/** @file OpenAI's client, as JavaScript, so that the tests' types are checked where it is not installed too. */
export { default as OpenAI } from "openai";
