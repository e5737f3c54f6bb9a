// Package yamlfile reads the YAML files that people write for the gate, such as webhook.yaml. A JSON
// Schema, which editors use as well, defines what a file may hold, so the two always agree.
//
// Every mistake has its line and column, the key, and a sentence that says what to do. The sentences come from the
// schema's keywords: its own, where an object of the schema holds errorMessage or patternErrorMessage, which the YAML
// language server shows too; a general one, such as the nearest key for one that is misspelt, elsewhere.
//
// Read accepts one document of YAML 1.2 without tags. A plain number that versions of YAML read differently, such as 010 or
// 1_000, is a mistake.
//
// The package does not interpret the files. Rules that need another file, or the result of merging two files, are the
// caller's, who reports them through Document.Mistake.
package yamlfile
