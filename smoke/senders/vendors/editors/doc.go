// Package editors asks the validators that editors use about webhook.yaml: ajv, and the YAML language server of Visual Studio
// Code and others. They and the gate must accept and refuse the same files. It needs Node.js.
package editors
