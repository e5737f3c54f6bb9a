// Package schematest checks the JSON Schemas of a folder with documents that they must accept and documents that they
// must refuse. It is for tests, and needs neither cgo nor libpact_ffi. It checks no service.
package schematest
