// Asks the peers, and lets ajv judge counterexamples. Reads a list of {name, old, new, documents} and writes one of
// {jsoncompat, validator, diff, ajv}: each a pair of verdicts, backward and forward, or why there is none. ajv holds, for each
// document, whether the old and the new schema accept it.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const [input, output] = process.argv.slice(2);
const require = createRequire(join(process.cwd(), "index.js"));
const jsoncompat = await import(require.resolve("jsoncompat"));
await jsoncompat.default({ module_or_path: readFileSync(join(dirname(require.resolve("jsoncompat")), "jsoncompat_wasm_bg.wasm")) });
const validator = require("json-schema-diff-validator");
const { diffSchemas } = require("json-schema-diff");

const word = (compatible) => (compatible ? "compatible" : "broken");
const copy = (value) => JSON.parse(JSON.stringify(value));

async function attempt(ask) {
  try {
    return await ask();
  } catch (error) {
    return "undecided";
  }
}

const breaking = /not backward compatible/;

function byValidator(from, to) {
  try {
    validator.validateSchemaCompatibility(copy(from), copy(to));
    return "compatible";
  } catch (error) {
    return breaking.test(String(error && error.message)) ? "broken" : "undecided";
  }
}

function ajvFor(schema) {
  const draft = String((schema && schema.$schema) || "");
  const from = /draft-04/.test(draft) ? "ajv-draft-04" : /2019-09/.test(draft) ? "ajv/dist/2019" : /draft-0[67]/.test(draft) ? "ajv" : "ajv/dist/2020";
  const Ajv = require(from).default || require(from);
  const ajv = new Ajv({ strict: false, logger: false, validateSchema: false, unicodeRegExp: true });
  require("ajv-formats").default(ajv);
  return ajv.compile(schema);
}

function judged(schema, documents) {
  try {
    const check = ajvFor(copy(schema));
    return documents.map((document) => check(document));
  } catch (error) {
    return documents.map(() => null);
  }
}

const verdicts = [];
for (const { name, old, new: next, documents: given } of JSON.parse(readFileSync(input, "utf8"))) {
  const documents = given ?? [];
  const [a, b] = [JSON.stringify(old), JSON.stringify(next)];
  const large = a.length + b.length > 200_000; // json-schema-diff takes more than a minute
  const diff = large ? null : await attempt(async () => diffSchemas({ sourceSchema: copy(old), destinationSchema: copy(next) }));
  verdicts.push({
    name,
    jsoncompat: [
      await attempt(() => word(jsoncompat.check_compat(a, b, "deserializer"))),
      await attempt(() => word(jsoncompat.check_compat(a, b, "serializer"))),
    ],
    validator: [byValidator(old, next), byValidator(next, old)],
    diff: diff && diff !== "undecided" ? [word(!diff.removalsFound), word(!diff.additionsFound)] : ["undecided", "undecided"],
    ajv: { old: judged(old, documents), new: judged(next, documents) },
  });
}
writeFileSync(output, JSON.stringify(verdicts));
