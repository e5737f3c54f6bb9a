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

//go:embed *.tmpl style.css script.js
var files embed.FS

var layout = template.Must(template.New("page.tmpl").Funcs(template.FuncMap{
	"style":  func() template.CSS { return template.CSS(asset("style.css")) },
	"script": func() template.JS { return template.JS(asset("script.js")) },
	"plain":  plain,
}).ParseFS(files, "*.tmpl"))

// plain escapes a text between tags. There quotes are only quotes, and JSON has so many that escaping them makes a page half as
// large again.
func plain(text string) template.HTML { return template.HTML(markup.Replace(text)) }

var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// asset returns an embedded file. It panics if there is none, as a test would show at once.
func asset(name string) string {
	text, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return string(text)
}

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
