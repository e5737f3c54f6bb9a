package schematest

import (
	"testing"

	"github.com/fridaygate/fridaygate/contracts/report/reporttest"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/examples"
	"github.com/fridaygate/fridaygate/providers/testcache"
)

// Options are the schemas that Check checks.
type Options struct {
	// Dir holds the schemas, NAME.schema.json, also in folders below, where NAME has the folder in front
	// (events/paid). Their examples are in Dir: examples/valid/NAME/*.json must be accepted, and
	// examples/invalid/NAME/KEYWORD--WHAT.json must be refused by that keyword.
	Dir string
	// Schema is how schemas are loaded. Its Root is Dir when empty.
	Schema schema.Options
}

// Check checks every schema of a folder with its examples, each in a subtest NAME/valid/FILE or NAME/invalid/FILE.
//
// The name of an invalid example starts with a keyword. That keyword must be among those that fail because of each
// violation (schema.Violation.Refusing): the keyword that is violated itself, or one around it. So for a document that
// matches neither alternative of a oneOf, oneOf--neither.json is right whatever the alternatives demand, and
// type--neither.json is right if both demand another type. An example with any other violation fails, as one that breaks two
// rules does not show that either works. The innermost keyword shows most. The name false stands for a schema that is
// false, and json for a document that is not JSON. contains is around minContains and maxContains, and if around then and else.
//
// These fail as well: a schema that cannot be loaded or has no valid or no invalid example; an example without a schema;
// a file that looks like a schema or an example and is not read. go test caches the result only if it sees every edit of
// Dir, which it does inside of the module.
func Check(t *testing.T, opts Options) {
	t.Helper()
	root := opts.Schema.Root
	if root == "" {
		root = opts.Dir
	}
	s := suite{t: t, dir: opts.Dir, recorder: reporttest.New(t, nil)}
	if !testcache.Sees(opts.Dir) || !testcache.Sees(root) {
		if err := testcache.Disable(); err != nil {
			s.unknown(err)
		}
	}
	folder := examples.Read(opts.Dir, opts.Schema)
	if folder.Unread != nil {
		s.unknown(folder.Unread)
	}
	s.folder(folder.Whole())
	for _, e := range folder.Examples {
		s.planned++
		t.Run(folder.Of(e)+"/"+e.Kind+"/"+e.Name, func(t *testing.T) {
			t.Helper()
			s.entered++
			s.example(t, e)
		})
	}
	s.end()
}
