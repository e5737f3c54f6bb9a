// Lets ajv judge documents, each by one definition of a schema. Reads {schema, documents: [{pointer, document}]}, and writes a list of
// whether ajv accepts each.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [input, output] = process.argv.slice(2);
const require = createRequire(join(process.cwd(), "index.js"));
const { default: Ajv } = require("ajv");

const { schema, documents } = JSON.parse(readFileSync(input, "utf8"));
const ajv = new Ajv({ strict: false, logger: false, unicodeRegExp: true });
require("ajv-formats").default(ajv);
ajv.addSchema(schema, "all");
const checks = new Map();
const check = (pointer) => {
  if (!checks.has(pointer)) checks.set(pointer, ajv.compile({ $ref: `all#${encodeURI(pointer)}` }));
  return checks.get(pointer);
};
writeFileSync(output, JSON.stringify(documents.map(({ pointer, document }) => check(pointer)(document))));
