// Package examples checks the JSON Schemas of a folder with documents that they must accept and documents that they must
// refuse. Package schematest does so in a test. It checks no service.
package examples
