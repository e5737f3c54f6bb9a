package page

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"

	"github.com/fridaygate/fridaygate/contracts/report"
)

//go:embed *.tmpl
var templates embed.FS

//go:embed style.css
var style template.CSS

//go:embed script.js
var script template.JS

var layout = template.Must(template.New("page.tmpl").Funcs(template.FuncMap{
	"style":  func() template.CSS { return style },
	"script": func() template.JS { return script },
	"plain":  plain,
}).ParseFS(templates, "*.tmpl"))

// plain escapes a text between tags. There quotes are only quotes, and JSON has so many that escaping them makes a page half as
// large again.
func plain(text string) template.HTML {
	return template.HTML(markup.Replace(text)) //nolint:gosec // what begins a tag or an entity is escaped
}

var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Write writes the report as one HTML page.
func Write(w io.Writer, r report.Report) error {
	text := transform.NewWriter(w, runes.Map(visible))
	if err := layout.Execute(text, newView(r)); err != nil {
		return fmt.Errorf("write the report as HTML: %w", err)
	}
	return text.Close()
}

// visible replaces what a browser obeys instead of showing: control characters, marks that change the direction of text, and
// bytes that are no UTF-8.
func visible(r rune) rune {
	if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
		return unicode.ReplacementChar
	}
	return r
}
