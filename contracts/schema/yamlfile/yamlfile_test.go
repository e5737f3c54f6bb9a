package yamlfile_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema/yamlfile"
)

const schema = `{
	"type": "object",
	"properties": {
		"name": {"type": "string", "description": "The name of the pond. More follows.", "examples": ["north"]},
		"depth": {"type": "number", "minimum": 0.5},
		"fish": {"type": "array", "items": {"$ref": "#/$defs/fish"}, "uniqueItems": true},
		"by": {"type": "object", "additionalProperties": {"type": "string"}}
	},
	"additionalProperties": false,
	"required": ["name"],
	"$defs": {"fish": {
		"type": "object",
		"properties": {"kind": {"enum": ["carp", "pike"]}, "size": {"type": "integer", "minimum": 1, "maximum": 9}},
		"additionalProperties": false
	}}
}`

type pond struct {
	Name  string            `yaml:"name"`
	Depth float64           `yaml:"depth"`
	Fish  []fish            `yaml:"fish"`
	By    map[string]string `yaml:"by"`
}

type fish struct {
	Kind string `yaml:"kind"`
	Size int    `yaml:"size"`
}

func read(t *testing.T, text string) (*yamlfile.Document, error) {
	t.Helper()
	kind, err := yamlfile.New(fstest.MapFS{"pond.schema.json": {Data: []byte(schema)}}, "pond.schema.json")
	require.NoError(t, err)
	return kind.Read("pond.yaml", []byte(text))
}

func TestDocumentIsDecoded(t *testing.T) {
	d, err := read(t, `
name: north
fish:
  - &small {kind: carp, size: 1}
  - {<<: *small, size: 2}
by:
  "a b": |
    text
`)
	require.NoError(t, err)
	p := pond{Depth: 3, By: map[string]string{"replaced": "yes"}}
	require.NoError(t, d.Decode(&p))
	require.Equal(t, pond{"north", 3, []fish{{"carp", 1}, {"carp", 2}}, map[string]string{"a b": "text\n"}}, p)
}

func TestEveryMistakeHasItsPlace(t *testing.T) {
	for text, want := range map[string]string{
		"name: a\ndepht: 1":    `2:1: depht: unknown key: did you mean depth?`,
		"nmae: a":              `1:1: nmae: unknown key: did you mean name?`,
		"depth: 1":             `1:1: name: is missing: add the name of the pond, such as name: north`,
		"name: a\ndepth: 0.4":  `2:8: depth: 0.4: must be 0.5 or more`,
		"name: a\ndepth: deep": `2:8: depth: "deep": must be a number`,
		"name: a\nfish:\n  - kind: carp\n    size: 10": `4:11: fish[0].size: 10: must be from 1 to 9`,
		"name: a\nfish:\n  - {}\n  - kind: shark":      `4:11: fish[1].kind: "shark": must be carp or pike`,
		"name: a\nfish: [{size: 1}, {size: 1}]":        `2:7: fish: holds an item twice: keep one`,
		"name: é\nby: {é: a, ü: 1}":                    `2:15: by.ü: 1: must be text: put it in quotes`,
		"name: a\nfish:\n  - &f {size: 0}\n  - {<<: *f, kind: carp}": "3:15: fish[0].size: 0: must be from 1 to 9\n" +
			"pond.yaml:3:15: fish[1].size: 0: must be from 1 to 9",
		"- a": `1:1: must be keys with values, and is a list`,
		"name: .inf": `1:7: name: .inf: versions of YAML read this number differently: ` +
			`put text in quotes, and write a number in plain digits`,
		"name: [a\n":               `1:7: it is not YAML (sequence end token ']' not found): close what the line opens`,
		"name: a\n<<: b":           `2:5: << must name a mapping, or a list of mappings`,
		"name: a\nby: {? [x] : y}": ``,
	} {
		_, err := read(t, text)
		require.ErrorContains(t, err, "pond.yaml", text)
		if want != "" {
			require.EqualError(t, err, "pond.yaml:"+want, text)
		}
	}
}

func TestAliasesThatMultiplyWithoutEndAreRefused(t *testing.T) {
	text := "name: a\nby: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for _, n := range []string{"0", "1", "2", "3", "4", "5"} {
		next := string(n[0] + 1)
		alias := "*a" + n + " "
		text += "by" + next + ": &a" + next + " [" + strings.TrimSuffix(strings.Repeat(alias+", ", 10), ", ") + "]\n"
	}
	_, err := read(t, text)
	require.ErrorContains(t, err, "the file holds more than 100000 values")
	_, err = read(t, "name: "+strings.Repeat("[", 100)+strings.Repeat("]", 100))
	require.ErrorContains(t, err, "nested more than 64 deep")
}

func TestMistakeOfACallerHasThePlaceOfItsKey(t *testing.T) {
	d, err := read(t, "name: a\nfish:\n  - kind: carp\n")
	require.NoError(t, err)
	require.EqualError(t, d.Mistake("fish[0].kind", "%d are too many", 3), "pond.yaml:3:11: fish[0].kind: 3 are too many")
	require.EqualError(t, d.Mistake("fish[0].size", "is missing"), "pond.yaml:3:5: fish[0].size: is missing")
	require.EqualError(t, d.Mistake("by.x", "is missing"), "pond.yaml:1:1: by.x: is missing")
}

func FuzzRead(f *testing.F) {
	kind, err := yamlfile.New(fstest.MapFS{"pond.schema.json": {Data: []byte(schema)}}, "pond.schema.json")
	require.NoError(f, err)
	for _, text := range []string{
		"name: a", "name: &a [*a]", "<<: {name: a}", "name: 'x\n", "a: b: c", "? x\n: y", "--- |\n a", "%YAML 1.1\n---\nname: a",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := kind.Read("f.yaml", []byte(text))
		if err != nil {
			return
		}
		var p pond
		require.NoError(t, d.Decode(&p), "what the schema accepts can be decoded")
	})
}
