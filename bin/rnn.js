#!/usr/bin/env node
// Only syntax that old versions of Node parse, and no require before the check of the version.
const needed = [20, 19];
const [major, minor] = process.versions.node.split(".").map(Number);

function fail(message) {
  process.stderr.write(`rnn: ${message}\n`);
  process.exitCode = 1;
}

/** The working folder may have been deleted, which every later use would report with a stack trace. */
function hasWorkingFolder() {
  try {
    process.cwd();
    return true;
  } catch {
    return false;
  }
}

function start() {
  const program = require("node:path").join(__dirname, "../bundle/rnn.cjs");
  if (!require("node:fs").existsSync(program)) return fail("it is not built yet: run npm run build");
  const module = require("node:module");
  if (module.enableCompileCache) module.enableCompileCache(); // from Node 22.8 on; where it cannot be written, nothing is kept
  return require(program)
    .run(process.argv.slice(2))
    .then((code) => {
      process.exitCode = code;
    });
}

if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  process.stderr.write(`rnn needs Node ${needed.join(".")} or newer, this is ${major}.${minor}\n`);
  process.exitCode = 1;
} else if (!hasWorkingFolder()) {
  fail("the working folder does not exist anymore; change into another one");
} else {
  void start(); // a rejection ends the process with its stack
}
