// Package yamltext reads one document of YAML 1.2 as values of JSON, and notes where each stands. It does not know what the
// values mean: package yamlfile checks them against a JSON Schema, and package schema takes them for one.
package yamltext
