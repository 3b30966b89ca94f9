/**
 * @file docs/api.md, from the docstrings: the sections of src/index.ts, and of each exported name the declaration that the build wrote.
 * TypeDoc is not used: it needs the programming interface of TypeScript 5 or 6, which TypeScript 7 does not have.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path) => readFileSync(join(root, path), "utf8");

const introduction = `# The library

Made by \`npm run update-docs\` from the docstrings of [src/index.ts](../src/index.ts). Every function has defaults for what is optional; none prints, and none reads \`process\`.

- A model is given as the name of a checkpoint, the path of its folder, or a model from \`loadModel\`. To call a function many times, load the model once.
- Texts are given as a string, an array, or any iterable, which may be asynchronous and endless.
- Functions with many results return a \`ResultStream\`: iterate it with \`for await\` for one result after the other, or \`await\` it for all of them.
- Errors that a user can correct are thrown as \`UserError\` (\`UsageError\` for options); its message is one line.
`;

/** @returns {string} the page, before formatting */
export function apiPage() {
  const sections = [...read("src/index.ts").matchAll(/^\/\/ (.+)\.\n([^]*?)(?=^\/\/ |$(?![^]))/gm)];
  const parts = sections.map(([, title, exports]) => {
    const entries = [...exports.matchAll(/export (?:type )?\{([^}]*)\} from "\.\/(.+?)\.js"/g)].flatMap(
      ([, names, file]) => {
        const declarations = declarationsIn(read(`dist/${file}.d.ts`), file);
        return names
          .split(",")
          .map((name) => name.replace(/^\s*(?:type )?/, "").trim())
          .filter(Boolean)
          .map((name) => entry(name, declarations, file));
      },
    );
    const typesLast = entries.toSorted((left, right) => Number(left.isType) - Number(right.isType));
    return `## ${title}\n\n${typesLast.map(({ text }) => text).join("\n\n")}`;
  });
  return `${introduction}\n${parts.join("\n\n")}\n`;
}

/** Declarations of a file by name, each with its docstring; re-exported names are looked up in the file that declares them. */
function declarationsIn(text, file) {
  const found = new Map();
  const pattern =
    /(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\n)?export (?:declare )?(?:abstract )?(?:function|const|class|type|interface) (\w+)/g;
  for (const match of text.matchAll(pattern)) {
    const from = match.index + match[0].indexOf("export ", match[1] === undefined ? 0 : match[1].length);
    const known = found.get(match[2]);
    const code = statementAt(text, from)
      .replace(/^export (declare )?/, "")
      .replace(/(?<=[(,]\s*)\{[^{}]*\}(?=\??: )/g, "options");
    found.set(match[2], known ? { ...known, code: `${known.code}\n${code}` } : { doc: docOf(match[1] ?? ""), code });
  }
  for (const [, names, from] of text.matchAll(/export (?:type )?\{([^}]*)\} from "(\..+?)\.js"/g)) {
    const path = join(dirname(file), from);
    const theirs = declarationsIn(read(`dist/${path}.d.ts`), path);
    for (const name of names.split(",").map((each) => each.replace(/^\s*(?:type )?/, "").trim()))
      if (theirs.has(name)) found.set(name, theirs.get(name));
  }
  return found;
}

/** The statement that begins at an index: up to its semicolon, or the brace that closes a class. */
function statementAt(text, from) {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith("/**", at)) at = text.indexOf("*/", at) + 1;
    else if ("{([".includes(text[at])) depth++;
    else if ("})]".includes(text[at])) depth--;
    if (depth > 0) continue;
    if (
      text[at] === ";" ||
      (text[at] === "}" && /^export declare (?:abstract )?class/.test(text.slice(from, from + 30)))
    )
      return text.slice(from, at + 1);
  }
  throw new Error(`no end of ${text.slice(from, from + 60)}`);
}

/** A docstring as Markdown: its text, then its tags as a list. */
function docOf(comment) {
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\* ?/, ""));
  const [text, ...tags] = lines.join("\n").split(/(?:^|(?<=\s))@(?=(?:param|returns|throws|internal)\b)/);
  const list = tags.map((tag) => {
    const [, kind, words] = /^(\w+)\s*([^]*)$/.exec(tag);
    const said = words.trim().replace(/\s+/g, " ");
    if (kind === "param") return said.replace(/^(\S+)/, "- `$1`:");
    return kind === "internal" ? "- internal" : `- ${kind} ${said}`;
  });
  return [text.trim(), list.join("\n")].filter(Boolean).join("\n\n");
}

/** @param exported a name, or `declared as name` */
function entry(exported, declarations, file) {
  const [declared, name = declared] = exported.split(" as ");
  const known = declarations.get(declared);
  if (!known) throw new Error(`no declaration of ${declared} in dist/${file}.d.ts`);
  const [, list] = /^type \w+ = \(typeof (\w+)\)\[number\];$/.exec(known.code) ?? []; // a list of names and their type
  const names = declarations.get(list)?.code.match(/"[^"]+"/g);
  const code = names ? `type ${name} = ${names.join(" | ")};` : known.code;
  const found = { ...known, code: code.replaceAll(new RegExp(`\\b${declared}\\b`, "g"), name) };
  const { before, fields } = fieldsOf(found.code);
  const body = fields
    ? `${before ? `The fields of ${before}, and:\n\n` : ""}${fields.map(item).join("\n")}`
    : `\`\`\`ts\n${withoutPrivate(found.code)}\n\`\`\``;
  const text = [`### ${name}`, found.doc, body].filter(Boolean).join("\n\n");
  return { text, isType: /^(?:type|interface) /.test(found.code) };
}

/** The fields of an object type, and the types that it extends; none for another type, and if no field is documented. */
function fieldsOf(code) {
  const [, before = "", body, after = ""] = /^type \w+ = ((?:\w+ & )*)\{\n([^]*)\n\}((?: & \w+)*);$/.exec(code) ?? [];
  if (body === undefined || !body.includes("/**") || /^\S/m.test(body)) return {}; // a union has lines that close a member
  const fields = [
    ...body.matchAll(
      /^ {4}(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\n {4})?(?:readonly )?(\w+)(\?)?(: |\()((?:.|\n(?! {4}\S)|\n {4}[})])*?);$(?!\n {4}(?: |[})]))/gm,
    ),
  ];
  const others = `${before}${after}`.match(/\w+/g)?.map((type) => `\`${type}\``);
  return {
    before: others?.join(" and "),
    fields: fields.map(([, doc = "", name, , open, type]) => ({
      name,
      type: open === "(" ? `(${type}` : type.replace(/ \| undefined$/, ""),
      doc: docOf(doc),
    })),
  };
}

const item = ({ name, type, doc }) =>
  `- \`${name}\` (\`${type.replace(/\s+/g, " ")}\`)${doc && `: ${doc.replace(/\s+/g, " ")}`}`;

const withoutPrivate = (code) => code.replace(/^ {4}(?:\/\*\*(?:(?!\*\/)[^])*\*\/\n {4})?private [^]*?;\n/gm, "");
