// Reads from standard input a JSON object of YAML files, each with the schema that describes it, and prints as JSON what ajv and
// the YAML language server say of each: a list of complaints.
import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import { fileURLToPath, pathToFileURL, resolve } from 'node:url'
import { TextDocument } from 'vscode-languageserver-textdocument'
import YAML from 'yaml'

const { getLanguageService } = createRequire(import.meta.url)('yaml-language-server')
const files = JSON.parse(readFileSync(0, 'utf8'))

const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, strictTypes: false, strictTuples: false, allowUnionTypes: true })
addFormats(ajv)
ajv.addVocabulary(['errorMessage', 'patternErrorMessage', 'enumDescriptions'])
for (const schema of new Set(Object.values(files))) ajv.addSchema(JSON.parse(readFileSync(schema, 'utf8')), basename(schema))

const server = getLanguageService({
  schemaRequestService: async (url) => readFileSync(fileURLToPath(url), 'utf8'),
  workspaceContext: { resolveRelativePath: (path, base) => resolve(base, path) },
})
server.configure({ validate: true, yamlVersion: '1.2', schemas: [] })

const asAjv = (text, schema) => {
  const check = ajv.getSchema(basename(schema))
  return check(YAML.parse(text, { merge: true })) ? [] : check.errors.map((e) => `${e.instancePath} ${e.message}`)
}

const asServer = async (text, file, schema) => {
  const document = TextDocument.create(pathToFileURL(file).href, 'yaml', 1, `# yaml-language-server: $schema=${pathToFileURL(schema)}\n${text}`)
  return (await server.doValidation(document, false)).map((d) => `${d.range.start.line}:${d.range.start.character + 1}: ${d.message}`)
}

const said = {}
for (const [file, schema] of Object.entries(files)) {
  const text = readFileSync(file, 'utf8').replace(/^# yaml-language-server:.*\n/m, '')
  said[file] = { ajv: asAjv(text, schema), server: await asServer(text, file, schema) }
}
console.log(JSON.stringify(said))
